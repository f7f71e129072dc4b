"""Pages: every row once and in order, forwards and backwards, whatever is added meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import signing
from django.db import transaction
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from attempts import api
from attempts.data import AttemptQuery, OperationQuery, Page
from attempts.exceptions import InvalidCursor
from attempts.models import AttemptContext, AttemptOperation, LearnerCourse
from attempts.paging import Position, Stretch, page_of
from tests.factories import COURSE, UserFactory

pytestmark = pytest.mark.django_db
COLUMNS = {"created": "pk", "opened_at": "opened_at", "grade": "percent_grade"}
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def make(*columns: dict[str, Any]) -> list[AttemptContext]:
    """Attempts of one learner, one for each argument."""
    identity = LearnerCourse.objects.filter(course_key=COURSE).first()
    if identity is None:
        identity = LearnerCourse.objects.create(user=UserFactory(), course_key=COURSE)
    first = identity.attempts.count() + 1
    where = {"learner_course": identity, "course_key": COURSE, "org": COURSE.org}
    AttemptContext.objects.bulk_create(
        AttemptContext(**where, uuid=uuid4(), number=number, **values) for number, values in enumerate(columns, first)
    )
    return list(AttemptContext.objects.filter(number__gte=first).order_by("number"))


def page(cursor: str | None = None, *, size: int = 2, order: str = "created", **words: Any) -> Page[int]:
    """A page of the numbers of attempts."""
    rows = AttemptContext.objects.all()
    return page_of(rows, lambda row: row.number, cursor=cursor, size=size, order=order, columns=COLUMNS, **words)


def walk(*, backwards: bool = False, cursor: str | None = None, **words: Any) -> Iterator[Page[int]]:
    """All pages from one on, in the order in which they are met."""
    while True:
        found = page(cursor, **words)
        yield found
        cursor = found.previous if backwards else found.next
        if cursor is None:
            return


def numbers(pages: Sequence[Page[int]]) -> list[int]:
    return [number for found in pages for number in found.items]


def expected(order: str) -> list[int]:
    """The numbers in an order, as Python sorts them."""
    column = COLUMNS[order.removeprefix("-")]
    rows = [row for row in AttemptContext.objects.all() if getattr(row, column) is not None]
    rows.sort(key=lambda row: (getattr(row, column), row.pk), reverse=order.startswith("-"))
    return [row.number for row in rows]


ORDERS = [f"{sign}{name}" for name in COLUMNS for sign in ("", "-")]
MOMENTS = st.none() | st.sampled_from([NOON + timedelta(microseconds=number) for number in range(3)])
GRADES = st.none() | st.sampled_from([0.0, 1 / 3, 0.1 + 0.2, 1.0])
ROWS = st.fixed_dictionaries({"opened_at": MOMENTS, "percent_grade": GRADES})


@given(rows=st.lists(ROWS, max_size=12), order=st.sampled_from(ORDERS), size=st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_forwards_and_backwards(rows: list[dict[str, Any]], order: str, size: int) -> None:
    """Every row once and in order; all pages but the last are full; backwards they are the same pages."""
    with transaction.atomic():
        make(*rows)
        pages = list(walk(order=order, size=size))
        assert numbers(pages) == expected(order)
        assert all(len(found.items) == size for found in pages[:-1])
        assert (pages[0].previous, pages[-1].next) == (None, None)
        if pages[-1].previous:
            back = list(walk(order=order, size=size, backwards=True, cursor=pages[-1].previous))
            assert [found.items for found in reversed(back)] == [found.items for found in pages[:-1]]
            assert back[-1].previous is None
            assert all(found.next for found in back)
        transaction.set_rollback(True)


@given(
    rows=st.lists(ROWS, min_size=1, max_size=8),
    added=st.lists(ROWS, max_size=8),
    order=st.sampled_from(ORDERS),
    size=st.integers(1, 3),
)
@settings(max_examples=60, deadline=None)
def test_rows_are_added_between_pages(
    rows: list[dict[str, Any]], added: list[dict[str, Any]], order: str, size: int
) -> None:
    """Those that were there are met once and in order; of the new ones, only those that lie ahead."""
    with transaction.atomic():
        make(*rows)
        there, new, found = expected(order), iter(added), []
        for one in walk(order=order, size=size):
            found += one.items
            if values := next(new, None):
                make(values)
        assert [number for number in found if number in there] == there
        assert found == [number for number in expected(order) if number in found]
        assert len(found) == len(set(found))
        transaction.set_rollback(True)


@pytest.mark.parametrize("order", ["opened_at", "-opened_at"])
@pytest.mark.parametrize("size", [7, 1000])
def test_many_that_are_equal(order: str, size: int) -> None:
    """1,500 attempts that began at the same moment, and one before and after them."""
    make(
        {"opened_at": NOON - timedelta(1)},
        *({"opened_at": NOON} for _ in range(1500)),
        {"opened_at": NOON + timedelta(1)},
    )
    pages = list(walk(order=order, size=size))
    assert numbers(pages) == expected(order)
    back = list(walk(order=order, size=size, backwards=True, cursor=pages[-1].previous))
    assert [found.items for found in reversed(back)] == [found.items for found in pages[:-1]]


@pytest.mark.parametrize("grade", [0.1 + 0.2, 1 / 3, 2 / 3, 5e-324, 1 - 2**-53, 1e-7, 123456789.123456789])
def test_a_value_comes_back_from_the_cursor_as_it_was(grade: float) -> None:
    """To the last digit: otherwise its equals would be left out, or met twice."""
    make(*({"percent_grade": grade} for _ in range(3)))
    assert numbers(list(walk(order="grade", size=1))) == [1, 2, 3]
    assert numbers(list(walk(order="-grade", size=1))) == [3, 2, 1]


def test_microseconds_count() -> None:
    """Attempts that began within one millisecond."""
    make(*({"opened_at": NOON + timedelta(microseconds=number)} for number in (3, 1, 2)))
    assert numbers(list(walk(order="opened_at", size=1))) == [2, 3, 1]
    assert numbers(list(walk(order="-opened_at", size=1))) == [1, 3, 2]


def test_no_rows() -> None:
    """One page without a way on."""
    assert page() == Page((), None, None)
    assert page(order="-grade") == Page((), None, None)


def test_the_page_after_the_last() -> None:
    """Empty, if rows ceased to be in the list since."""
    rows = make({}, {}, {})
    cursor = page().next
    AttemptContext.objects.filter(pk=rows[-1].pk).update(course_key="course-v1:Other+Course+Run")
    only = [Stretch(at={"course_key": COURSE})]
    assert page(cursor, stretches=only) == Page((), None, None)


def test_stretches_that_overlap() -> None:
    """A row in several of them is met once; one in none of them never."""
    make(*({"opened_at": NOON, "passed": number % 2 == 0} for number in range(6)))
    stretches = [
        Stretch(at={"passed": True}),
        Stretch(at={"number": 3}),
        Stretch(at={"course_key": COURSE, "number": 6}),
    ]
    for order in ("created", "opened_at"):
        assert numbers(list(walk(order=order, size=1, stretches=stretches))) == [1, 3, 5, 6]


def test_nowhere_to_look(django_assert_num_queries: Any) -> None:
    """Nobody is asked."""
    with django_assert_num_queries(0):
        assert page(stretches=[]) == Page((), None, None)


def attempt_cursor(order: str = "-created") -> str:
    found = api.search_attempts(AttemptQuery(order=order), size=1)
    assert found.next
    return found.next


@pytest.fixture
def attempts() -> None:
    """Three attempts that have all there is."""
    make(*({"opened_at": NOON, "archived_at": NOON, "percent_grade": 0.5} for _ in range(3)))
    LearnerCourse.objects.update(active_number=4)


OTHERS = ["created", "opened_at", "-opened_at", "archived_at", "-archived_at", "grade", "-grade"]


@pytest.mark.parametrize("order", OTHERS)
def test_a_cursor_of_another_order(attempts: None, order: str) -> None:
    """Refused, both ways."""
    with pytest.raises(InvalidCursor):
        api.search_attempts(AttemptQuery(order=order), cursor=attempt_cursor())
    with pytest.raises(InvalidCursor):
        api.search_attempts(AttemptQuery(), cursor=attempt_cursor(order))


def test_a_cursor_of_another_list(attempts: None) -> None:
    """Refused, although the order has the same name there."""
    with pytest.raises(InvalidCursor):
        api.search_operations(OperationQuery(), cursor=attempt_cursor())
    with pytest.raises(InvalidCursor):
        api.list_policies(cursor=attempt_cursor("created"))


def test_a_cursor_goes_on_in_a_narrower_list(attempts: None) -> None:
    """What a list is narrowed by may change on the way; a place in an order stays one."""
    found = api.search_attempts(AttemptQuery(number=1), cursor=attempt_cursor())
    assert [attempt.number for attempt in found.items] == [1]


def hand_made() -> list[str]:
    label = AttemptContext._meta.label
    values = [label, "-created", False, None, 2]
    good = signing.dumps(values, salt="attempts.paging")
    assert good == Position(*values).cursor()
    return [
        " ",
        "x",
        "%",
        "\x00",
        "a:b:c",
        "é" * 10,
        good[:-1],
        good + "x",
        good.replace(":", "", 1),
        "x" + good,
        good.rsplit(":", 1)[0],
        signing.dumps(values),
        signing.dumps(values[:-1], salt="attempts.paging"),
        signing.dumps([*values, 1], salt="attempts.paging"),
        signing.dumps(values, salt="attempts.paging", key="another"),
        signing.dumps({"order": "-created"}, salt="attempts.paging"),
        signing.dumps(None, salt="attempts.paging"),
    ]


@pytest.mark.parametrize("number", range(17))
def test_a_cursor_that_no_list_gave_out(attempts: None, number: int) -> None:
    """Refused."""
    cursors = hand_made()
    assert len(cursors) == 17
    with pytest.raises(InvalidCursor):
        api.search_attempts(AttemptQuery(), cursor=cursors[number])


def test_a_cursor_of_before_the_key_was_changed(attempts: None) -> None:
    """Refused, unless the site still knows the old key."""
    with override_settings(SECRET_KEY="the old one"):
        cursor = attempt_cursor()
    with pytest.raises(InvalidCursor):
        api.search_attempts(AttemptQuery(), cursor=cursor)
    with override_settings(SECRET_KEY="the new one", SECRET_KEY_FALLBACKS=["the old one"]):
        assert len(api.search_attempts(AttemptQuery(), cursor=cursor).items) == 2


def test_operations_asked_for_at_the_same_moment(policy: Any) -> None:
    """Their order is that of their keys."""
    users = UserFactory.create_batch(5)
    AttemptOperation.objects.bulk_create(
        AttemptOperation(kind="reset", learner=user, course_key=COURSE, org=COURSE.org, created=NOON) for user in users
    )
    found, cursor = [], None
    while cursor or not found:
        one = api.search_operations(OperationQuery(order="created"), cursor=cursor, size=2)
        found += [operation.learner.id for operation in one.items]
        cursor = one.next
    assert found == [user.pk for user in users]
