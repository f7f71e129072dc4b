"""Fixtures for all tests."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Generator, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import freezegun
import pytest
from django.apps import apps
from django.core.cache import caches
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import TransactionTestCase, override_settings
from django.utils import timezone

from attempts import api
from attempts.data import OperationData
from attempts.host.clock import DatabaseClock
from attempts.host.courses import forget_completable_blocks
from attempts.operations import execute
from sandbox.settings import MIGRATION_MODULES
from tests.caches import SHARED
from tests.emptying import empty_written_tables
from tests.factories import COURSE, PolicyFactory, enrolled
from tests.recorder import DeleteRecorder

# How long a test takes is no matter of the clock that it has stopped.
freezegun.configure(extend_ignore_list=["_pytest.timing"])

#: One runs in the environment of an LMS, by `make platform-test`; one in that of `make streams-test`.
collect_ignore = ["platform", *([] if apps.is_installed("platform_plugin_aspects") else ["streams"])]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what ``make services-test`` says."""
    parser.addoption(
        "--with-database",
        action="store_true",
        help="only the tests that may use the database: what asks none says the same on each",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out those that may not, if that is wanted."""
    if not config.getoption("--with-database"):
        return
    chosen: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        chosen[_may_use_database(item)].append(item)
    items[:] = chosen[True]
    config.hook.pytest_deselected(items=chosen[False])


def _may_use_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db") or item.get_closest_marker("services"):
        return True
    case = getattr(item, "cls", None)
    if case is not None and issubclass(case, TransactionTestCase):
        return True
    return not {"db", "transactional_db"}.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported: it is much, and stays. A seventh of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Leave out of what is printed with which arguments functions were called: those of drivers have the password."""
    report = yield
    for traceback, *_ in getattr(report.longrepr, "chain", ()):
        for entry in traceback.reprentries:
            if hasattr(entry, "reprfuncargs"):
                entry.reprfuncargs = None
    return report


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Write down that every migration was run: processes that tests start with the sandbox's settings look there."""
    with django_db_blocker.unblock(), override_settings(MIGRATION_MODULES=MIGRATION_MODULES):
        recorder = MigrationRecorder(connections["default"])
        known = recorder.applied_migrations()
        for app_label, name in MigrationLoader(None).disk_migrations:
            if (app_label, name) not in known:
                recorder.record_applied(app_label, name)


@pytest.fixture(scope="session", autouse=True)
def empty_what_was_written() -> Iterator[None]:
    """Have a test that commits leave empty tables behind in a moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _self: empty_written_tables())
        yield


@pytest.fixture(autouse=True)
def no_sql_delete() -> Iterator[DeleteRecorder]:
    """Fail every test in which anything issues a SQL DELETE."""
    recorder = DeleteRecorder()
    with connections["default"].execute_wrapper(recorder):
        yield recorder
    assert not recorder.seen, f"SQL DELETE was issued: {recorder.seen}"


@pytest.fixture(autouse=True)
def courses_of_this_test() -> None:
    """Believe nothing of the courses of the test before, which had the same keys."""
    forget_completable_blocks()


@pytest.fixture
def one_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the database's clock be that of the process, so that a test can stop both."""
    monkeypatch.setattr(DatabaseClock, "now", lambda _clock: timezone.now())


@pytest.fixture
def policy(db: None) -> Any:
    """A policy of the instance that allows resets without limit."""
    return PolicyFactory()


@pytest.fixture
def learner(policy: Any) -> Any:
    """A learner enrolled in the course, whom the policy lets be reset."""
    return enrolled(COURSE)


@pytest.fixture
def run() -> Callable[[OperationData], OperationData]:
    """Carry out an operation as a worker would, and return what became of it."""

    def carry_out(operation: OperationData) -> OperationData:
        execute(operation.uuid)
        return api.operation(operation.uuid)

    return carry_out


@pytest.fixture
def reset(run: Callable[[OperationData], OperationData]) -> Callable[..., OperationData]:
    """Reset a learner, start to end."""

    def carry_out(who: Any, course_key: Any = COURSE, **words: Any) -> OperationData:
        return run(api.request_reset(who, course_key, requested_by=None, **words))

    return carry_out


@pytest.fixture
def undo(run: Callable[[OperationData], OperationData]) -> Callable[..., OperationData]:
    """Undo the last operation, start to end, new work or not."""

    def carry_out(who: Any, course_key: Any = COURSE, **words: Any) -> OperationData:
        words.setdefault("override", ["worked_since", "learner_passing"])
        return run(api.request_undo(who, course_key, requested_by=None, **words))

    return carry_out


@pytest.fixture
def activate(run: Callable[[OperationData], OperationData]) -> Callable[..., OperationData]:
    """Activate an attempt, start to end, new work or not."""

    def carry_out(who: Any, to: Any, course_key: Any = COURSE, **words: Any) -> OperationData:
        words.setdefault("override", ["worked_since", "learner_passing"])
        return run(api.request_activate(who, course_key, to, requested_by=None, **words))

    return carry_out


@pytest.fixture
def attempts_command() -> Callable[..., tuple[int, str, str]]:
    """Run the command; return exit code, output and error."""

    def run(*words: Any) -> tuple[int, str, str]:
        out = StringIO()
        try:
            call_command("attempts", *(str(word) for word in words), stdout=out)
        except CommandError as error:
            return error.returncode, out.getvalue(), str(error)
        return 0, out.getvalue(), ""

    return run


@pytest.fixture
def own_cache(settings: Any, tmp_path: Path) -> Any:
    """A shared cache of this test's own: others count meanwhile."""
    own = (
        SHARED["shared"]
        if "redis" in SHARED["shared"]["BACKEND"].lower()
        else {**SHARED["shared"], "LOCATION": tmp_path}
    )
    settings.CACHES = {**SHARED, "shared": {**own, "KEY_PREFIX": tmp_path.name + str(time.time_ns())}}
    settings.ATTEMPTS_METRICS_MAX_AGE = 0
    return caches["shared"]
