"""The blocks of a course, in the order of a depth-first walk."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any, NamedTuple

from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import UsageKey
from opaque_keys.edx.locator import CourseLocator

from sandbox.content.olx.elements import LocatedElement, inner_xml, is_empty, read_xml
from sandbox.content.olx.errors import OlxError
from sandbox.content.olx.files import CourseFiles
from sandbox.content.olx.parsed import ParsedBlock
from sandbox.content.olx.scores import max_score, response_types
from sandbox.content.olx.values import boolean_value, text_value

#: Blocks whose child elements are blocks.
PARENT_TYPES = frozenset(
    {
        "course",
        "chapter",
        "sequential",
        "videosequence",
        "vertical",
        "library_content",
        "itembank",
        "split_test",
        "conditional",
        "randomize",
        "wrapper",
        "problemset",
    }
)
#: Blocks that Studio always writes to a file of their own; other types may be written in place as an empty tag.
FILE_TYPES = PARENT_TYPES | {"problem", "html", "video", "lti", "annotatable", "poll_question", "word_cloud"}
#: Elements among the blocks that are no blocks.
NOT_BLOCKS = frozenset({"wiki", "textbook", "pdf_textbook", "html_textbook", "show"})
#: Widths of the columns that hold these.
MAX_KEY_LENGTH = 255
MAX_TYPE_LENGTH = 32
MAX_NAME_LENGTH = 255
MAX_BLOCK_DEPTH = 30


class _Place(NamedTuple):
    """Where a block belongs: its parent's index, its depth, and what it inherits."""

    parent: int | None
    depth: int
    graded: bool
    format: str


