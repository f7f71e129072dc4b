"""What stores that are one table have in common: whose rows they look at, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from django.db import router
from django.db.models import CharField, Count, ExpressionWrapper, F, IntegerField, Min, Q, QuerySet, Value
from django.db.models.functions import Cast
from opaque_keys.edx.keys import CourseKey

from attempts.host.expressions import exactly
from attempts.host.models import host_model, is_installed
from attempts.stores.base import LearnerKind, LearnerNames, Move, StoreSurvey

#: The two halves of a switch.
Half = Literal["archived", "restored"]


@dataclass(frozen=True)
class Found:
    """What a survey query says of a table: rows, foreign rows among them, and a row whose key would be too long."""

    rows: int = 0
    foreign: int = 0
    too_long: str | None = None

    def __add__(self, other: Found) -> Found:
        return Found(self.rows + other.rows, self.foreign + other.foreign, self.too_long or other.too_long)


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

    #: Whether rows here show that somebody has worked in the active attempt.
    is_work: ClassVar[bool] = False

    @property
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
        same = {self.course: str(course_key)} if self.seek_by_course else {}
        # In one call: a path to many rows must mean the same one in every condition.
        return self.all_rows().filter(
            exactly(self.course, course_key), **self.learner_filter(learner), **same, **self.where
        )

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

    def survey_queries(self, learner: LearnerNames, move: Move) -> list[QuerySet]:
        """Return queries for table, half of the switch, and what :class:`Found` has.

        The queries of several stores can be joined by UNION.
        """
        return [survey_query(self, "archived", self.rows(learner, move.course_key))]

    def read_survey(self, learner: LearnerNames, move: Move, found: Mapping[Half, Found]) -> StoreSurvey:
        """Return what the answers to the survey queries come to; a half that no query found has no rows."""
        raise NotImplementedError

    def survey(self, learner: LearnerNames, move: Move) -> StoreSurvey:
        """Say what a switch would find; one statement."""
        return survey_tables([self], learner, move)[self.name]

    def objecting_courses_query(self, learner: LearnerNames, growth: int) -> QuerySet | None:
        """Return a query for the texts of courses in which the store may have something against a switch.

        Args:
            learner: the names the learner goes by, in all of the courses.
            growth: characters by which a key grows at most.

        Returns:
            A query that can be joined to those of other stores by UNION; None if it never has.
        """
        return None


def survey_query(
    store: TableStore, half: Half, rows: QuerySet, *, foreign: Q | None = None, too_long: Q | None = None
) -> QuerySet:
    """Return the query that counts some rows of a store; its parts have one type in all stores."""
    # As text: not every engine has a least uuid.
    key = Cast("pk", CharField(max_length=255))
    none: Any = Value(0, output_field=IntegerField())
    return (
        rows.values(table=Value(store.name, output_field=CharField()), half=Value(half, output_field=CharField()))
        .annotate(
            rows=Count("pk", distinct=True),
            foreign=Count("pk", filter=foreign) if foreign else none,
            too_long=Min(key, filter=too_long if too_long else Q(pk__isnull=True)),
        )
        .values_list("table", "half", "rows", "foreign", "too_long")
    )


def survey_tables(stores: Sequence[TableStore], learner: LearnerNames, move: Move) -> dict[str, StoreSurvey]:
    """Return what a switch would find in some tables; one statement for all of them."""
    found: dict[str, dict[Half, Found]] = {store.name: {} for store in stores}
    queries = [query for store in stores for query in store.survey_queries(learner, move)]
    if queries:
        for table, half, *numbers in queries[0].union(*queries[1:], all=True):
            found[table][half] = found[table].get(half, Found()) + Found(*numbers)
    return {store.name: store.read_survey(learner, move, found[store.name]) for store in stores}


def as_text(field: str) -> ExpressionWrapper:
    """Return a key column as the text it holds, which may be no key."""
    return ExpressionWrapper(F(field), output_field=CharField())
