"""One learner's scores in a course, from the host's tables."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError
from opaque_keys.edx.keys import UsageKey
from submissions import api as submissions_api

from sandbox.content.models import CourseBlock
from sandbox.courseware.models import StudentModule
from sandbox.grades.models import VisibleBlocks
from sandbox.student.models import anonymous_id_for_user
from sandbox.work.answers import responses
from sandbox.work.grading import weighted
from sandbox.work.outline import Outline
from sandbox.work.states import shown_children

#: Version of the platform's format of visible blocks.
_VISIBLE_BLOCKS_VERSION = 1


@dataclass(frozen=True)
class BlockScore:
    """A scored block that the learner can see.

    Attributes:
        block: The block.
        earned: Weighted points.
        possible: Weighted points that could be had.
        attempted: When the learner first tried, None if not yet.
    """

    block: CourseBlock
    earned: float
    possible: float
    attempted: datetime | None


class LearnerScores:
    """What one learner scored in one course; reads the tables once.

    Args:
        user: The learner.
        outline: The course.
    """

    def __init__(self, user: AbstractBaseUser, outline: Outline) -> None:
        self._user_id = user.pk
        self._outline = outline
        self._rows: dict[UsageKey, StudentModule] = {
            row.module_state_key: row
            for row in StudentModule.objects.filter(student=user, course_id=outline.course_key)
        }
        anonymous_id = anonymous_id_for_user(user, outline.course_key)
        self._submitted: dict[str, dict[str, Any]] = submissions_api.get_scores(str(outline.course_key), anonymous_id)

    def below(self, block: CourseBlock) -> list[BlockScore]:
        """Return the scores of all scored blocks below ``block`` that the learner can see, in course order."""
        row = self._rows.get(block.usage_key)
        state = json.loads(row.state or "{}") if row else {}
        scores = [] if block.max_score is None else [self._score(block)]
        for child in shown_children(self._outline, block, state, self._user_id):
            scores.extend(self.below(child))
        return scores

    def _score(self, block: CourseBlock) -> BlockScore:
        """Return a block's score; one from the submissions tables comes first, as on the platform."""
        submitted = self._submitted.get(str(block.usage_key))
        if submitted:
            points = weighted(submitted["points_earned"], submitted["points_possible"], block.max_score)
            return BlockScore(block, *points, _moment(submitted["created_at"]))
        row = self._rows.get(block.usage_key)
        if row is not None and row.max_grade is not None:
            return BlockScore(block, *weighted(row.grade or 0.0, row.max_grade, block.max_score), row.created)
        return BlockScore(block, 0.0, block.max_score or 0.0, None)


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def visible_blocks(outline: Outline, scores: list[BlockScore]) -> VisibleBlocks:
    """Return the row for a list of visible blocks, which all learners with the same list share."""
    records = [
        {
            "graded": score.block.graded,
            "locator": str(score.block.usage_key),
            "raw_possible": float(len(responses(score.block))) if score.block.block_type == "problem" else None,
            "weight": score.block.max_score,
        }
        for score in scores
    ]
    text = json.dumps(
        {"blocks": records, "course_key": str(outline.course_key), "version": _VISIBLE_BLOCKS_VERSION},
        separators=(",", ":"),
        sort_keys=True,
    )
    # A name for the list, not a protection: the platform uses SHA-1 in base 64.
    digest = base64.b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()
    try:
        row, _ = VisibleBlocks.objects.get_or_create(
            hashed=digest, defaults={"blocks_json": text, "course_id": outline.course_key}
        )
    except IntegrityError:
        # Made by somebody else since this transaction's snapshot, which a locking read does not go by.
        return VisibleBlocks.objects.select_for_update().get(hashed=digest)
    return row