class CourseWalk:
    """Walks a course's files and collects its blocks.

    Args:
        files: The course's files.
        key: The course's key.
        policy: "<type>/<url_name>" to attributes that override those in the XML.
    """

    def __init__(self, files: CourseFiles, key: CourseLocator, policy: dict[str, dict[str, Any]]) -> None:
        self.blocks: list[ParsedBlock] = []
        self._files = files
        self._key = key
        self._policy = policy
        self._seen: dict[str, str] = {}

    def walk(self, course: LocatedElement, file: str, run: str) -> list[ParsedBlock]:
        """Return all blocks below and with the course element read from ``file``.

        Raises:
            OlxError: Something in the course is missing, doubled or cannot be stored.
        """
        # The platform calls every course's own block "course", whatever its run.
        usage_key = self._usage_key("course", "course", file, course.line)
        self._add(
            usage_key,
            course,
            file,
            {**course.attrib, **self._policy.get(f"course/{run}", {})},
            _Place(None, 0, False, ""),
        )
        return self.blocks

    def _visit(self, element: LocatedElement, file: str, place: _Place, fallback_id: str) -> None:
        block_type = element.tag
        url_name = element.get("url_name", "")
        usage_key = self._usage_key(block_type, url_name or fallback_id, file, element.line)
        definition, file = self._definition(element, file, url_name)
        attributes = {**element.attrib, **definition.attrib, **self._policy.get(f"{block_type}/{url_name}", {})}
        self._add(usage_key, definition, file, attributes, place)

    def _add(
        self, usage_key: UsageKey, element: LocatedElement, file: str, attributes: dict[str, Any], place: _Place
    ) -> None:
        block_type = usage_key.block_type
        graded = boolean_value(attributes, "graded", place.graded)
        inherited_format = text_value(attributes, "format", place.format)
        index = len(self.blocks)
        self.blocks.append(
            ParsedBlock(
                usage_key=usage_key,
                parent=place.parent,
                depth=place.depth,
                display_name=text_value(attributes, "display_name")[:MAX_NAME_LENGTH],
                graded=graded,
                format=inherited_format[:MAX_NAME_LENGTH] if block_type == "sequential" and graded else "",
                max_score=max_score(block_type, attributes, element, file, element.line),
                data=self._data(block_type, element, file, attributes),
            )
        )
        if block_type in PARENT_TYPES:
            self._children(element, file, _Place(index, place.depth + 1, graded, inherited_format))

    def _children(self, element: LocatedElement, file: str, place: _Place) -> None:
        if place.depth > MAX_BLOCK_DEPTH:
            raise OlxError(f"blocks are nested more than {MAX_BLOCK_DEPTH} deep", file, element.line)
        parent_id = self.blocks[place.parent or 0].usage_key.block_id
        unnamed: Counter[str] = Counter()
        for child in element:
            if child.tag in NOT_BLOCKS:
                continue
            unnamed[child.tag] += not child.get("url_name")
            self._visit(child, file, place, derived_id(parent_id, child.tag, unnamed[child.tag]))

    def _definition(self, element: LocatedElement, file: str, url_name: str) -> tuple[LocatedElement, str]:
        """Follow a pointer tag (nothing but a ``url_name``) to the file that defines the block."""
        if set(element.attrib) != {"url_name"} or not is_empty(element):
            return element, file
        name = f"{element.tag}/{url_name.replace(':', '/')}.xml"
        label = self._files.label(name)
        definition = read_xml(self._files, name)
        if definition is None:
            if element.tag not in FILE_TYPES:
                return element, file
            raise OlxError(f"it points to {label}, which is not there; export the course again", file, element.line)
        if definition.tag != element.tag:
            raise OlxError(
                f"its top element is <{definition.tag}>, but <{element.tag}> was expected", label, definition.line
            )
        return definition, label

    def _data(self, block_type: str, element: LocatedElement, file: str, attributes: dict[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in attributes.items() if name not in {"url_name", "lti_passports"}}
        data: dict[str, Any] = {"attributes": kept}
        if block_type == "html":
            data["text"] = self._html(element, file)
        elif block_type not in PARENT_TYPES:
            data["text"] = inner_xml(element)
        if block_type == "problem":
            data["responses"] = response_types(element)
        return data

    def _html(self, element: LocatedElement, file: str) -> str:
        filename = element.get("filename")
        if not filename or not is_empty(element):
            return inner_xml(element)
        name = f"html/{filename.replace(':', '/')}.html"
        text = self._files.text(name)
        if text is None:
            raise OlxError(
                f"it points to {self._files.label(name)}, which is not there; export the course again",
                file,
                element.line,
            )
        return text

    def _usage_key(self, block_type: str, block_id: str, file: str, line: int) -> UsageKey:
        if len(block_type) > MAX_TYPE_LENGTH:
            raise OlxError(f"the block type {block_type!r} is longer than {MAX_TYPE_LENGTH} characters", file, line)
        try:
            usage_key = self._key.make_usage_key(block_type, block_id)
        except InvalidKeyError as error:
            raise OlxError(
                f"<{block_type}> with the url_name {block_id!r} makes no valid key; use letters, digits, "
                "and the signs - _ . ~ :",
                file,
                line,
            ) from error
        text = str(usage_key)
        if len(text) > MAX_KEY_LENGTH:
            raise OlxError(
                f"the key {text} is longer than {MAX_KEY_LENGTH} characters; shorten the url_name", file, line
            )
        self._refuse_second(text, file, line)
        return usage_key

    def _refuse_second(self, key: str, file: str, line: int) -> None:
        # Most databases compare keys without regard to case.
        folded = key.casefold()
        if folded in self._seen:
            raise OlxError(
                f"the block {key} is there twice, first at {self._seen[folded]}; give one of them another url_name",
                file,
                line,
            )
        self._seen[folded] = f"{file}, line {line}"


def derived_id(parent_id: str, block_type: str, ordinal: int) -> str:
    """Return the id of a block without ``url_name``: the same at each import as long as it keeps its place.

    Args:
        parent_id: Id of the block above.
        block_type: Type of the block.
        ordinal: Its number among the unnamed blocks of that type below that parent, from 1.
    """
    return hashlib.sha256(f"{parent_id}/{block_type}/{ordinal}".encode()).hexdigest()[:32]
