"""Table by table: whom its rows are about, who made them, and which of its texts a person may have written.

A test asks about every model: a new one, or a new column of text or of users, fails it until it is declared here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q

from attempts.models import (
    AttemptContext,
    AttemptExport,
    AttemptOperation,
    AttemptProof,
    BareKey,
    CourseSettingsReport,
    FollowUp,
    GradeChoice,
    KeptValues,
    KeyRestoration,
    LearnerCourse,
    ResetPolicy,
)

#: From the id of a user to the rows that have to do with her.
Rows = Callable[[int], Q]
_PROVENANCE = {
    "role": "the right by which it was done, which nobody is named by",
    "client": "the kind of login, or the id of an application",
}


@dataclass(frozen=True)
class Holding:
    """What one table holds on people.

    Attributes:
        model: the table.
        about: the rows about a learner; None if it is about nobody.
        done_by: the rows that somebody made or changed; None if nobody is kept there.
        users: the columns that name users, by id.
        blanked: texts that people wrote, and what becomes of them in the rows about her and in those she made.
        blanked_for_actor: texts that become this only in the rows she made.
        kept: the other texts, each with the reason why it stays.
        about_learner: columns that are left out when the rows that somebody made are taken out for her: they are about
            the learner.
    """

    model: type[models.Model]
    about: Rows | None = None
    done_by: Rows | None = None
    users: tuple[str, ...] = ()
    blanked: Mapping[str, Any] = field(default_factory=dict)
    blanked_for_actor: Mapping[str, Any] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    about_learner: tuple[str, ...] = ()


def _column(name: str) -> Rows:
    return lambda user_id: Q(**{name: user_id})


def _within(name: str, model: type[models.Model], column: str) -> Rows:
    """Rows by a foreign key, as a subquery: MySQL can then update them in one statement."""
    return lambda user_id: Q(**{f"{name}__in": model._default_manager.filter(**{column: user_id}).values("pk")})


def _last_requests_of(user_id: int) -> Q:
    """The policies whose newest change is hers; the row itself does not say whose it is, its history does."""
    changes = ResetPolicy.history.filter(history_user_id=user_id).exclude(request_id="")
    return Q(request_id__in=changes.values("request_id"))


_HISTORY = {"history_change_reason": None}

#: In the order in which they are blanked.
HOLDINGS: tuple[Holding, ...] = (
    Holding(LearnerCourse, about=_column("user_id"), users=("user",)),
    Holding(
        AttemptContext,
        about=_within("learner_course", LearnerCourse, "user_id"),
        kept={"org": "part of the course key", "letter_grade": "a grade", "rows": "numbers of rows by table"},
    ),
    Holding(
        AttemptContext.history.model,
        about=_within("learner_course", LearnerCourse, "user_id"),
        done_by=_column("history_user_id"),
        users=("history_user",),
        kept={
            "letter_grade": "a grade",
            "history_change_reason": "kind and uuid of the operation, written by the switch",
        },
        about_learner=(
            "learner_course",
            "uuid",
            "percent_grade",
            "letter_grade",
            "passed",
            "completed_blocks",
            "completion_ratio",
        ),
    ),
    Holding(
        AttemptExport,
        about=_column("learner_id"),
        done_by=_column("requested_by_id"),
        users=("learner", "requested_by"),
        blanked_for_actor={"request_id": ""},
        kept={
            **_PROVENANCE,
            "org": "part of a course key",
            "datasets": "names of datasets",
            "format": "a format",
            "rows": "numbers of rows by dataset",
            "file": "the name of a file, which is the uuid",
            "error_code": "a code",
            "error": "a sentence of ours, without names",
        },
        about_learner=("learner",),
    ),
    Holding(
        AttemptOperation,
        about=_column("learner_id"),
        done_by=_column("requested_by_id"),
        users=("learner", "requested_by"),
        blanked={"comment": "", "error": "", "idempotency_key": None},
        blanked_for_actor={"request_id": ""},
        kept={
            **_PROVENANCE,
            "org": "part of the course key",
            "overridden": "codes of reasons",
            "error_code": "a code",
            "rows": "numbers of rows by table",
        },
        about_learner=("from_attempt", "to_attempt", "error_code", "error", "rows"),
    ),
    Holding(
        FollowUp,
        about=_within("operation", AttemptOperation, "learner_id"),
        blanked={"error": ""},
        kept={"name": "which follow-up", "error_code": "a code"},
    ),
    Holding(
        AttemptProof,
        about=_within("context__learner_course", LearnerCourse, "user_id"),
        blanked={"problem": ""},
        kept={"checksums": "checksums by table", "problem_code": "a code", "changed": "names of tables"},
    ),
    Holding(
        GradeChoice,
        about=_within("learner_course", LearnerCourse, "user_id"),
        done_by=_column("chosen_by_id"),
        users=("chosen_by",),
        blanked={"comment": ""},
        blanked_for_actor={"request_id": ""},
        kept=_PROVENANCE,
        about_learner=("context",),
    ),
    Holding(
        KeptValues,
        about=_within("learner_course", LearnerCourse, "user_id"),
        kept={"store": "the table", "values": "columns of the host's, which come back when the attempt does"},
    ),
    Holding(
        ResetPolicy,
        done_by=_last_requests_of,
        blanked_for_actor={"request_id": ""},
        kept={
            **_PROVENANCE,
            "org": "an organisation",
            "course_key": "a course",
            "locked": "names of fields",
            "from_course_settings": "names of fields",
        },
    ),
    Holding(
        ResetPolicy.history.model,
        done_by=_column("history_user_id"),
        users=("history_user",),
        blanked_for_actor={"request_id": "", **_HISTORY},
        kept={
            **_PROVENANCE,
            "org": "an organisation",
            "course_key": "a course",
            "locked": "names of fields",
            "from_course_settings": "names of fields",
        },
    ),
    Holding(
        CourseSettingsReport, kept={"course_key": "a course", "problems": "what authors wrote as values of a policy"}
    ),
    Holding(
        CourseSettingsReport.history.model,
        done_by=_column("history_user_id"),
        users=("history_user",),
        blanked_for_actor=_HISTORY,
        kept={"course_key": "a course", "problems": "what authors wrote as values of a policy"},
    ),
    Holding(BareKey, kept={"attempt_key": "a key, of nobody in particular", "bare_key": "the same key"}),
    Holding(KeyRestoration, kept={"rows": "numbers of rows by table"}),
)
