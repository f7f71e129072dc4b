"""Which blocks of a course one learner gets to see."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from opaque_keys.edx.keys import UsageKey

from sandbox.content.completable import DRAWING_TYPES
from sandbox.content.models import CourseBlock
from sandbox.content.olx.structure import PARENT_TYPES
from sandbox.courseware.models import StudentModule
from sandbox.work.outline import Outline
from sandbox.work.rows import save_state
from sandbox.work.states import drawn_state, shown_children

log = logging.getLogger(__name__)

#: Blocks that remember what of them a learner sees.
_REMEMBERING_TYPES = DRAWING_TYPES | {"randomize"}


class ShownBlocks:
    """What one learner sees of a course; reads what was drawn for her once.

    Args:
        user: The learner.
        outline: The course.
        keeps: Whether what is drawn for her is kept.
    """

    def __init__(self, user: AbstractBaseUser, outline: Outline, *, keeps: bool) -> None:
        self._user = user
        self._outline = outline
        self._keeps = keeps
        rows = StudentModule.objects.filter(
            student=user, course_id=outline.course_key, module_type__in=_REMEMBERING_TYPES
        ).values_list("module_state_key", "state")
        self._drawn: dict[UsageKey, dict[str, Any]] = {key: json.loads(state or "{}") for key, state in rows}

    def below(self, block: CourseBlock) -> Iterator[CourseBlock]:
        """Yield the blocks below one, and itself, that hold no others, in course order."""
        if block.block_type not in PARENT_TYPES:
            yield block
            return
        state = self._drawn.get(block.usage_key, {})
        for child in shown_children(self._outline, block, state, self._user.pk):
            yield from self.below(child)

    def draw(self, block: CourseBlock) -> None:
        """Draw for blocks from here downwards that show some of theirs only, where that has not been done."""
        drawn = drawn_state(self._outline, block, random.SystemRandom())
        if drawn is not None and block.usage_key not in self._drawn:
            self._drawn[block.usage_key] = drawn
            if self._keeps:
                self._save(block, drawn)
        for child in self._outline.below(block):
            self.draw(child)

    def _save(self, block: CourseBlock, drawn: dict[str, Any]) -> None:
        try:
            with transaction.atomic():
                save_state(self._user, self._outline.course_key, block.usage_key, drawn)
        except IntegrityError:
            # Another page, or a switch, was faster; the next page draws again, or finds what was drawn.
            log.warning("what was drawn for %s is not kept", block.usage_key, exc_info=True)
