"""The common kind of store: a table whose rows name a learner, a course and perhaps blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Case, CharField, Count, F, Min, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Length
from django.db.models.lookups import GreaterThan
from opaque_keys.edx.django.models import OpaqueKeyField
from opaque_keys.edx.keys import CourseKey

from attempts.exceptions import KeyTooLong
from attempts.host.expressions import exactly, starts_with, with_prefix_replaced
from attempts.host.models import host_model
from attempts.keys import AttemptCourseLocator, KeyRewrite, attempt_course_key
from attempts.stores.asking import asked, changed
from attempts.stores.base import LearnerKind, LearnerNames, Move, Moved, StoreSurvey
from attempts.stores.tables import Found, Half, TableStore, as_text, names_of_course

#: One half of a switch in a query that is prepared: the key it takes rows from, the text of the key it takes them to,
#: and pairs of prefixes of usage keys.
_Side = tuple[CourseKey, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class RekeyedStore(TableStore):
    """A table whose rows are archived by rewriting their keys in place.

    Attributes:
        usage: fields with keys of blocks.
        made: the field, or path of fields, that says when a row was made, of rows that are made under plain keys only;
            empty if nothing says it. The sweep goes by it.
        is_computed: whether what a row holds is computed from other rows, so that whoever overwrites it need not have
            read it.
    """

    usage: tuple[str, ...] = ()
    made: str = ""
    is_computed: bool = False

    is_work: ClassVar[bool] = True

    @property
    def is_emptied(self) -> bool:
        """Whether the host itself deletes rows here, so that an archived attempt may come to have fewer."""
        return False

    @property
    def usage_is_parsed(self) -> bool:
        """Whether the host parses the usage columns as keys when it reads them; plain texts may say anything."""
        fields = (host_model(self.model)._meta.get_field(field) for field in self.usage)
        return all(isinstance(field, OpaqueKeyField) for field in fields)

    @property
    def marks(self) -> tuple[str, ...]:
        """Fields other than keys that tell a row of an archived attempt from one of the active attempt."""
        return ()

    def surveyed_rows(
        self, learner: LearnerNames, course_key: CourseKey, restored: CourseKey | None
    ) -> list[tuple[Half, QuerySet]]:
        """Return the rows of both attempts."""
        both: list[tuple[Half, QuerySet]] = [("archived", self.rows(learner, course_key))]
        if restored:
            both.append(("restored", self.rows(learner, restored)))
        return both

    def odd_rows(self, prefix: str, growth: int) -> Q | None:
        """Return the condition for keys that are no block's of the course, or that would be too long."""
        odd = Q()
        for field in self.usage:
            length = Length(F(field))
            odd |= Q(GreaterThan(length, Value(0))) & ~Q(starts_with(field, prefix))
            odd |= Q(GreaterThan(length + Value(growth), Value(self._max_length(field))))
        return odd or None

    def details_query(self, learner: LearnerNames, move: Move) -> QuerySet | None:
        """Return a query for the rows of the active attempt with foreign keys, and for one with a key too long."""
        if not self.usage:
            return None
        foreign, too_long = Q(), Q()
        for field in self.usage:
            # No block at all is none of another course.
            foreign |= Q(GreaterThan(Length(F(field)), Value(0))) & ~_starts_with_any(field, move.archiving)
            too_long |= self._outgrows(field, move.archiving)
        # As text: not every engine has a least uuid, and the parts of a UNION have one type.
        key = Cast("pk", CharField(max_length=255))
        return (
            self.rows(learner, move.course_key)
            .values(table=Value(self.name, output_field=CharField()))
            .annotate(foreign=Count("pk", filter=foreign), too_long=Min(key, filter=too_long))
            .values_list("table", "foreign", "too_long")
        )

    def read_survey(self, learner: LearnerNames, move: Move, found: Found) -> StoreSurvey:
        """Return the counts, and the row whose key would be too long, if there is one."""
        return StoreSurvey(
            rows=found.rows["archived"],
            foreign=found.foreign,
            problem=self._problem(learner, move.archiving, found),
            restorable=found.rows["restored"],
            is_work=self.is_work,
            completed=found.completed,
        )

    def objecting_courses(self, learner: LearnerNames, growth: int) -> list[QuerySet]:
        """Return a query for the courses in which a key of the learner's has less room to grow than that.

        Rows found by submission are left out: the submission's own row has the same keys in columns as wide.
        """
        if self.learner_kind is LearnerKind.SUBMISSION_UUID:
            return []
        long = Q()
        for field in (self.course, *self.usage):
            long |= Q(GreaterThan(Length(F(field)), Value(self._max_length(field) - growth)))
        rows = self.rows_anywhere(learner).filter(long)
        return [rows.annotate(course_text=as_text(self.course)).values_list("course_text", flat=True).distinct()]

    def _problem(self, learner: LearnerNames, rewrite: KeyRewrite, found: Found) -> KeyTooLong | None:
        """Say why a rewrite is impossible, None if it is possible."""
        if found.too_long is not None:
            row = self.rows(learner, rewrite.source).filter(pk=found.too_long)
            field = next(field for field in self.usage if row.filter(self._outgrows(field, rewrite)).exists())
            return KeyTooLong(self.name, self._column(field), found.too_long, self._max_length(field))
        limit = self._max_length(self.course)
        if found.rows["archived"] and len(str(rewrite.target)) > limit:
            row = self.rows(learner, rewrite.source).order_by("pk").values_list("pk", flat=True)[0]
            return KeyTooLong(self.name, self._column(self.course), row, limit)
        return None

    def switch(self, learner: LearnerNames, move: Move, survey: StoreSurvey) -> Moved:
        """Rewrite the learner's rows of both attempts; a statement for each that has any."""
        if move.restoring and survey.restorable and self.is_busy and self.is_ours and not survey.rows:
            return self._exchange(learner, move.archiving, move.restoring, survey)
        archived = self.rewrite(learner, move.archiving) if survey.rows or self.is_busy else 0
        restored = self.rewrite(learner, move.restoring) if move.restoring and survey.restorable else 0
        return Moved(archived, restored)

    def rewrite(self, learner: LearnerNames, rewrite: KeyRewrite, *, pk: Any = None) -> int:
        """Rewrite the learner's rows from one context to another; return how many there were; one statement.

        Args:
            learner: the names the learner goes by.
            rewrite: the rewrite.
            pk: only the row with this primary key.
        """
        return self._rewrite(learner.as_values(), rewrite.source, str(rewrite.target), rewrite.usage_prefixes, pk)

    def _exchange(
        self, learner: LearnerNames, archiving: KeyRewrite, restoring: KeyRewrite, survey: StoreSurvey
    ) -> Moved:
        """Bring rows back, and archive what came after the survey; one statement, one pass over the learner's rows.

        Should the same block have come, the database refuses: what was surveyed no longer holds, and the switch is
        tried again.
        """
        sides = [(each.source, str(each.target), each.usage_prefixes) for each in (archiving, restoring)]
        moved = self._exchange_keys(learner.as_values(), *sides)
        if moved == survey.restorable:
            return Moved(0, moved)
        archived = self.rows(learner, archiving.target).count()
        return Moved(archived, moved - archived)

    @changed
    def _exchange_keys(
        self, names: tuple[Any, ...], archiving: _Side, restoring: _Side
    ) -> tuple[QuerySet, dict[str, Any]]:
        """The learner's rows under both keys, and what their columns become."""
        (plain, archived, archived_prefixes), (key, restored, restored_prefixes) = archiving, restoring
        leaving = exactly(self.course, plain)
        changes: dict[str, Any] = {
            field: Case(
                When(leaving, then=with_prefix_replaced(field, archived_prefixes)),
                default=with_prefix_replaced(field, restored_prefixes),
                output_field=CharField(),
            )
            for field in self.usage
        }
        # Last: MySQL shows every later column the new value.
        changes[self.course] = Case(
            When(leaving, then=Value(archived)), default=Value(restored), output_field=CharField()
        )
        return self.rows_under(LearnerNames(*names), (plain, key)).order_by("pk"), changes

    @changed
    def _rewrite(
        self, names: tuple[Any, ...], source: CourseKey, target: str, prefixes: tuple[tuple[str, str], ...], pk: Any
    ) -> tuple[QuerySet, dict[str, Any]]:
        """The learner's rows under a key, and what their columns become."""
        changes: dict[str, Any] = {self.course: Value(target, output_field=CharField())}
        changes.update({field: with_prefix_replaced(field, prefixes) for field in self.usage})
        rows = self.rows(LearnerNames(*names), source)
        # On MySQL it makes the index that leads to rows in this order the cheaper one: others lock them in it too.
        return (rows if pk is None else rows.filter(pk=pk)).order_by("pk"), changes

    def row_keys(self, learner: LearnerNames, course_key: CourseKey) -> list[Any]:
        """Return the primary keys of the learner's rows under exactly this key, plain or an attempt's, in order."""
        return self._row_keys(learner.as_values(), course_key)

    @asked(key_texts=names_of_course)
    def _row_keys(self, names: tuple[Any, ...], course_key: CourseKey) -> QuerySet:
        return self.rows(LearnerNames(*names), course_key).order_by("pk").values_list("pk", flat=True)

    def key_texts(self, learner: LearnerNames, course_key: CourseKey) -> Iterator[tuple[Any, str, list[str]]]:
        """Yield primary key, course text and usage texts of the learner's rows in all attempts of a course.

        Texts, not keys: a row whose key cannot be parsed must be reported, not raised.
        """
        prefix = str(attempt_course_key(course_key, 1)).removesuffix("1")
        rows = self._key_texts(learner.as_values(), str(course_key), f"{prefix}0", f"{prefix}a")
        for pk, text, *usage_texts in rows:
            if text == str(course_key) or text.startswith(prefix):
                yield pk, text, usage_texts

    @asked()
    def _key_texts(self, names: tuple[Any, ...], plain: str, first: str, last: str) -> QuerySet:
        rows = self._with_texts().filter(**self.learner_filter(LearnerNames(*names)))
        under = Q(course_text=plain) | _between("course_text", first, last)
        return rows.filter(under).values_list("pk", "course_text", *(f"usage_text_{field}" for field in self.usage))

    def row_texts(self, learner: LearnerNames, field: str) -> Iterator[tuple[Any, str, Any]]:
        """Yield primary key, course text and another field of the learner's rows in all courses."""
        rows = self._with_texts().filter(**self.learner_filter(learner))
        yield from rows.values_list("pk", "course_text", field)

    def archived_learners(self) -> Iterator[tuple[Any, int | None, str]]:
        """Yield a row, the user id and the text of the key for each learner and attempt key in the table.

        The user id is None for an anonymous id that nobody has.
        """
        rows = self._with_texts().filter(_between("course_text", "attempt-v1", "attempt-v2"))
        pairs = rows.values_list(self.learner, "course_text").annotate(first=Min("pk")).order_by()
        for learner, text, pk in pairs.iterator(2000):
            if text.startswith(f"{AttemptCourseLocator.CANONICAL_NAMESPACE}:"):
                yield pk, self.user_id(learner), text

    def _with_texts(self) -> QuerySet:
        texts = {f"usage_text_{field}": as_text(field) for field in self.usage}
        return self.all_rows().annotate(course_text=as_text(self.course), **texts)

    def _outgrows(self, field: str, rewrite: KeyRewrite) -> Q:
        limit = self._max_length(field)
        too_long = Q()
        for old, new in rewrite.usage_prefixes:
            room = Value(limit - len(new) + len(old))
            too_long |= Q(starts_with(field, old)) & Q(GreaterThan(Length(F(field)), room))
        return too_long

    def _max_length(self, field: str) -> int:
        return host_model(self.model)._meta.get_field(field).max_length

    def _column(self, field: str) -> str:
        return host_model(self.model)._meta.get_field(field).column


def _between(field: str, low: str, high: str) -> Q:
    """A range that an index serves on every engine; bounds differ in a digit or letter, which all collations order."""
    return Q(**{f"{field}__gte": low, f"{field}__lt": high})


def _starts_with_any(field: str, rewrite: KeyRewrite) -> Q:
    matches = Q()
    for old, _new in rewrite.usage_prefixes:
        matches |= Q(starts_with(field, old))
    return matches
