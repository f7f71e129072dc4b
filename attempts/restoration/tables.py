"""Every table of the host that can hold a key of an attempt: those of stores, and all others with columns for keys."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import router
from django.db.models import Case, CharField, Count, ExpressionWrapper, F, Min, Q, QuerySet, Value, When
from django.db.models.functions import Concat, Left, Length, Substr
from django.db.models.lookups import Exact, GreaterThanOrEqual, LessThan
from opaque_keys.edx.django.models import OpaqueKeyField
from opaque_keys.edx.keys import CourseKey, LearningContextKey, UsageKey

from attempts.host.expressions import Exactly, exactly, starts_with, with_prefix_replaced
from attempts.host.models import host_model
from attempts.keys import KeyRewrite
from attempts.restoration.forms import KeyForm
from attempts.stores import RekeyedStore, installed_stores

#: Our own tables hold plain keys only, and two of them the record of what was done here.
_OWN_APP = "attempts"
#: What every key of a form begins with.
_NAMESPACE = re.compile(r"((?:aside-usage-v[12]:)?[a-z-]+-v1).*", re.DOTALL)


@dataclass(frozen=True)
class KeyTable:
    """A table with columns for keys.

    Attributes:
        model: the host's model.
        course_fields: fields with keys of courses or other contexts.
        usage_fields: fields with keys of blocks.
    """

    model: Any
    course_fields: tuple[str, ...]
    usage_fields: tuple[str, ...]

    @property
    def name(self) -> str:
        """The table."""
        return self.model._meta.db_table

    @property
    def database(self) -> str:
        """The alias of the database that the table is written to."""
        return router.db_for_write(self.model)

    def column(self, field: str) -> str:
        """Return the column of a field."""
        return self.model._meta.get_field(field).column

    def rows(self) -> QuerySet:
        """Return all rows."""
        return self.model._base_manager.using(self.database).order_by()

    def starting_with(self, field: str, prefix: str) -> QuerySet:
        """Return the rows in which a field starts with a prefix of a form."""
        return self.rows().filter(_near(field, prefix), starts_with(field, prefix))

    def courses(self, field: str, form: KeyForm) -> dict[str, int]:
        """Return the texts of the course keys of a form in a field, with the number of rows of each."""
        # Grouped exactly: an engine that ignores case would take two courses for one.
        rows = self.starting_with(field, form.course_prefix).values(exact=Exactly(F(field)))
        texts = rows.annotate(key_text=Min(_as_text(field)), rows=Count("pk")).values_list("key_text", "rows")
        return dict(texts)

    def under(self, field: str, course_key: CourseKey) -> QuerySet:
        """Return the rows in which a field is exactly this course key."""
        return self.rows().filter(self._is(field, course_key))

    def loose(self, field: str, form: KeyForm) -> Iterator[tuple[Any, str]]:
        """Yield the primary key and text of usage keys of a form whose row does not lie in the same course.

        It may yield others too, never fewer: a course whose text is not that of its blocks, as within asides where
        there are colons in names.
        """
        for prefix in form.usage_prefixes:
            rows = self.starting_with(field, prefix)
            for course in self.course_fields:
                rest = Substr(F(course), len(form.course_prefix) + 1)
                expected = Concat(Value(prefix), rest, Value("+type@"), output_field=CharField())
                same: Any = Exact(Exactly(Left(F(field), Length(expected))), expected)
                rows = rows.exclude(Q(same) & Q(starts_with(course, form.course_prefix)))
            yield from rows.annotate(key_text=_as_text(field)).values_list("pk", "key_text").iterator(2000)

    def count_blocks(self, field: str, form: KeyForm, courses: Collection[str] | None) -> int:
        """Return in how many rows a field is a usage key of a form.

        Args:
            field: the field.
            form: the form.
            courses: count blocks of these courses only; None for all.
        """
        found = [self.starting_with(field, prefix) for prefix in form.usage_prefixes]
        if courses is None:
            return sum(rows.count() for rows in found)
        texts = (
            rows.annotate(key_text=_as_text(field)).values_list("key_text", flat=True).iterator(2000) for rows in found
        )
        return sum(form.course_of(text) in courses for rows in texts for text in rows)

    def is_taken(self, rewrite: KeyRewrite, *, loose: bool) -> bool:
        """Tell whether rows have keys of a rewrite's target already, so that they could not be told from its own.

        Args:
            rewrite: the rewrite.
            loose: whether keys of its blocks are rewritten wherever they are, and not only in its own rows.
        """
        blocks = [self.starting_with(field, new) for field in self.usage_fields for _old, new in rewrite.usage_prefixes]
        if not loose:
            blocks = [rows.filter(self._is(field, rewrite.source)) for rows in blocks for field in self.course_fields]
        courses = [self.under(field, rewrite.target) for field in self.course_fields]
        return any(rows.exists() for rows in courses + blocks)

    def rewrite(self, primary_keys: list[Any], rewrite: KeyRewrite) -> int:
        """Rewrite the keys of some rows; one statement."""
        values: dict[str, Any] = {
            field: with_prefix_replaced(field, rewrite.usage_prefixes) for field in self.usage_fields
        }
        target = Value(str(rewrite.target))
        for field in self.course_fields:
            values[field] = Case(
                When(exactly(field, rewrite.source), then=target), default=F(field), output_field=CharField()
            )
        return self.rows().filter(pk__in=primary_keys).update(**values)

    def _is(self, field: str, course_key: CourseKey) -> Q:
        # Both: the second is right whatever the collation, and an index serves the first.
        return Q(Exact(_as_text(field), Value(str(course_key)))) & Q(exactly(field, course_key))


def key_tables() -> Iterator[KeyTable]:
    """Yield every table of the host that has columns for keys, in the order in which its models are registered."""
    texts = {host_model(store.model): store for store in installed_stores() if isinstance(store, RekeyedStore)}
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if options.app_label == _OWN_APP or options.proxy or not options.managed or options.swapped:
            continue
        store = texts.get(model)
        courses = {*_fields(model, LearningContextKey), *((store.course,) if store else ())}
        usages = {*_fields(model, UsageKey), *(store.usage if store else ())}
        if courses or usages:
            yield KeyTable(model, tuple(sorted(courses)), tuple(sorted(usages)))


def _fields(model: Any, kind: type) -> Iterator[str]:
    for field in model._meta.local_fields:
        if isinstance(field, OpaqueKeyField) and issubclass(field.KEY_CLASS, kind):
            yield field.name


def _as_text(field: str) -> ExpressionWrapper:
    return ExpressionWrapper(F(field), output_field=CharField())


def _near(field: str, prefix: str) -> Q:
    """A range around all texts with this prefix, which an index serves on every engine.

    Its bounds differ in a letter or digit, which all collations order alike, and not in what follows.
    """
    low = _NAMESPACE.sub(r"\1", prefix)
    text = _as_text(field)
    return Q(GreaterThanOrEqual(text, Value(low))) & Q(LessThan(text, Value(low.removesuffix("1") + "2")))
