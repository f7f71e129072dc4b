"""The common kind of store: a table whose rows name a learner, a course and perhaps blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import router
from django.db.models import Case, CharField, Count, ExpressionWrapper, F, IntegerField, Min, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat, Length, Substr
from django.db.models.lookups import GreaterThan
from opaque_keys.edx.django.models import OpaqueKeyField
from opaque_keys.edx.keys import CourseKey

from attempts.exceptions import KeyTooLong
from attempts.host.expressions import exactly, starts_with
from attempts.host.models import host_model, is_installed
from attempts.keys import AttemptCourseLocator, KeyRewrite, attempt_course_key
from attempts.stores.base import LearnerKind, LearnerNames, StoreSurvey


@dataclass(frozen=True)
class RekeyedStore:
    """A table whose rows are archived by rewriting their keys in place.

    Attributes:
        model: the host's model, ``app_label.Model``.
        label: the store's name for people.
        learner: the field that names the learner.
        course: the field with the key of the course or context.
        usage: fields with keys of blocks.
        learner_kind: how ``learner`` names a learner.
        seek_by_course: whether the course column may serve as the way into the table. False where the learner's
            index is the better one and the engine should not be tempted: an index on the course alone would walk
            through the rows of everybody in it.
    """

    model: str
    label: str
    learner: str
    course: str
    usage: tuple[str, ...] = ()
    learner_kind: LearnerKind = LearnerKind.USER_ID
    seek_by_course: bool = True

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

    @property
    def usage_is_parsed(self) -> bool:
        """Whether the host parses the usage columns as keys when it reads them; plain texts may say anything."""
        fields = (host_model(self.model)._meta.get_field(field) for field in self.usage)
        return all(isinstance(field, OpaqueKeyField) for field in fields)

    def rows(self, learner: LearnerNames, course_key: CourseKey) -> QuerySet:
        """Return the learner's rows under exactly this key, plain or an attempt's."""
        rows = host_model(self.model)._default_manager.using(self.database()).order_by()
        rows = rows.filter(**self._learner_filter(learner))
        if self.seek_by_course:
            rows = rows.filter(**{self.course: str(course_key)})
        return rows.filter(exactly(self.course, course_key))

    def _learner_filter(self, learner: LearnerNames) -> dict[str, Any]:
        if self.learner_kind is LearnerKind.USER_ID:
            return {self.learner: learner.user_id}
        if self.learner_kind is LearnerKind.USERNAME:
            return {self.learner: learner.username}
        return {f"{self.learner}__in": learner.anonymous_ids}

    def survey(self, learner: LearnerNames, rewrite: KeyRewrite) -> StoreSurvey:
        """Say what :meth:`rewrite` would find; one statement."""
        for _name, rows, foreign, too_long in self.survey_query(learner, rewrite):
            return StoreSurvey(rows, foreign, self.problem(learner, rewrite, rows, too_long))
        return StoreSurvey(0, 0, None)

    def survey_query(self, learner: LearnerNames, rewrite: KeyRewrite) -> QuerySet:
        """Return a query for the table's name, its rows, its foreign rows and a row whose key would be too long.

        The queries of several stores can be joined by UNION.
        """
        foreign, too_long = Q(), Q()
        for field in self.usage:
            foreign |= ~_starts_with_any(field, rewrite)
            too_long |= self._outgrows(field, rewrite)
        none: Any = Value(0, output_field=IntegerField())
        # As text: not every engine has a least uuid, and the parts of a UNION have one type.
        key = Cast("pk", CharField(max_length=255))
        return (
            self.rows(learner, rewrite.source)
            .values(table=Value(self.name, output_field=CharField()))
            .annotate(
                rows=Count("pk"),
                foreign=Count("pk", filter=foreign) if self.usage else none,
                too_long=Min(key, filter=too_long if self.usage else Q(pk__isnull=True)),
            )
            .values_list("table", "rows", "foreign", "too_long")
        )

    def long_keys_query(self, learner: LearnerNames, growth: int) -> QuerySet:
        """Return a query for the course texts of the learner's rows in which a key has less room to grow than that.

        The queries of several stores can be joined by UNION.
        """
        long = Q()
        for field in (self.course, *self.usage):
            long |= Q(GreaterThan(Length(F(field)), Value(self._max_length(field) - growth)))
        rows = host_model(self.model)._default_manager.using(self.database()).order_by()
        rows = rows.filter(**self._learner_filter(learner)).filter(long)
        return rows.annotate(course_text=_as_text(self.course)).values_list("course_text", flat=True).distinct()

    def problem(self, learner: LearnerNames, rewrite: KeyRewrite, rows: int, too_long: Any) -> KeyTooLong | None:
        """Say why a rewrite is impossible, None if it is possible.

        Args:
            learner: the names the learner goes by.
            rewrite: the rewrite.
            rows: how many rows it would find.
            too_long: the primary key of a row whose key would outgrow its column, None if there is none.
        """
        if too_long is not None:
            row = self.rows(learner, rewrite.source).filter(pk=too_long)
            field = next(field for field in self.usage if row.filter(self._outgrows(field, rewrite)).exists())
            return KeyTooLong(self.name, self._column(field), too_long, self._max_length(field))
        limit = self._max_length(self.course)
        if rows and len(str(rewrite.target)) > limit:
            row = self.rows(learner, rewrite.source).order_by("pk").values_list("pk", flat=True)[0]
            return KeyTooLong(self.name, self._column(self.course), row, limit)
        return None

    def rewrite(self, learner: LearnerNames, rewrite: KeyRewrite) -> int:
        """Rewrite the learner's rows from one context to another; one statement."""
        values: dict[str, Any] = {self.course: Value(str(rewrite.target), output_field=CharField())}
        values.update({field: _rewritten(field, rewrite) for field in self.usage})
        return self.rows(learner, rewrite.source).update(**values)

    def key_texts(self, learner: LearnerNames, course_key: CourseKey) -> Iterator[tuple[Any, str, list[str]]]:
        """Yield primary key, course text and usage texts of the learner's rows in all attempts of a course.

        Texts, not keys: a row whose key cannot be parsed must be reported, not raised.
        """
        prefix = str(attempt_course_key(course_key, 1)).removesuffix("1")
        rows = self._with_texts().filter(**self._learner_filter(learner))
        under = Q(course_text=str(course_key)) | _between("course_text", f"{prefix}0", f"{prefix}a")
        usage = [f"usage_text_{field}" for field in self.usage]
        for pk, text, *usage_texts in rows.filter(under).values_list("pk", "course_text", *usage).iterator(2000):
            if text == str(course_key) or text.startswith(prefix):
                yield pk, text, usage_texts

    def archived_learners(self) -> Iterator[tuple[Any, int | None, str]]:
        """Yield a row, the user id and the text of the key for each learner and attempt key in the table.

        The user id is None for an anonymous id that nobody has.
        """
        rows = self._with_texts().filter(_between("course_text", "attempt-v1", "attempt-v2"))
        pairs = rows.values_list(self.learner, "course_text").annotate(first=Min("pk")).order_by()
        for learner, text, pk in pairs.iterator(2000):
            if text.startswith(f"{AttemptCourseLocator.CANONICAL_NAMESPACE}:"):
                yield pk, self._user_id(learner), text

    def _with_texts(self) -> QuerySet:
        rows = host_model(self.model)._default_manager.using(self.database()).order_by()
        texts = {f"usage_text_{field}": _as_text(field) for field in self.usage}
        return rows.annotate(course_text=_as_text(self.course), **texts)

    def _user_id(self, learner: Any) -> int | None:
        if self.learner_kind is LearnerKind.USER_ID:
            return learner
        if self.learner_kind is LearnerKind.USERNAME:
            users = get_user_model()._default_manager.filter(username=learner)
            return users.values_list("pk", flat=True).first()
        ids = host_model("student.AnonymousUserId").objects.filter(anonymous_user_id=learner)
        return ids.values_list("user_id", flat=True).first()

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


def _as_text(field: str) -> ExpressionWrapper:
    return ExpressionWrapper(F(field), output_field=CharField())


def _between(field: str, low: str, high: str) -> Q:
    """A range that an index serves on every engine; bounds differ in a digit or letter, which all collations order."""
    return Q(**{f"{field}__gte": low, f"{field}__lt": high})


def _starts_with_any(field: str, rewrite: KeyRewrite) -> Q:
    matches = Q()
    for old, _new in rewrite.usage_prefixes:
        matches |= Q(starts_with(field, old))
    return matches


def _rewritten(field: str, rewrite: KeyRewrite) -> Case:
    """The key with its prefix replaced; a key of another course or a library as it is."""
    return Case(
        *(
            When(
                starts_with(field, old),
                then=Concat(Value(new), Substr(F(field), len(old) + 1), output_field=CharField()),
            )
            for old, new in rewrite.usage_prefixes
        ),
        default=F(field),
        output_field=CharField(),
    )
