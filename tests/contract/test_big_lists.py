"""A million attempts: every page of a list is served by indexes, whatever it is narrowed by and ordered by.

On SQLite, the engine of the default suite, it is a tenth of them.

What engines guess is not true of these rows: those of a course lie together, so that most of the table has none of
them; the first course was over before the others began; and everybody in the biggest course was reset each half year,
so that the oldest of its attempts are all archived.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.db import connection, transaction
from django.test import override_settings
from opaque_keys.edx.keys import CourseKey

from attempts import api, conf
from attempts.data import EVERYWHERE, AttemptQuery, OperationQuery, Page, Reach
from attempts.models import AttemptContext, AttemptOperation, AttemptProof, FollowUp, LearnerCourse
from attempts.monitoring.snapshot import snapshot
from attempts.paging import Position
from attempts.searches.attempts import ORDERS as ATTEMPT_ORDERS
from attempts.searches.operations import ORDERS as OPERATION_ORDERS

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timed]

SIZE = 50
#: On servers there are this many times the rows.
SCALE = 1 if connection.vendor == "sqlite" else 10
#: Learners of the biggest course, of most others, and of the first and the last one.
MANY, SOME, FEW = 8_000 * SCALE, 1_245 * SCALE, 60 * SCALE
#: Learners of most courses whose operation there is a row of.
OPERATIONS_OF_SOME = 500 * SCALE
HALF_YEAR, QUARTER = 15_768_000, 8_000_000
BEGINNING = datetime(2023, 1, 1, tzinfo=UTC)
#: Milliseconds in which a page must be there. Most take 5 to 20; a walk through the whole table may take seconds.
BOUND = 1000.0
#: Whether an attempt is active is asked of its identity row, and there may be many attempts between two that fit.
BOUND_BY_STATE = 3000.0

MODELS = (get_user_model(), LearnerCourse, AttemptContext, AttemptProof, AttemptOperation, FollowUp)


def moment(seconds: float) -> datetime:
    return BEGINNING + timedelta(seconds=seconds)


def course(name: str) -> CourseKey:
    return CourseKey.from_string(f"course-v1:{name}+Course+Run")


# ---------------------------------------------------------------------------------------------------------------------
# Rows


@dataclass(frozen=True)
class Dialect:
    """What the engines say differently; ``?`` is an expression in ``n``."""

    moment: str
    uuid: str
    name: str
    json: str = "'?'"
    analyze: str = "ANALYZE"


DIALECTS = {
    "sqlite": Dialect(
        moment="strftime('%Y-%m-%d %H:%M:%S', '2023-01-01', '+' || (?) || ' seconds')",
        uuid="printf('%032x', ?)",
        name="'u' || (?)",
    ),
    "mysql": Dialect(
        moment="TIMESTAMPADD(SECOND, ?, '2023-01-01')",
        uuid="LPAD(HEX(?), 32, '0')",
        name="CONCAT('u', ?)",
        analyze="ANALYZE TABLE",
    ),
    "postgresql": Dialect(
        moment="(timestamptz '2023-01-01 00:00+00' + (?) * interval '1 second')",
        uuid="LPAD(TO_HEX(?), 32, '0')::uuid",
        name="'u' || (?)",
        json="'?'::jsonb",
    ),
}
TEN = f"({' UNION ALL '.join(f'SELECT {digit} AS d' for digit in range(10))})"
NUMBERS = (
    "INSERT INTO big_numbers SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d"
    f" FROM {TEN} a, {TEN} b, {TEN} c, {TEN} e, {TEN} f"
)


@dataclass
class Rows:
    """Writes rows with a statement for each table: learners 0 to ``MANY`` in some courses, in the order of time."""

    dialect: Dialect
    selects: dict[str, list[str]] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    identities: int = 0
    attempts: int = 0
    operations: int = 0

    def add(self, table: str, learners: int, **values: str) -> None:
        """Add a row for each of the first learners."""
        self.columns[table] = ", ".join(map(connection.ops.quote_name, values))
        select = f"SELECT {', '.join(values.values())} FROM big_numbers WHERE n < {learners}"
        self.selects.setdefault(table, []).append(select)

    def time(self, seconds: str) -> str:
        return self.dialect.moment.replace("?", seconds)

    def uuid(self, number: str) -> str:
        return self.dialect.uuid.replace("?", number)

    def json(self, text: str) -> str:
        return self.dialect.json.replace("?", text)

    def add_learners(self) -> None:
        self.add(
            get_user_model()._meta.db_table,
            MANY,
            id="n + 1",
            password="''",
            is_superuser="FALSE",
            username=self.dialect.name.replace("?", "n + 1"),
            first_name="''",
            last_name="''",
            email="''",
            is_staff="FALSE",
            is_active="TRUE",
            date_joined=self.time("0"),
        )

    def add_course(self, name: str, learners: int, attempts: int) -> str:
        """Add identity rows; the last reset of one in fifty was undone. Returns the id of a learner's."""
        first, self.identities = self.identities + 1, self.identities + learners
        self.add(
            LearnerCourse._meta.db_table,
            learners,
            id=f"{first} + n",
            user_id="n + 1",
            course_key=f"'{course(name)}'",
            active_number=f"CASE WHEN n % 50 = 0 THEN {attempts - 1} ELSE {attempts} END",
        )
        return f"{first} + n"

    def add_attempts(
        self, name: str, org: str, identity: str, learners: int, numbers: range, last: int, began: int, passing: str
    ) -> list[str]:
        """Add attempts of some numbers; returns the ids of a learner's."""
        first, self.attempts = self.attempts + 1, self.attempts + learners * len(numbers)
        ids = [f"{first + number - numbers[0]} + n * {len(numbers)}" for number in numbers]
        for number, key in zip(numbers, ids, strict=True):
            opened = f"{began + (number > 1) * QUARTER} + n * 37 % 10000000"
            archived = f"CASE WHEN {'n % 50 = 0' if number == last else 'TRUE'} THEN {{}} END"
            grade = "CASE WHEN n % 7 = 0 THEN NULL WHEN n % 3 = 0 THEN 0.0 ELSE (n * 31 % 1000) / 1000.0 END"
            passed = f"CASE WHEN n % 7 = 0 THEN NULL WHEN n % 3 = 0 THEN FALSE ELSE {passing} END"
            self.add(
                AttemptContext._meta.db_table,
                learners,
                id=key,
                learner_course_id=identity,
                course_key=f"'{course(name)}'",
                org=f"'{org}'",
                number=str(number),
                uuid=self.uuid(key),
                opened_at=f"CASE WHEN {number} > 1 OR n % 20 > 0 THEN {self.time(opened)} END",
                archived_at=archived.format(self.time(f"{opened} + {QUARTER}")),
                percent_grade=archived.format(grade),
                letter_grade="''",
                passed=archived.format(passed),
                completed_blocks=archived.format("5"),
                completion_ratio=archived.format("0.5"),
                rows=self.json("{}"),
            )
            proved = self.time(f"{opened} + {QUARTER}")
            self.add(
                AttemptProof._meta.db_table,
                learners,
                id=key,
                context_id=key,
                archived_at=proved,
                checksums=self.json("{}"),
                made_at=proved,
                checked_at=proved,
                restorable="TRUE",
                problem_code="''",
                problem="''",
                changed=self.json("[]"),
            )
        return ids

    def add_operations(self, name: str, org: str, learners: int, ends: list[str], began: int, pending: bool) -> None:
        """Add the operation that led from one attempt to the next; a few have failed, hardly any has not ended."""
        first, self.operations = self.operations + 1, self.operations + learners
        in_flight = f"n % {1000 * SCALE} IN (2, 3)" if pending else "n < 0"
        asked = self.time(f"{began + QUARTER} + n * 37 % 10000000")
        ended = f"CASE WHEN {in_flight} THEN NULL ELSE {asked} END"
        self.add(
            AttemptOperation._meta.db_table,
            learners,
            id=f"{first} + n",
            uuid=self.uuid(f"{first} + n"),
            kind=f"CASE WHEN n % {500 * SCALE} = 1 THEN 'activate' WHEN n % 50 = 0 THEN 'undo' ELSE 'reset' END",
            learner_id="n + 1",
            course_key=f"'{course(name)}'",
            org=f"'{org}'",
            from_attempt_id=f"CASE WHEN {in_flight} THEN NULL ELSE {ends[0]} END",
            to_attempt_id=f"CASE WHEN {in_flight} THEN NULL ELSE {ends[1]} END",
            requested_by_id=f"CASE WHEN n % {700 * SCALE + 1} = 5 THEN 50 WHEN n % 10 < 7 THEN n % 40 + 1 END",
            comment="''",
            overridden=self.json("[]"),
            status=f"CASE WHEN {in_flight} THEN CASE WHEN n % 2 = 0 THEN 'enqueued' ELSE 'in_progress' END"
            " WHEN n % 100 = 1 THEN 'failed' ELSE 'complete' END",
            in_flight=f"CASE WHEN {in_flight} THEN TRUE END",
            created=asked,
            started_at=ended,
            completed_at=ended,
            error_code="''",
            error="''",
            idempotency_key="NULL",
            rows=self.json("{}"),
            role="''",
            client="''",
            request_id="''",
        )
        self.add(
            FollowUp._meta.db_table,
            learners,
            id=f"{first} + n",
            operation_id=f"{first} + n",
            name="'sweep'",
            status="'done'",
            tries="1",
            created=asked,
            due=asked,
            tried_at=asked,
            ended_at=asked,
            error_code="''",
            error="''",
        )

    def add_small_course(self, name: str, org: str, learners: int, began: int) -> None:
        """Add a course whose learners were all reset once."""
        identity = self.add_course(name, learners, 2)
        ends = self.add_attempts(name, org, identity, learners, range(1, 3), 2, began, "n % 2 = 0")
        self.add_operations(name, org, min(learners, OPERATIONS_OF_SOME), ends, began, pending=True)

    def write(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE big_numbers (n integer PRIMARY KEY)")
            cursor.execute(NUMBERS)
            for table, selects in self.selects.items():
                cursor.execute(f"INSERT INTO {table} ({self.columns[table]}) {' UNION ALL '.join(selects)}")


def rows() -> Rows:
    """A million attempts of 80,000 learners at 27 courses, 40 % of them at one; 280,000 operations, with follow-ups."""
    made = Rows(DIALECTS[connection.vendor])
    made.add_learners()
    made.add_small_course("Old", "Old", FEW, 0)
    identity = made.add_course("Huge", MANY, 5)
    ends: list[str] = []
    for era in range(4):
        began, numbers = era * HALF_YEAR, range(era + 2, era + 3) if era else range(1, 3)
        ends += made.add_attempts("Huge", "Huge", identity, MANY, numbers, 5, began, f"n % {2000 * SCALE} = 1")
        if era % 2:
            made.add_operations("Huge", "Huge", MANY, ends[-2:], began, pending=era == 3)
        for number in range(6 * era, 6 * era + 6):
            made.add_small_course(f"C{number}", f"Org{number % 4}", SOME, began)
    made.add_small_course("New", "New", FEW, 4 * HALF_YEAR)
    return made


@contextmanager
def written(made: Any, models: Sequence[Any] = MODELS) -> Iterator[None]:
    """Write rows, and leave nothing of them; the test is in a transaction that is rolled back.

    Args:
        made: writes them.
        models: whose rows they are.
    """
    tables = [model._meta.db_table for model in models]
    indexes = [(model, index) for model in models for index in model._meta.indexes]
    editor = connection.schema_editor()
    with connection.cursor() as cursor:

        def execute(*statements: object) -> None:
            for statement in statements:
                cursor.execute(str(statement))

        if connection.vendor == "mysql":
            execute("SET SESSION unique_checks = 0", "SET SESSION foreign_key_checks = 0")
        elif connection.vendor == "postgresql":
            # A new file, which the rollback throws away; no triggers, which would check a million keys one by one.
            execute(f"TRUNCATE {', '.join(tables)} CASCADE", "SET LOCAL session_replication_role = replica")
            execute("SET LOCAL maintenance_work_mem = '256MB'")
        if connection.vendor != "mysql":
            execute(*(f"DROP INDEX {index.name}" for _, index in indexes))
        try:
            made.write()
            if connection.vendor != "mysql":
                execute(*(index.create_sql(model, editor) for model, index in indexes))
            execute(*(f"{made.dialect.analyze} {table}" for table in tables))
            yield
        finally:
            if connection.vendor == "mysql":
                # It cannot roll a TRUNCATE or ANALYZE back, and takes minutes for so many rows.
                execute(*(f"TRUNCATE {table}" for table in tables), "DROP TEMPORARY TABLE big_numbers")
                execute("SET SESSION unique_checks = 1", "SET SESSION foreign_key_checks = 1")
            transaction.set_rollback(True)


# ---------------------------------------------------------------------------------------------------------------------
# What is looked for

HUGE, OLD, NEW, MIDDLE = course("Huge"), course("Old"), course("New"), course("C3")
REACHES = {
    "small team": Reach(courses=frozenset({OLD, MIDDLE}), orgs=frozenset({"New"})),
    "big team": Reach(courses=frozenset({HUGE, OLD}), orgs=frozenset({"Org1"})),
}
SPRING, SUMMER = moment(2 * HALF_YEAR), moment(2 * HALF_YEAR + 2_000_000)


@dataclass(frozen=True)
class Case:
    """A list.

    Attributes:
        words: what is asked for, as :class:`AttemptQuery` or :class:`OperationQuery` has it.
        of: attempts or operations.
        reach: where the caller may look; empty for everywhere.
    """

    of: str
    words: Mapping[str, Any]
    reach: str = ""

    def __str__(self) -> str:
        words = [f"{name}={value}" for name, value in self.words.items()]
        return " ".join([self.of, *words, *([f"({self.reach})"] if self.reach else [])])

    @property
    def order(self) -> str:
        return self.words.get("order", "-created")

    @property
    def bound(self) -> float:
        return BOUND_BY_STATE if "state" in self.words else BOUND

    @property
    def statements(self) -> int:
        """The page, and the keys of what is named: a user, her identity rows; a requester; an attempt."""
        named = {"learner": 2 if self.of == "attempts" else 1, "requested_by": 1, "attempt": 1}
        return 1 + sum(named.get(name, 0) for name in self.words)

    def page(self, cursor: str | None) -> Page[Any]:
        search, query = {
            "attempts": (api.search_attempts, AttemptQuery),
            "operations": (api.search_operations, OperationQuery),
        }[self.of]
        return search(query(**self.words), within=REACHES.get(self.reach, EVERYWHERE), cursor=cursor, size=SIZE)

    def cursor(self, value: Any, key: int, *, backwards: bool = False) -> str:
        """A cursor at a place where there need be no row."""
        model = {"attempts": AttemptContext, "operations": AttemptOperation}[self.of]
        return Position(model._meta.label, self.order, backwards, value, key).cursor()


def orders(names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"order": f"{sign}{name}"} for name in names for sign in ("", "-")]


