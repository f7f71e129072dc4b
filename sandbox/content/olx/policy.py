"""Policy files: ``policies/<run>/policy.json`` and ``grading_policy.json``."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.content.olx.errors import OlxError
from sandbox.content.olx.files import CourseFiles
from sandbox.content.olx.parsed import ParsedPolicy

#: What a course without a grading policy gets, as on the platform.
DEFAULT_GRADER = (
    {"type": "Homework", "min_count": 12, "drop_count": 2, "weight": 0.15},
    {"type": "Lab", "min_count": 12, "drop_count": 2, "weight": 0.15},
    {"type": "Midterm Exam", "min_count": 1, "drop_count": 0, "weight": 0.3},
    {"type": "Final Exam", "min_count": 1, "drop_count": 0, "weight": 0.4},
)
DEFAULT_CUTOFFS = {"Pass": 0.5}  # nosec B105  # a grade
#: An escaped NUL, as opposed to a backslash that is followed by the same letters.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def read_policy(files: CourseFiles, run: str) -> ParsedPolicy:
    """Return a course's policies, the defaults where it has none.

    Args:
        files: The course's files.
        run: ``url_name`` of the course, which names the folder.

    Raises:
        OlxError: A policy file is not JSON, or holds something that is no policy.
    """
    name = f"policies/{run}/policy.json"
    blocks = _read_json(files, name) or {}
    for block, attributes in blocks.items():
        if not isinstance(attributes, dict):
            raise OlxError(f"the entry {block!r} is not a JSON object; export the course again", files.label(name))
    for name in (f"policies/{run}/grading_policy.json", "grading_policy.json"):
        grading = _read_json(files, name)
        if grading is not None:
            return ParsedPolicy(blocks, _grader(grading, files.label(name)), _cutoffs(grading, files.label(name)))
    return ParsedPolicy(blocks, [dict(entry) for entry in DEFAULT_GRADER], dict(DEFAULT_CUTOFFS))


def _read_json(files: CourseFiles, name: str) -> dict[str, Any] | None:
    text = files.text(name)
    if text is None:
        return None
    label = files.label(name)
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        # NUL and half of a surrogate pair are valid JSON, but not every database takes them.
        if _NUL.search(json.dumps(value, ensure_ascii=False).encode()):
            raise ValueError("it holds a NUL character")
    except json.JSONDecodeError as error:
        raise OlxError(f"this is not JSON ({error.msg}); correct the file", label, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise OlxError(f"this JSON cannot be read ({error}); correct the file", label) from error
    if not isinstance(value, dict):
        raise OlxError("this is not a JSON object; export the course again", label)
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _grader(policy: dict[str, Any], file: str) -> list[dict[str, Any]]:
    grader = policy.get("GRADER", [dict(entry) for entry in DEFAULT_GRADER])
    if not isinstance(grader, list) or not all(isinstance(entry, dict) for entry in grader):
        raise OlxError("GRADER is not a list of assignment types; correct the file", file)
    for entry in grader:
        kind = entry.get("type")
        if not isinstance(kind, str) or not kind:
            raise OlxError("an assignment type in GRADER has no name; give it a type", file)
        counts = [entry.setdefault("min_count", 1), entry.setdefault("drop_count", 0)]
        if not all(isinstance(count, int) and not isinstance(count, bool) and count >= 0 for count in counts):
            raise OlxError(f"min_count or drop_count of {kind!r} is not a whole number of 0 or more", file)
        if not _is_number(entry.get("weight")) or not 0 <= entry["weight"] <= 1:
            raise OlxError(f"the weight of {kind!r} is not a number from 0 to 1", file)
    return grader


def _cutoffs(policy: dict[str, Any], file: str) -> dict[str, float]:
    cutoffs = policy.get("GRADE_CUTOFFS", dict(DEFAULT_CUTOFFS))
    if not isinstance(cutoffs, dict) or not all(_is_number(cut) and 0 <= cut <= 1 for cut in cutoffs.values()):
        raise OlxError("GRADE_CUTOFFS is not an object of letters with numbers from 0 to 1; correct the file", file)
    return cutoffs
