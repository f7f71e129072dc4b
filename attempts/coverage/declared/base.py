"""What a declaration is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

#: By component and table: the answer, one of :data:`attempts.data.COVERAGE_ANSWERS`, and the reason, one sentence.
Answers: TypeAlias = dict[str, dict[str, tuple[str, str]]]


@dataclass(frozen=True)
class Declaration:
    """What attempts do about one table, and why.

    Attributes:
        table: the table, or ``app_label.Model``.
        answer: one of :data:`attempts.data.COVERAGE_ANSWERS`.
        reason: one sentence.
        component: the package or part of the platform that the table belongs to.
    """

    table: str
    answer: str
    reason: str
    component: str = ""