#: Each filter by itself, in the order that the REST lists choose for it.
ATTEMPT_FILTERS: list[dict[str, Any]] = [
    *({"learner": learner} for learner in (1, MANY)),
    *({"course_key": key} for key in (HUGE, OLD, NEW, MIDDLE)),
    *({"org": org} for org in ("Huge", "Org1", "Old", "Nobody")),
    *({"state": state} for state in ("active", "archived")),
    *({"number": number} for number in (1, 2, 5, 9)),
    *({"passed": passed} for passed in (True, False)),
    *({"minimum_grade": grade, "order": "-grade"} for grade in (0.0, 0.9, 1.0)),
    {"opened_after": SPRING, "order": "-opened_at"},
    {"opened_before": SPRING, "order": "-opened_at"},
    {"opened_after": SPRING, "opened_before": SUMMER, "order": "-opened_at"},
    {"archived_after": SPRING, "order": "-archived_at"},
    {"archived_before": SPRING, "order": "-archived_at"},
    {"archived_after": SPRING, "archived_before": SUMMER, "order": "-archived_at"},
]
OPERATION_FILTERS: list[dict[str, Any]] = [
    *({"learner": learner} for learner in (1, MANY)),
    *({"course_key": key} for key in (HUGE, OLD, NEW, MIDDLE)),
    *({"org": org} for org in ("Huge", "Org1", "Old", "Nobody")),
    *({"kind": kind} for kind in ("reset", "undo", "activate")),
    *({"status": status} for status in ("enqueued", "in_progress", "complete", "failed")),
    *({"in_flight": in_flight} for in_flight in (True, False)),
    *({"requested_by": name} for name in ("u1", "u50", f"u{MANY - 1}", "nobody")),
    {"attempt": UUID(int=5000)},
    {"created_after": SPRING},
    {"created_before": SPRING},
    {"created_after": SPRING, "created_before": SUMMER},
    {"completed_after": SPRING, "order": "-completed_at"},
    {"completed_before": SPRING, "order": "-completed_at"},
    {"completed_after": SPRING, "completed_before": SUMMER, "order": "-completed_at"},
]
#: What goes with a place.
ATTEMPTS_SOMEWHERE: list[dict[str, Any]] = [
    *orders(ATTEMPT_ORDERS),
    *({"state": state} for state in ("active", "archived")),
    *({"passed": passed} for passed in (True, False)),
    *({"number": number} for number in (1, 5)),
    {"minimum_grade": 0.9, "order": "-grade"},
    {"archived_after": SPRING, "order": "-archived_at"},
]
OPERATIONS_SOMEWHERE: list[dict[str, Any]] = [
    *orders(OPERATION_ORDERS),
    *({"status": status} for status in ("enqueued", "failed")),
    {"in_flight": True},
    *({"kind": kind} for kind in ("undo", "activate")),
    {"requested_by": "u1"},
    {"requested_by": "u50"},
    {"created_before": SPRING},
]
ATTEMPT_PAIRS: list[dict[str, Any]] = [
    *({"course_key": key, "learner": 555} for key in (HUGE, OLD)),
    *({"course_key": key, **words} for key in (HUGE, OLD) for words in ATTEMPTS_SOMEWHERE),
    *({"org": "Org1", **words} for words in ATTEMPTS_SOMEWHERE),
    *({"learner": 555, **words} for words in ({"state": "active"}, {"passed": True}, {"order": "-grade"})),
    *({"state": "archived", **words} for words in orders(ATTEMPT_ORDERS)),
    *({"state": "active", "order": order} for order in ("created", "opened_at", "-opened_at")),
    *({"state": state, "number": number} for state in ("active", "archived") for number in (1, 2)),
    *({"passed": True, "order": order} for order in ("-opened_at", "-archived_at", "-grade", "created")),
    {"course_key": OLD, "org": "Old"},
    {"archived_after": SPRING, "archived_before": SUMMER, "order": "-created"},
]
OPERATION_PAIRS: list[dict[str, Any]] = [
    *({"course_key": key, "learner": 555} for key in (HUGE, OLD)),
    *({"course_key": key, **words} for key in (HUGE, OLD) for words in OPERATIONS_SOMEWHERE),
    *({"org": "Org1", **words} for words in OPERATIONS_SOMEWHERE),
    *({"status": status, "order": "-completed_at"} for status in ("complete", "failed")),
    *({"requested_by": name, "order": "-completed_at"} for name in ("u1", "u50")),
    {"requested_by": "u1", "status": "failed"},
    {"kind": "undo", "status": "failed"},
]


