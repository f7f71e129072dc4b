"""Reading a whole course from its files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey
from opaque_keys.edx.locator import CourseLocator

from sandbox.content.olx.elements import LocatedElement, is_empty, read_xml
from sandbox.content.olx.errors import OlxError
from sandbox.content.olx.files import CourseFiles, open_course
from sandbox.content.olx.parsed import ParsedCourse
from sandbox.content.olx.policy import read_policy
from sandbox.content.olx.structure import MAX_KEY_LENGTH, MAX_NAME_LENGTH, CourseWalk
from sandbox.content.olx.values import boolean_value, date_value, text_value

#: When a course starts that does not say: in the past, so that it can be tried at once.
DEFAULT_START = datetime(2020, 1, 1, tzinfo=UTC)
#: Attributes of the tag in course.xml that points to course/<run>.xml.
_POINTER_ATTRIBUTES = {"url_name", "org", "course"}


def course_key(text: str) -> CourseLocator:
    """Return the key that ``text`` names.

    Raises:
        OlxError: It is not the key of a plain course run, ``course-v1:Org+Course+Run``.
    """
    try:
        key = CourseKey.from_string(text)
    except InvalidKeyError as error:
        raise OlxError(f"{text!r} is not a course key; write it like course-v1:Org+Course+Run") from error
    if key.deprecated:
        raise OlxError(f"{text!r} is a key of the deprecated form; write it like course-v1:Org+Course+Run")
    if type(key) is not CourseLocator or not key.run or key.branch or key.version_guid:
        raise OlxError(f"{text!r} is not the key of a plain course run; write it like course-v1:Org+Course+Run")
    if len(str(key)) > MAX_KEY_LENGTH:
        raise OlxError(f"the course key is longer than {MAX_KEY_LENGTH} characters; shorten it")
    return key


def parse_course(path: Path, key: CourseLocator | None = None) -> ParsedCourse:
    """Return the course at ``path``, read and checked as a whole.

    Args:
        path: A folder or ``.tar.gz`` in Studio's export layout.
        key: The key to give the course instead of its own.

    Raises:
        OlxError: The course cannot be imported.
    """
    files = open_course(path)
    root = read_xml(files, "course.xml")
    assert root is not None, "open_course has just found it"  # nosec B101  # so says the function that found it
    label = files.label("course.xml")
    if root.tag != "course":
        raise OlxError(f"its top element is <{root.tag}>, but <course> was expected", label, root.line)
    run = root.get("url_name", "")
    key = key or _own_key(root, label)
    course, file = _definition(files, root, run)
    policy = read_policy(files, run or key.run)
    attributes = {**root.attrib, **course.attrib, **policy.blocks.get(f"course/{run}", {})}
    return ParsedCourse(
        key=key,
        policy=policy,
        blocks=CourseWalk(files, key, policy.blocks).walk(course, file, run),
        **_overview(attributes, key, file),
    )


def _overview(attributes: Mapping[str, Any], key: CourseLocator, file: str) -> dict[str, Any]:
    start, end = date_value(attributes, "start", file), date_value(attributes, "end", file)
    if start and end and end < start:
        raise OlxError("the course ends before it starts; correct its start or end date", file)
    return {
        "display_name": text_value(attributes, "display_name", str(key))[:MAX_NAME_LENGTH],
        "start": start or DEFAULT_START,
        "end": end,
        "self_paced": boolean_value(attributes, "self_paced", default=True),
        "language": text_value(attributes, "language"),
    }


def _own_key(root: LocatedElement, file: str) -> CourseLocator:
    parts = [root.get(name, "") for name in ("org", "course", "url_name")]
    if not all(parts):
        raise OlxError("the course has no org, course or url_name; give its key with --key", file, root.line)
    try:
        return course_key("course-v1:" + "+".join(parts))
    except OlxError as error:
        raise OlxError(
            f"org, course and url_name make no course key ({str(error).rstrip('.')}); give one with --key",
            file,
            root.line,
        ) from error


def _definition(files: CourseFiles, root: LocatedElement, run: str) -> tuple[LocatedElement, str]:
    """Follow the pointer in course.xml to course/<run>.xml, where the course is not written in place."""
    label = files.label("course.xml")
    if not is_empty(root) or not set(root.attrib) <= _POINTER_ATTRIBUTES or not run:
        return root, label
    name = f"course/{run}.xml"
    course = read_xml(files, name)
    if course is None:
        raise OlxError(
            f"it points to {files.label(name)}, which is not there; export the course again", label, root.line
        )
    if course.tag != "course":
        raise OlxError(f"its top element is <{course.tag}>, but <course> was expected", files.label(name), course.line)
    return course, files.label(name)
