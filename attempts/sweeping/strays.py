"""Finding rows that lie in another attempt than their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Max, Q, QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.host.expressions import exactly
from attempts.host.models import host_model
from attempts.host.submissions import course_texts_by_submission
from attempts.keys import attempt_course_key
from attempts.models import LearnerCourse
from attempts.stores import LearnerNames, RekeyedStore
from attempts.stores.asking import asked
from attempts.stores.tables import as_text, names_of_course
from attempts.sweeping.timeline import Timeline


@dataclass(frozen=True)
class Stray:
    """A row that lies under another key than those of its own attempt.

    Attributes:
        store, pk: which row.
        under: the key of the course it lies under.
        lies_in: the attempt that this key is of, or was.
        belongs_to: its own.
    """

    store: RekeyedStore
    pk: Any
    under: CourseKey
    lies_in: int
    belongs_to: int


@dataclass(frozen=True)
class Places:
    """The attempts of a learner at a course, and the key of each."""

    identity: LearnerCourse
    numbers: tuple[int, ...]

    def key(self, number: int) -> CourseKey:
        """Return the key that the rows of an attempt lie under now."""
        plain = self.identity.course_key
        return plain if number == self.identity.active_number else attempt_course_key(plain, number)


def left_under_old_key(store: RekeyedStore, names: LearnerNames, places: Places) -> Iterator[Stray]:
    """Yield the rows under the key that the active attempt had while it was archived, whatever their age.

    Whoever wrote them had read the key before the attempt came back, as somebody does who grades archived work.
    """
    active = places.identity.active_number
    key = attempt_course_key(places.identity.course_key, active)
    for pk in store.row_keys(names, key):
        yield Stray(store, pk, key, active, active)


def strays_in(store: RekeyedStore, names: LearnerNames, places: Places, timeline: Timeline) -> Iterator[Stray]:
    """Yield the rows of a store that lie in the wrong attempt, by their age or by the submission they hang on."""
    if store.made:
        yield from _by_age(store, names, places, timeline)
    elif _has_field(store, "submission_uuid"):
        yield from _by_submission(store, names, places)


def _by_age(store: RekeyedStore, names: LearnerNames, places: Places, timeline: Timeline) -> Iterator[Stray]:
    """One statement, which finds nothing but rows made while another attempt was active than that they lie in."""
    lies_in = {str(places.key(number)): number for number in places.numbers}
    keys = tuple(places.key(number) for number in places.numbers)
    spans = tuple((since, until, places.key(active)) for since, until, active in timeline.spans())
    found = _rows_elsewhere(store, names.as_values(), keys, spans)
    for number, pk, made, last in sorted((lies_in[under], pk, made, last) for pk, under, made, last in found):
        if _came_late(number, made, last, places, timeline):
            yield Stray(store, pk, places.key(number), number, timeline.active_at(made))


#: From when, until when, and under which key the attempt lies now that was active then.
_Span = tuple[datetime | None, datetime, CourseKey]


@asked(key_texts=names_of_course)
def _rows_elsewhere(
    store: RekeyedStore, names: tuple[Any, ...], keys: tuple[CourseKey, ...], spans: tuple[_Span, ...]
) -> QuerySet:
    """Rows that lie in another attempt than was active when they were made."""
    rows = store.rows_under(LearnerNames(*names), keys).annotate(
        # A row with several is as old as the newest of them.
        made_at=Max(store.made) if "__" in store.made else F(store.made),
        written_at=F("modified") if _has_field(store, "modified") else F("pk"),
        under=as_text(store.course),
    )
    elsewhere = Q()
    for since, until, key in spans:
        made = Q(made_at__lt=until) if since is None else Q(made_at__gte=since, made_at__lt=until)
        elsewhere |= made & ~Q(exactly(store.course, key))
    return rows.filter(elsewhere).values_list("pk", "under", "made_at", "written_at")


def _came_late(number: int, made: datetime, written: Any, places: Places, timeline: Timeline) -> bool:
    """Tell whether a row made while another attempt was active has no business in this one.

    A row older than the attempt has none. A newer one may have been added to the attempt while it was archived, by
    whoever graded it late; that somebody has written it soon after the attempt became active again speaks against it.
    What is written when no work can be late any more is work of the attempt.
    """
    opened = timeline.opened(number)
    if opened is not None and made < opened:
        return True
    if number != places.identity.active_number or not isinstance(written, datetime):
        return False
    return timeline.latest < written <= timeline.latest + conf.longest_work()


def _by_submission(store: RekeyedStore, names: LearnerNames, places: Places) -> Iterator[Stray]:
    """Rows that repeat the keys of a submission belong where its own row lies."""
    under = {str(places.key(number)): number for number in places.numbers}
    belong = course_texts_by_submission(names.submission_uuids)
    for pk, text, uuid in store.row_texts(names, "submission_uuid"):
        owner = under.get(belong.get(_uuid(uuid), ""))
        if text in under and owner is not None and owner != under[text]:
            yield Stray(store, pk, places.key(under[text]), under[text], owner)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _has_field(store: RekeyedStore, name: str) -> bool:
    try:
        host_model(store.model)._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