def cases() -> tuple[list[Case], list[Case]]:
    """Each filter and each order by itself, and two at a time."""
    alone = [Case("attempts", words) for words in (*ATTEMPT_FILTERS, *orders(ATTEMPT_ORDERS))]
    alone += [Case("operations", words) for words in (*OPERATION_FILTERS, *orders(OPERATION_ORDERS))]
    for kind, query in (("attempts", AttemptQuery), ("operations", OperationQuery)):
        tried = {name for case in alone if case.of == kind for name in case.words}
        assert tried == {one.name for one in fields(query)}, "a filter that is not tried"
    pairs = [Case("attempts", words) for words in ATTEMPT_PAIRS] + [
        Case("operations", words) for words in OPERATION_PAIRS
    ]
    for reach in REACHES:
        pairs += [Case("attempts", words, reach) for words in ({}, *ATTEMPTS_SOMEWHERE, {"org": "Old"})]
        pairs += [Case("operations", words, reach) for words in ({}, *OPERATIONS_SOMEWHERE, {"course_key": OLD})]
    return alone, pairs


# ---------------------------------------------------------------------------------------------------------------------
# What the engine does


@dataclass(frozen=True)
class Visit:
    """A page that was read: what the engine was asked, and how long it took."""

    case: Case
    where: str
    statements: list[tuple[str, Any]]
    milliseconds: float

    def faults(self) -> Iterator[str]:
        """Say what is wrong."""
        # One more for the follow-ups of the operations, if there are operations on the page.
        allowed = {self.case.statements, self.case.statements + (self.case.of == "operations")}
        if len(self.statements) not in allowed:
            yield f"{len(self.statements)} statements instead of {self.case.statements}"
        if self.milliseconds > self.case.bound:
            yield f"{self.milliseconds:.0f} ms"
        for sql, params in self.statements:
            yield from scans(sql, params)


