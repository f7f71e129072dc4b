"""The page of a pack, part by part: what JSON says, for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext

from attempts.appeals.texts import WORDS, moment, percent, points
from attempts.sendable import readable

#: How values are said, by the name they have in JSON.
_SAID: Mapping[str, Callable[[Any], str]] = {
    **dict.fromkeys(("made_at", "opened_at", "archived_at", "first_attempted"), moment),
    **dict.fromkeys(("created", "modified", "completed_at", "chosen_at"), moment),
    **dict.fromkeys(("percent_grade", "ratio", "completion"), percent),
    **dict.fromkeys(("score", "max_score", "earned_all", "possible_all", "earned_graded", "possible_graded"), points),
    **dict.fromkeys(("state", "kind", "status", "rule"), lambda word: str(WORDS[word])),
}
#: What a learner wrote is shown as it is.
_AS_IT_IS = ("answers", "state", "unreadable")


def head_as_html(head: Mapping[str, Any]) -> bytes:
    """Return everything before the blocks."""
    words = _said(head)
    for one in words["subsections"]:
        one["name"] = _name(one["block_id"])
    return _rendered("head", words)


def block_as_html(block: Mapping[str, Any]) -> bytes:
    """Return a block: what is known of it, and what was answered."""
    known = _said({name: value for name, value in block.items() if name not in _AS_IT_IS})
    return _rendered("block", {"block": {**known, "name": _name(block["block_id"])}, "shown": list(_shown(block))})


def foot_as_html() -> bytes:
    """Return what comes after the blocks."""
    return _rendered("foot", {})


def _rendered(name: str, words: Mapping[str, Any]) -> bytes:
    return render_to_string(f"attempts/appeals/{name}.html", dict(words)).encode()


def _said(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {word: _said(item, word) for word, item in value.items()}
    if isinstance(value, list):
        return [_said(item) for item in value]
    return _SAID[name](value) if value is not None and name in _SAID else value


def _name(key: str) -> str:
    return key.rpartition("@")[2]


def _shown(block: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is to be read of a block: its answers; where it is not known what they are, all its fields."""
    if block.get("unreadable") is not None:
        yield gettext("Stored, and not readable as fields"), block["unreadable"]
    elif block.get("answers") is not None:
        yield gettext("Answers"), readable(block["answers"])
    elif block.get("state"):
        yield gettext("Fields"), readable(block["state"])
