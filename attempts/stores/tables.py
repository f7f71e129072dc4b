"""What stores that are one table have in common: whose rows they look at, and how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal

from django.db import router
from django.db.models import CharField, ExpressionWrapper, F, Q, QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.host.expressions import exactly
from attempts.host.models import host_model, is_installed
from attempts.keys import usage_prefix
from attempts.stores.base import LearnerKind, LearnerNames, Move, StoreSurvey
from attempts.stores.names import user_id_by_name

#: The two halves of a switch.
Half = Literal["archived", "restored"]


@dataclass(frozen=True)
class Found:
    """What is known of the rows of a table that a switch would move.

    Attributes:
        rows: how many there are, by half of the switch.
        foreign: rows of the active attempt with a block of another course.
        too_long: primary key of a row of the active attempt with a key that would be too long, as text.
        completed: rows of the active attempt that say that a block is completed.
    """

    rows: Mapping[Half, int]
    foreign: int = 0
    too_long: str | None = None
    completed: int = 0


@dataclass(frozen=True)
class TableStore:
    """A store that is one table of the host.

    Attributes:
        model: the host's model, ``app_label.Model``.
        label: the store's name for people.
        learner: the field, or path of fields, that names the learner.
        course: the field, or path of fields, with the key of the course or context.
        learner_kind: how ``learner`` names a learner.
        where: which of the learner's rows are meant, as lookups; all if empty.
        is_busy: whether rows may come at any moment, so that they are looked for though the survey found none.
        seek_by_course: whether the course column may serve as the way into the table. False where the learner's
            index is the better one and the engine should not be tempted: an index on the course alone would walk
            through the rows of everybody in it.
    """

    model: str
    label: str
    learner: str
    course: str
    learner_kind: LearnerKind = LearnerKind.USER_ID
    where: Mapping[str, Any] = field(default_factory=dict)
    seek_by_course: bool = True
    is_busy: bool = False

    #: Whether rows here show that somebody has worked in the active attempt.
    is_work: ClassVar[bool] = False

    @cached_property
    def name(self) -> str:
        """The table."""
        return host_model(self.model)._meta.db_table

    def is_installed(self) -> bool:
        """Tell whether the host has the model."""
        return is_installed(self.model)

    def database(self) -> str:
        """Return the alias of the database the table is written to."""
        return router.db_for_write(host_model(self.model))

    def all_rows(self) -> QuerySet:
        """Return the rows of everybody, in no order; those that the host hides from itself included."""
        return host_model(self.model)._base_manager.using(self.database()).order_by()

    def rows(self, learner: LearnerNames, course_key: CourseKey) -> QuerySet:
        """Return the learner's rows under exactly this key, plain or an attempt's."""
        return self.rows_under(learner, (course_key,))

    def rows_under(self, learner: LearnerNames, course_keys: Collection[CourseKey]) -> QuerySet:
        """Return the learner's rows under any of some keys, plain or attempts'."""
        under = Q()
        for key in course_keys:
            under |= Q(exactly(self.course, key))
        seek = {f"{self.course}__in": [str(key) for key in course_keys]} if self.seek_by_course else {}
        # In one call: a path to many rows must mean the same one in every condition.
        return self.all_rows().filter(under, **self.learner_filter(learner), **seek, **self.where)

    def rows_anywhere(self, learner: LearnerNames) -> QuerySet:
        """Return the learner's rows in all courses or contexts."""
        return self.all_rows().filter(**self.learner_filter(learner), **self.where)

    def learner_filter(self, learner: LearnerNames) -> dict[str, Any]:
        """Return the lookup that finds the learner's rows in all courses or contexts."""
        if self.learner_kind is LearnerKind.USER_ID:
            return {self.learner: learner.user_id}
        if self.learner_kind is LearnerKind.USERNAME:
            return {self.learner: learner.username}
        names: Mapping[LearnerKind, Sequence[str]] = {
            LearnerKind.ANONYMOUS_ID: learner.anonymous_ids,
            # Tables of assessments hold a uuid with hyphens, very old ones without.
            LearnerKind.SUBMISSION_UUID: [text for uuid in learner.submission_uuids for text in (str(uuid), uuid.hex)],
            LearnerKind.EXTERNAL_ID: learner.external_ids,
        }
        return {f"{self.learner}__in": names[self.learner_kind]}

    def user_id(self, learner: Any) -> int | None:
        """Return the id of the user whom the table names, None if nobody goes by that name."""
        if self.learner_kind is LearnerKind.USER_ID:
            return learner
        return user_id_by_name(self.learner_kind, learner)

    @cached_property
    def is_ours(self) -> bool:
        """Whether the class is one of attempts: what it makes depends on names and keys alone."""
        return type(self).__module__.startswith("attempts.")

    @property
    def is_joined(self) -> bool:
        """Whether rows are found by way of other tables, so that one may be found twice."""
        return any("__" in path for path in (self.learner, self.course, *self.where))

    @property
    def is_looked_for(self) -> bool:
        """Whether the learner's rows are found without other tables, but not which course they are of.

        Most learners have none in any course, and an engine can say so without having planned the joins.
        """
        return self.is_ours and self.is_joined and "__" not in self.learner

    def surveyed_rows(
        self, learner: LearnerNames, course_key: CourseKey, restored: CourseKey | None
    ) -> list[tuple[Half, QuerySet]]:
        """Return the rows that are counted for each half of a switch.

        Args:
            learner: the names the learner goes by.
            course_key: the plain key of the course.
            restored: the key of the attempt that becomes active, None if it is a new one.
        """
        return [("archived", self.rows(learner, course_key))]

    def odd_rows(self, prefix: str, growth: int) -> Q | None:
        """Return the condition for rows of the active attempt that need a closer look; None if none does.

        Args:
            prefix: what keys of blocks of the course begin with.
            growth: the characters by which such a key grows.
        """
        return None

    def completed_rows(self) -> Q | None:
        """Return the condition for rows that say that a block is completed; None if none does."""
        return None

    def details_query(self, learner: LearnerNames, move: Move) -> QuerySet | None:
        """Return a query for table, foreign rows and a row whose key would be too long; None if there are none such.

        The queries of several stores can be joined by UNION. It is asked only if there are rows.
        """
        return None

    def read_survey(self, learner: LearnerNames, move: Move, found: Found) -> StoreSurvey:
        """Return what was found as others understand it."""
        raise NotImplementedError

    def survey(self, learner: LearnerNames, move: Move) -> StoreSurvey:
        """Say what a switch would find; a statement that counts, and one for details if there are rows."""
        rows: Counter[Half] = Counter()
        restored = move.restoring.source if move.restoring else None
        for half, found in self.surveyed_rows(learner, move.course_key, restored):
            rows[half] += found.values("pk").distinct().count()
        query = self.details_query(learner, move) if rows["archived"] else None
        details = next(iter(query), ()) if query is not None else ()
        condition = self.completed_rows()
        completed = self.rows(learner, move.course_key).filter(condition).count() if condition is not None else 0
        foreign, too_long = details[1:] or (0, None)
        return self.read_survey(learner, move, Found(rows, foreign, too_long, completed))

    def objecting_courses(self, learner: LearnerNames, growth: int) -> list[QuerySet]:
        """Return queries for the texts of courses in which the store may have something against a switch.

        Args:
            learner: the names the learner goes by, in all of the courses.
            growth: characters by which a key grows at most.

        Returns:
            Queries that can be joined to those of other stores by UNION; none if it never has.
        """
        return []


def as_text(field: str) -> ExpressionWrapper:
    """Return a key column as the text it holds, which may be no key."""
    return ExpressionWrapper(F(field), output_field=CharField())


def names_of_course(course_key: CourseKey) -> tuple[str, str]:
    """Return the texts by which tables name a course: its key, and what a tool's scores know of it."""
    return str(course_key), usage_prefix(course_key, "lti_consumer")