def scans(sql: str, params: Any) -> Iterator[str]:
    """Say which tables a statement reads without an index."""
    words = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{words} {sql}", params)
        plan = [dict(zip([column[0] for column in cursor.description], row, strict=True)) for row in cursor.fetchall()]
    yield from {"sqlite": sqlite_scans, "mysql": mariadb_scans, "postgresql": postgres_scans}[connection.vendor](plan)


def sqlite_scans(plan: list[dict[str, Any]]) -> Iterator[str]:
    """A stretch of a list that is in the order of the primary key is called a scan as well, but is not sorted."""
    details = {row["id"]: row["detail"] for row in plan}
    is_sorted = {row["parent"] for row in plan if "TEMP B-TREE" in row["detail"]}
    for row in plan:
        if re.match(r"SCAN (?!page\b|part_|\(|CONSTANT ROW)", row["detail"]) and "USING" not in row["detail"]:
            in_order = " part_" in details.get(row["parent"], "") and row["parent"] not in is_sorted
            if not in_order:
                yield row["detail"]


def mariadb_scans(plan: list[dict[str, Any]]) -> Iterator[str]:
    for row in plan:
        if row["type"] == "ALL" and not row["table"].startswith("<"):
            yield f"ALL {row['table']}"


def postgres_scans(plan: list[dict[str, Any]]) -> Iterator[str]:
    for row in plan:
        yield from re.findall(r"Seq Scan on \w+", row["QUERY PLAN"])


