"""What authors of a course wrote, as the fields of its blocks."""

from __future__ import annotations

import json
from typing import Any

from lxml import etree
from opaque_keys.edx.keys import UsageKey
from xblock.core import XBlock, XBlockMixin
from xblock.fields import Boolean, Scope, ScopeIds, UserScope
from xblock.runtime import KeyValueStore, Runtime

from sandbox.content.models import CourseBlock
from sandbox.courseware.xblocks.content import CourseContent

#: Settings that a block has from those above it where its own XML does not say, as on the platform.
INHERITED = frozenset(
    {
        "due",
        "format",
        "graceperiod",
        "graded",
        "max_attempts",
        "rerandomize",
        "show_correctness",
        "show_reset_button",
        "showanswer",
    }
)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


class CourseSettings(XBlockMixin):
    """Fields that the platform gives every block of a course."""

    graded = Boolean(help="Whether the block counts towards the grade", default=False, scope=Scope.settings)
    debug = Boolean(help="Whether errors are shown in full", default=False, scope=Scope.settings)


class AuthoredStore(KeyValueStore):
    """The fields that authors decide, for as long as a request takes.

    Args:
        content: The course, from which settings are inherited.
    """

    def __init__(self, content: CourseContent) -> None:
        self._content = content
        self._values: dict[tuple[UsageKey, str], Any] = {}

    def get(self, key: KeyValueStore.Key) -> Any:
        """Return a value, as JSON."""
        return self._values[key.block_scope_id, key.field_name]

    def set(self, key: KeyValueStore.Key, value: Any) -> None:
        """Set a value."""
        self._values[key.block_scope_id, key.field_name] = value

    def delete(self, key: KeyValueStore.Key) -> None:
        """Forget a value."""
        del self._values[key.block_scope_id, key.field_name]

    def has(self, key: KeyValueStore.Key) -> bool:
        """Tell whether the author has said something."""
        return (key.block_scope_id, key.field_name) in self._values

    def default(self, key: KeyValueStore.Key) -> Any:
        """Return what the nearest block above says.

        Raises:
            KeyError: None says anything, or the field is not inherited.
        """
        if key.field_name in INHERITED:
            for row in self._content.above(key.block_scope_id):
                value = row.data.get("attributes", {}).get(key.field_name)
                if value is not None:
                    return _unquoted(value)
        raise KeyError(key.field_name)


def read_block(block_class: type[XBlock], row: CourseBlock, runtime: Runtime, keys: ScopeIds) -> XBlock:
    """Return a block with the fields that its author wrote.

    Args:
        block_class: What runs the block.
        row: The block as it was imported.
        runtime: Where the block is to run.
        keys: Names of the block and the learner.
    """
    if row.block_type == "html":
        # What stands in it need not be well-formed.
        block = block_class.parse_xml(_element(block_class, row, ""), runtime, keys)
        block.data = row.data.get("text", "")
        return block
    element = _element(block_class, row, row.data.get("text", ""))
    if row.block_type == "video":
        # The older way registers each video with edx-val.
        return block_class.parse_xml_new_runtime(element, runtime, keys)
    return block_class.parse_xml(element, runtime, keys)


def _unquoted(value: Any) -> Any:
    """Return a value without the JSON quotes that Studio puts around dates."""
    return json.loads(value) if isinstance(value, str) and value.startswith('"') else value


def _element(block_class: type[XBlock], row: CourseBlock, text: str) -> etree._Element:
    element = etree.fromstring(f"<{row.block_type}>{text}</{row.block_type}>", parser=_PARSER)
    for name, value in row.data.get("attributes", {}).items():
        field = block_class.fields.get(name)
        # No author decides what a learner has done; and the file that "filename" names is in the text already.
        if name != "filename" and (field is None or field.scope.user == UserScope.NONE):
            element.set(name, value if isinstance(value, str) else json.dumps(value))
    return element
