"""Switches as a store sees them, for tests that ask a store itself."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts.host.courses import enrolment
from attempts.policies import effective_policy
from attempts.stores import Ledger, Move
from tests.factories import COURSE


def move_of(
    learner: Any, course_key: CourseKey = COURSE, *, from_number: int = 1, to_number: int | None = None, **policy: Any
) -> Move:
    """Return the switch of a learner between two attempts; to a new one if none is named."""
    return Move(
        place=enrolment(learner.pk, course_key),
        from_number=from_number,
        to_number=to_number,
        policy=dataclasses.replace(effective_policy(), **policy),
        now=timezone.now(),
        ledger=Ledger(learner.pk, course_key, to_number),
    )