@dataclass
class Statements:
    """An execute wrapper that notes what an engine is asked."""

    seen: list[tuple[str, Any]] = field(default_factory=list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.seen.append((sql, params))
        return execute(sql, params, many, context)


def read(case: Case, where: str, cursor: str | None, visits: list[Visit]) -> Page[Any]:
    """Read a page, and again if it took too long: the machine may be busy, or the rows not in memory yet."""
    for _ in range(3):
        statements = Statements()
        with connection.execute_wrapper(statements):
            began = time.perf_counter()
            page = case.page(cursor)
            took = (time.perf_counter() - began) * 1000
        if took < case.bound:
            break
    visits.append(Visit(case, where, statements.seen, took))
    return page


#: By order: before all rows, amidst them, after all.
PLACES: dict[str, tuple[Any, Any, Any]] = {
    "pk": (0, 50_000 * SCALE, 10**8),
    "created": (moment(-1), moment(2.5 * HALF_YEAR), moment(10**9)),
    "completed_at": (moment(-1), moment(2.5 * HALF_YEAR), moment(10**9)),
    "opened_at": (moment(-1), moment(2 * HALF_YEAR), moment(10**9)),
    "archived_at": (moment(-1), moment(2.5 * HALF_YEAR), moment(10**9)),
    # A third of the grades are 0.0.
    "percent_grade": (-1.0, 0.0, 2.0),
}


def read_pages(case: Case, visits: list[Visit], *, thoroughly: bool) -> None:
    """Read the first page, one in the middle and the last; thoroughly, that one also as it is met going forwards."""
    columns = ATTEMPT_ORDERS if case.of == "attempts" else OPERATION_ORDERS
    lowest, middle, highest = PLACES[columns[case.order.removeprefix("-")]]
    end = (lowest, 0) if case.order.startswith("-") else (highest, 10**8)
    read(case, "first", None, visits)
    read(case, "middle", case.cursor(middle, (50_000 if case.of == "attempts" else 15_000) * SCALE), visits)
    last = read(case, "last, backwards", case.cursor(*end, backwards=True), visits)
    if thoroughly and last.previous:
        before = read(case, "before the last", last.previous, visits)
        assert read(case, "last", before.next, visits).next is None


def metrics_faults() -> Iterator[str]:
    """Say what is wrong with reading the numbers for a scrape: at first, and when the sums so far are known."""
    cache = caches[conf.fence_cache()]
    cache.delete("attempts.tally.1")
    for allowed in (7, 6):
        statements = Statements()
        began = time.perf_counter()
        with connection.execute_wrapper(statements), override_settings(ATTEMPTS_METRICS_MAX_AGE=0):
            found = snapshot()
        took = (time.perf_counter() - began) * 1000
        assert found.state.in_flight["enqueued"] > 0
        if len(statements.seen) != allowed:
            yield f"{len(statements.seen)} statements instead of {allowed}"
        if took > BOUND:
            yield f"{took:.0f} ms"
        for sql, params in statements.seen:
            yield from scans(sql, params)
    cache.delete("attempts.tally.1")


def course_faults() -> Iterator[str]:
    """Say what is wrong with reading what there is at courses, and their learners with several attempts."""
    asked: dict[str, Callable[[], Any]] = {
        "figures": lambda: api.course_figures([HUGE, *(course(f"C{number}") for number in range(24))]),
        **{
            f"retaking, number {number}, {state}": lambda number=number, state=state: api.search_retaking_learners(
                HUGE, number=number, state=state
            )
            for number in (None, 1, 5, 9)
            for state in (None, "active", "archived")
        },
    }
    for name, ask in asked.items():
        for _ in range(3):
            statements = Statements()
            began = time.perf_counter()
            with connection.execute_wrapper(statements):
                ask()
            took = (time.perf_counter() - began) * 1000
            if took < BOUND:
                break
        if took > (BOUND_BY_STATE if "retaking" in name else BOUND):
            yield f"{name}: {took:.0f} ms"
        if len(statements.seen) > 1 + ("retaking" in name):
            yield f"{name}: {len(statements.seen)} statements"
        for sql, params in statements.seen:
            yield from (f"{name}: {scan}" for scan in scans(sql, params))


def test_every_list_is_served_by_indexes(capsys: pytest.CaptureFixture[str]) -> None:
    """Statements, plans and time of pages at the beginning, in the middle and at the end of lists."""
    began = time.monotonic()
    visits: list[Visit] = []
    with written(rows()):
        filled = time.monotonic()
        alone, pairs = cases()
        for case in alone + pairs:
            read_pages(case, visits, thoroughly=case in alone)
        faults = [f"{one.case}: {one.where}: {fault}" for one in visits for fault in one.faults()]
        faults += [f"metrics: {fault}" for fault in metrics_faults()]
        faults += [f"courses: {fault}" for fault in course_faults()]
    ended = time.monotonic()
    slowest = sorted(visits, key=lambda one: one.milliseconds, reverse=True)
    report = [
        f"{connection.vendor}: rows in {filled - began:.0f} s, {len(visits)} pages in {ended - filled:.0f} s",
        f"median {slowest[len(slowest) // 2].milliseconds:.0f} ms; the slowest:",
        *(f"{one.milliseconds:6.0f} ms  {one.case}: {one.where}" for one in slowest[:10]),
    ]
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *report, ""]))
    assert not faults, "\n".join(faults)
