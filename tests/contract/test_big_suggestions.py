"""Four hundred thousand accounts: what is suggested while somebody types is found by indexes.

On SQLite, the engine of the default suite, it is a tenth of them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.data import EVERYWHERE, Reach
from sandbox.course_overviews.models import CourseOverview
from sandbox.student.models import CourseEnrollment
from tests.contract.test_big_lists import DIALECTS, NUMBERS, Statements, course, scans, written
from tests.factories import CourseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timed]

SCALE = 1 if connection.vendor == "sqlite" else 10
#: Accounts by each beginning, and learners of the small course, who come last by name.
EACH, FEW = 10_000 * SCALE, 50
BEGINNINGS = ("anna", "Bob", "carol_", "dave%")
HUGE, SMALL, EMPTY = course("Huge"), course("Small"), course("Empty")
REACHES = {
    "everywhere": EVERYWHERE,
    "huge": Reach(courses=frozenset({HUGE})),
    "small": Reach(courses=frozenset({SMALL, EMPTY})),
    "org": Reach(orgs=frozenset({"Huge", "Small"})),
}
TEXTS = ("a", "anna", "anna1234", "ANNA", "bob", "carol", "carol_", "dave%1", "mail", "mail777", "nobody", "%", "_")
USERS, ADDRESSES = get_user_model()._meta.db_table, "email_of_the_platform"
#: Milliseconds in which suggestions must be there; most take fewer than ten.
BOUND = 300.0


@dataclass(frozen=True)
class Accounts:
    """Writes the accounts, enrolments in the two courses, and the index on addresses that the platform has."""

    dialect: Any = DIALECTS[connection.vendor]

    def write(self) -> None:
        for key in (HUGE, SMALL, EMPTY):
            CourseFactory(id=key)
        name = self.dialect.name.replace("'u'", "'{}'").replace("?", "n")
        columns = "id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined"
        joined = self.dialect.moment.replace("?", "0")
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE big_numbers (n integer PRIMARY KEY)")
            cursor.execute(NUMBERS)
            for place, beginning in enumerate(BEGINNINGS):
                first = place * EACH + 1
                address = {"mysql": f"CONCAT('mail', n + {first}, '@example.com')"}.get(
                    connection.vendor, f"'mail' || (n + {first}) || '@example.com'"
                )
                values = f"n + {first}, '', FALSE, {name.format(beginning)}, '', '', {address}, FALSE, TRUE, {joined}"
                cursor.execute(f"INSERT INTO {USERS} ({columns}) SELECT {values} FROM big_numbers WHERE n < {EACH}")
            for key, where in ((HUGE, f"n < {EACH // 2}"), (SMALL, f"n >= {EACH - FEW} AND n < {EACH}")):
                cursor.execute(
                    f"INSERT INTO {CourseEnrollment._meta.db_table} (user_id, course_id, created, is_active, mode)"
                    f" SELECT n + 1, '{key}', {joined}, TRUE, 'audit' FROM big_numbers WHERE {where}"
                )
            # As Django makes them for a column that is unique (the platform's ``database_fixups``).
            cursor.execute(f"CREATE INDEX {ADDRESSES} ON {USERS} (email)")
            if connection.vendor == "postgresql":
                cursor.execute(f"CREATE INDEX {ADDRESSES}_like ON {USERS} (email varchar_pattern_ops)")


@pytest.fixture
def accounts(db: None) -> Iterator[None]:
    """The accounts, and nothing of them afterwards."""
    with written(Accounts(), (get_user_model(), CourseEnrollment, CourseOverview)):
        yield
        if connection.vendor == "mysql":
            # It cannot roll that back.
            with connection.cursor() as cursor:
                cursor.execute(f"DROP INDEX {ADDRESSES} ON {USERS}")


def asked(text: str, reach: Reach) -> tuple[Any, list[tuple[str, Any]], float]:
    """What is suggested, what was asked of the engine for it, and how long it took: the best of three."""
    best = float("inf")
    for _ in range(3):
        statements = Statements()
        with connection.execute_wrapper(statements):
            began = time.perf_counter()
            found = api.suggest_learners(text, within=reach, limit=9)
            best = min(best, (time.perf_counter() - began) * 1000)
    return found, statements.seen, best


def test_suggestions_are_served_by_indexes(accounts: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever asks, and however many have that beginning; a small team finds its own among all of them."""
    faults, times = [], []
    for name, reach in REACHES.items():
        for text in TEXTS:
            found, statements, took = asked(text, reach)
            times.append((took, f"{name}: {text}: {len(found)} found"))
            scanned = [fault for sql, params in statements for fault in scans(sql, params)]
            # The platform has no index on the organisation of its few courses.
            faults += [f"{name}: {text}: {fault}" for fault in scanned if "courseoverview" not in fault]
            faults += [f"{name}: {text}: {took:.0f} ms"] if took > BOUND else []
            for one in found:
                begins = one.username.lower().startswith(text.lower()) or one.email.startswith(text)
                faults += [] if begins else [f"{name}: {text}: {one.username}"]
                faults += [f"an address for {name}"] if one.email and name != "everywhere" else []
    small = {one.username for one in asked("anna", REACHES["small"])[0]}
    assert len(small) == 9
    assert {int(name.removeprefix("anna")) for name in small} <= set(range(EACH - FEW, EACH))
    assert asked("mail777@", EVERYWHERE)[0][0].email == "mail777@example.com"
    assert asked("mail777", REACHES["org"])[0] == ()
    with capsys.disabled():
        worst = [f"{took:6.1f} ms  {what}" for took, what in sorted(times, reverse=True)[:6]]
        sys.stdout.write("\n".join(["", f"{connection.vendor}: {len(times)} suggestions, the slowest:", *worst, ""]))
    assert not faults, "\n".join(faults)


def test_a_course_may_be_known_by_no_key(db: None) -> None:
    """Roles in courses that are not there find nobody."""
    nowhere = Reach(courses=frozenset({CourseKey.from_string("course-v1:Not+There+Now")}))
    assert api.suggest_learners("a", within=nowhere) == ()
