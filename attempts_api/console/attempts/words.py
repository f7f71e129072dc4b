"""How the pages of an attempt call things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy
from opaque_keys.edx.keys import AsideUsageKey, UsageKey

from attempts.data import Place

#: Types of blocks that have a name for people; of others, the type itself is told.
TYPES: Mapping[str, Any] = {
    "chapter": gettext_lazy("Section"),
    "sequential": gettext_lazy("Subsection"),
    "vertical": gettext_lazy("Unit"),
    "problem": gettext_lazy("Problem"),
    "html": gettext_lazy("Text"),
    "video": gettext_lazy("Video"),
    "openassessment": gettext_lazy("Open response"),
    "library_content": gettext_lazy("Randomized content"),
    "discussion": gettext_lazy("Discussion"),
    "gone": gettext_lazy("No longer in the course"),
}
#: What was done to an attempt, and how far that is.
OPERATIONS: Mapping[str, Any] = {
    "reset": pgettext_lazy("what was done to an attempt", "reset"),
    "undo": pgettext_lazy("what was done to an attempt", "undo"),
    "activate": pgettext_lazy("what was done to an attempt", "activate"),
    "enqueued": pgettext_lazy("what was asked for is", "enqueued"),
    "in_progress": pgettext_lazy("what was asked for is", "in progress"),
    "complete": pgettext_lazy("what was asked for is", "complete"),
    "failed": pgettext_lazy("what was asked for is", "failed"),
    "canceled": pgettext_lazy("what was asked for is", "canceled"),
}
#: Which grade counts.
RULES: Mapping[str, Any] = {
    "latest": gettext_lazy("The grade of the active attempt counts."),
    "best": gettext_lazy("The best grade counts."),
    "first": gettext_lazy("The grade of the first attempt counts."),
    "chosen": gettext_lazy("The grade that staff choose counts."),
}


def type_word(block_type: str) -> str:
    """Return what a type of block is called."""
    return str(TYPES.get(block_type, block_type))


def title_of(place: Place) -> str:
    """Return what a place is called: its name, else what tells its block from others of the course."""
    if place.block_key is None:
        return type_word(place.block_type)
    return name_of(place.block_key, place.title)


def name_of(block_key: UsageKey, name: str) -> str:
    """Return what a block is called: its name, else what tells it from others of the course."""
    if isinstance(block_key, AsideUsageKey):
        return f"{block_key.usage_key.block_id} ({block_key.aside_type})"
    return name or str(block_key.block_id)
