"""Courses of the host, and how much there is at each: counted no further than somebody reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connections
from django.db.models import Q, QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.data import CourseData, CourseFigures, Page, Reach
from attempts.exceptions import CourseNotFound
from attempts.host.expressions import starts_with
from attempts.host.models import host_model
from attempts.models import AttemptContext, AttemptOperation
from attempts.models.operations import IN_FLIGHT_STATUSES, OperationStatus
from attempts.paging import Stretch, equal, page_of
from attempts.stores.tables import as_text

#: Nobody reads whether it is 4,711 or 4,712, and a course of 400,000 learners must not hold up the list it is in.
MOST_COUNTED = 1000
#: Namespaces of keys of courses that can have attempts.
_NAMESPACES = ("course-v1:", "ccx-v1:")
_COLUMNS = ("display_name", "start", "end")


def search_courses(text: str, *, within: Reach, cursor: str | None, size: int) -> Page[CourseData]:
    """Return a page of the host's courses, by key; one statement, none if there is nowhere to look.

    The host's table has an index on the key alone, so what is looked for is looked for among all of its courses.

    Args:
        text: what the name or the key has in it, whatever its case; empty for all.
        within: where the caller may look.
        cursor: where to go on; None for the first page.
        size: how many at most.

    Raises:
        InvalidCursor: see there.
    """
    where = Q(*(Q(starts_with("id", namespace)) for namespace in _NAMESPACES), _connector=Q.OR)
    if not within.everywhere:
        where &= _within(within)
    rows = _courses().annotate(key_text=as_text("id"))
    if text:
        # Not in both as one text: on MySQL and MariaDB the columns may have collations that do not go together.
        where &= Q(display_name__icontains=text) | Q(key_text__icontains=text)
    return page_of(rows, _data, cursor=cursor, size=size, stretches=[Stretch(where=where)] if within else [])


def find_course(course_key: CourseKey) -> CourseData:
    """Return a course of the host; one statement.

    Raises:
        CourseNotFound: there is none by exactly this key.
    """
    row = _courses().filter(pk=course_key).first()
    # The host's column may not tell case apart.
    if row is None or row.pk != course_key:
        raise CourseNotFound(course_key)
    return _data(row)


def course_figures(course_keys: Collection[CourseKey]) -> dict[CourseKey, CourseFigures]:
    """Return how much there is at each of some courses; one statement, none for no course."""
    keys = list(course_keys)
    columns: list[dict[str, str]] = [
        {"status": status.value} for status in (*IN_FLIGHT_STATUSES, OperationStatus.FAILED)
    ]
    parts = [
        part
        for key in keys
        for part in (
            _of(AttemptContext.objects.all(), {"course_key": key}, ()),
            *(_of(AttemptOperation.objects.all(), {"course_key": key, **one}, ("created",)) for one in columns),
        )
    ]
    found = iter(_counts(parts))
    return {
        key: CourseFigures(
            attempts=next(found),
            in_flight=sum(next(found) for _ in IN_FLIGHT_STATUSES),
            failed=next(found),
            most=MOST_COUNTED,
        )
        for key in keys
    }


def _of(rows: QuerySet[Any], same: Mapping[str, Any], then: Sequence[str]) -> QuerySet[Any]:
    """Rows in which columns equal something, in the order of the index on them.

    Without it PostgreSQL reads the table from its start, in the hope of meeting enough of them soon.
    """
    return rows.filter(equal(same, rows.db)).order_by(*same, *then, "pk")


def _courses() -> QuerySet[Any]:
    return host_model("course_overviews.CourseOverview").objects.only("pk", *_COLUMNS).order_by()


def _data(row: Any) -> CourseData:
    return CourseData(course_key=row.pk, display_name=row.display_name or str(row.pk), start=row.start, end=row.end)


def _within(within: Reach) -> Q:
    """The condition that a course is in reach; organisations are told by keys, as everywhere, and exactly."""
    prefixes = [f"{namespace}{org}+" for org in sorted(within.orgs) for namespace in _NAMESPACES]
    wanted = [Q(starts_with("id", prefix)) for prefix in prefixes]
    return Q(Q(pk__in=sorted(within.courses, key=str)), *wanted, _connector=Q.OR)


def _counts(parts: Sequence[QuerySet[Any]]) -> list[int]:
    """Count the rows of some querysets in one statement, each up to one more than is told."""
    if not parts:
        return []
    connection = connections[parts[0].db]
    columns: list[str] = []
    params: list[Any] = []
    for number, part in enumerate(parts):
        sql, values = part.values("pk")[: MOST_COUNTED + 1].query.get_compiler(part.db).as_sql()
        columns.append(f"(SELECT COUNT(*) FROM ({sql}) AS part_{number})")  # nosec B608  # noqa: S608 - Django's own
        params.extend(values)
    with connection.cursor() as asked:
        asked.execute(f"SELECT {', '.join(columns)}", params)
        return list(asked.fetchone())
