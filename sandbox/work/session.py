"""A learner working through a course."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from completion.models import BlockCompletion
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from opaque_keys.edx.asides import AsideUsageKeyV1, AsideUsageKeyV2
from opaque_keys.edx.keys import CourseKey

from sandbox.content.completable import CONTAINER_TYPES
from sandbox.content.models import CourseBlock
from sandbox.courseware.models import StudentModule
from sandbox.student.models import anonymous_id_for_user
from sandbox.work.answers import attempted, attempts_left, first_view
from sandbox.work.outline import Outline, load_outline
from sandbox.work.rows import read_state, save_state, set_score, submit
from sandbox.work.states import (
    POSITION_TYPES,
    SUBMISSION_TYPES,
    drawn_state,
    scored_state,
    seen_state,
    shown_children,
)

#: How many times at most a learner submits one problem in one session.
MAX_TRIES = 3
#: Of the problems, this share also goes through the submissions tables.
SUBMITTED_SHARE = 0.2
#: Of the problems, this share has an aside with state of its own.
ASIDE_SHARE = 0.1


@dataclass
class WorkDone:
    """What one session did.

    Attributes:
        units: Units (blocks right below a subsection) that were opened.
        blocks: Blocks in them that were used.
        problems: Problems that were answered.
        submissions: Submissions made.
        completions: Blocks completed.
        asides: Asides that saved state.
    """

    units: int = 0
    blocks: int = 0
    problems: int = 0
    submissions: int = 0
    completions: int = 0
    asides: int = 0


def work(
    user: AbstractBaseUser,
    course_key: CourseKey,
    rng: random.Random,
    effort: float,
    skill: float,
    outline: Outline | None = None,
) -> WorkDone:
    """Let a learner work through the first part of a course, unit by unit, each in a transaction as a request has.

    What the learner did before, if anything, is carried on; the same state, ``rng`` and arguments give the same work.

    Args:
        user: The learner.
        course_key: Plain key of a course that was imported.
        rng: Source of all chance.
        effort: Share of the course's units to open, from 0.0 to 1.0; above 0 it is one unit at least.
        skill: Chance, from 0.0 to 1.0, of a right answer at each try.
        outline: The course's blocks, where the caller has read them already.

    Raises:
        ValueError: ``effort`` or ``skill`` is out of range, or there is no such course.
        RuntimeError: Completion tracking is off, see ``enable_completion_tracking``.
    """
    if not 0 <= effort <= 1 or not 0 <= skill <= 1:
        raise ValueError(f"effort {effort} and skill {skill} must be from 0.0 to 1.0")
    outline = outline or load_outline(course_key)
    session = _Session(user, outline, rng, skill)
    paths = list(_unit_paths(outline, outline.course, ()))
    opened = min(len(paths), max(1, round(effort * len(paths)))) if effort else 0
    for path, following in pairwise([*paths[:opened], ()]):
        with transaction.atomic():
            session.open_unit(path, following)
    return session.done


def _unit_paths(
    outline: Outline, block: CourseBlock, above: tuple[CourseBlock, ...]
) -> Iterator[tuple[CourseBlock, ...]]:
    """Yield each unit of the course with the blocks above it, the course first."""
    path = (*above, block)
    if above and above[-1].block_type in {"sequential", "videosequence"}:
        yield path
        return
    for child in outline.below(block):
        yield from _unit_paths(outline, child, path)


class _Session:
    """One learner's way through a course."""

    def __init__(self, user: AbstractBaseUser, outline: Outline, rng: random.Random, skill: float) -> None:
        self.done = WorkDone()
        self._user = user
        self._outline = outline
        self._course_key = outline.course_key
        self._rng = rng
        self._skill = skill
        self._anonymous_id = anonymous_id_for_user(user, outline.course_key)

    def open_unit(self, path: tuple[CourseBlock, ...], following: tuple[CourseBlock, ...]) -> None:
        """Use the blocks in a unit; the blocks above that the next unit is not part of remember the place.

        Args:
            path: The unit, after the blocks above it.
            following: The same of the next unit, empty if there is none.
        """
        self.done.units += 1
        self._use(path[-1])
        for block, child in pairwise(path):
            if block not in following:
                siblings = [sibling.pk for sibling in self._outline.below(block)]
                self._save(block, {"position": siblings.index(child.pk) + 1})

    def _save(self, block: CourseBlock, state: dict[str, Any]) -> StudentModule:
        return save_state(self._user, self._course_key, block.usage_key, state)

    def _use(self, block: CourseBlock) -> None:
        if self._outline.below(block) or block.block_type in CONTAINER_TYPES:
            self._enter(block)
            return
        self.done.blocks += 1
        if block.block_type == "problem" and block.max_score is not None:
            self._answer(block)
        elif block.block_type in SUBMISSION_TYPES:
            self._hand_in(block)
        elif block.max_score is not None:
            earned = block.max_score if self._rng.random() < self._skill else 0.0
            set_score(self._save(block, scored_state(block, earned, block.max_score)), earned, block.max_score)
        else:
            state = seen_state(block, self._rng)
            if state is not None:
                self._save(block, state)
        BlockCompletion.objects.submit_completion(self._user, block.usage_key, 1.0)
        self.done.completions += 1

    def _enter(self, block: CourseBlock) -> None:
        """Use the blocks below one that holds others."""
        drawn = drawn_state(self._outline, block, self._rng)
        if drawn is not None:
            # A draw is made once and stays for as long as its state does.
            drawn.update(read_state(self._user, self._course_key, block.usage_key) or {})
            self._save(block, drawn)
        children = shown_children(self._outline, block, drawn or {}, self._user.pk)
        for child in children:
            self._use(child)
        if block.block_type in POSITION_TYPES and children:
            self._save(block, {"position": len(children)})

    def _answer(self, block: CourseBlock) -> None:
        state = read_state(self._user, self._course_key, block.usage_key)
        if not state:
            state = first_view(block, self._rng)
            self._save(block, state)
        tries = min(attempts_left(block, state), self._rng.randint(1, MAX_TRIES))
        with_submission = self._rng.random() < SUBMITTED_SHARE
        with_aside = self._rng.random() < ASIDE_SHARE
        self.done.problems += bool(tries)
        for _ in range(tries):
            result = attempted(block, state, self._rng, self._skill)
            state = result.state
            set_score(self._save(block, state), result.earned, result.possible)
            if result.earned == result.possible:
                break
        if tries and with_submission:
            self._submit(block, {"answers": state["student_answers"]}, result.earned, result.possible)
        if with_aside:
            self._save_aside(block)

    def _hand_in(self, block: CourseBlock) -> None:
        """Hand in work that somebody grades."""
        possible = int(block.max_score or 1)
        share = min(1.0, self._skill + self._rng.random() / 4)
        answer = {"parts": [{"text": "I would cross at low water."}]}
        uuid = self._submit(block, answer, round(possible * share), possible)
        if block.block_type == "openassessment":
            self._save(block, {"submission_uuid": uuid, "has_saved": False})

    def _submit(self, block: CourseBlock, answer: dict[str, Any], earned: int, possible: int) -> str:
        self.done.submissions += 1
        return submit(self._anonymous_id, self._course_key, block.usage_key, answer, earned, possible)

    def _save_aside(self, block: CourseBlock) -> None:
        key_type = self._rng.choice([AsideUsageKeyV1, AsideUsageKeyV2])
        key = key_type(block.usage_key, "thumbs_aside")
        save_state(self._user, self._course_key, key, {"vote": self._rng.choice(["up", "down"])})
        self.done.asides += 1
