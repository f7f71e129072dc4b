"""How attempts are doing: numbers that are those of the tables, and a look whether all is well."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import prometheus_client
import pytest
from celery import current_app
from django.db import DataError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_prometheus.exports import ExportToDjangoView
from prometheus_client.parser import text_string_to_metric_families

from attempts import api, exceptions, tasks
from attempts.data import OperationData
from attempts.models import AttemptOperation, FollowUp
from attempts.monitoring import collector, join_django_prometheus, tally
from attempts.monitoring.metrics import METRICS
from attempts.telemetry.follow_ups import tried
from tests.attempts.test_operations import Broken
from tests.caches import SHARED
from tests.factories import COURSE, CourseFactory, CourseGradeFactory, EnrolmentFactory, StateFactory, enrolled
from tests.processes import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_cache")]
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]
OTHER = COURSE.replace(run="Other")
#: Statements for the numbers of a moment, where the sums so far are known.
STATEMENTS = 6


def scrape() -> Samples:
    """Return the samples of the page, as Prometheus reads them."""
    page = api.metrics()
    assert page is not None
    families = text_string_to_metric_families(page[0].decode())
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def value(samples: Samples, name: str, **labels: str) -> float:
    """Return one sample; 0 if there is none."""
    return samples.get((f"attempts_{name}", frozenset(labels.items())), 0.0)


def ended(count: int, *, at: datetime | None = None, **values: Any) -> None:
    """Write operations that have ended, one second after they were begun."""
    learner, at = enrolled(), at or timezone.now() - timedelta(hours=1)
    AttemptOperation.objects.bulk_create(
        AttemptOperation(
            **{
                "kind": "reset",
                "learner": learner,
                "course_key": COURSE,
                "org": "Org",
                "status": "failed",
                "in_flight": None,
                "error_code": "not_enrolled",
                "created": at - timedelta(seconds=3),
                "started_at": at - timedelta(seconds=1),
                "completed_at": at + timedelta(microseconds=number),
                **values,
            }
        )
        for number in range(count)
    )


# ---------------------------------------------------------------------------------------------------------------------
# Numbers


def test_numbers_are_those_of_what_was_done(learner: Any, reset: Any, undo: Any, run: Any) -> None:
    """Every operation, every row, every reason, once."""
    StateFactory.create_batch(3, student=learner)
    first, second = reset(learner), undo(learner)
    asked = api.request_reset(learner, COURSE, requested_by=None)
    CourseGradeFactory(user_id=learner.pk, passing=True)
    assert run(asked).status == "failed"
    for _ in range(2):
        with pytest.raises(exceptions.LearnerPassing):
            api.request_reset(learner, COURSE, requested_by=None)
    found = scrape()
    assert value(found, "up") == 1
    assert {
        labels: number for (name, labels), number in found.items() if name == "attempts_operations_total" and number
    } == {
        frozenset({("kind", "reset"), ("status", "complete")}): 1,
        frozenset({("kind", "undo"), ("status", "complete")}): 1,
        frozenset({("kind", "reset"), ("status", "failed")}): 1,
    }
    assert value(found, "operations_total", kind="activate", status="failed") == 0
    assert value(found, "operation_failures_total", kind="reset", code="learner_passing") == 1
    assert value(found, "refusals_total", kind="reset", code="learner_passing") == 2
    assert value(found, "rows_moved_total", store="courseware_studentmodule", direction="archived") == 3
    assert value(found, "rows_moved_total", store="courseware_studentmodule", direction="restored") == 3
    took = (first.completed_at - first.started_at).total_seconds()
    of_resets = {"kind": "reset", "status": "complete"}
    assert value(found, "operation_duration_seconds_count", **of_resets) == 1
    assert value(found, "operation_duration_seconds_sum", **of_resets) == pytest.approx(took)
    assert value(found, "operation_duration_seconds_bucket", **of_resets, le="300.0") == 1
    assert value(found, "operation_duration_seconds_bucket", **of_resets, le="0.01") == (took <= 0.01)
    assert value(found, "operation_wait_seconds_count", kind="reset") == 2
    waited = (second.started_at - second.created).total_seconds()
    assert value(found, "operation_wait_seconds_sum", kind="undo") == pytest.approx(waited)


def test_a_histogram_puts_each_where_it_belongs(db: None) -> None:
    """A bound is in its bucket; what is longer than all is counted; a clock that goes back adds nothing."""
    now = timezone.now() - timedelta(hours=1)
    for seconds in (0.01, 0.02, 5, 1000, -3):
        ended(1, completed_at=now, started_at=now - timedelta(seconds=seconds), created=now - timedelta(hours=1))
    found = scrape()
    labels = {"kind": "reset", "status": "failed"}
    counts = {
        bound: value(found, "operation_duration_seconds_bucket", **labels, le=bound)
        for bound in ("0.01", "0.025", "2.5", "5.0", "300.0", "+Inf")
    }
    assert counts == {"0.01": 2, "0.025": 3, "2.5": 3, "5.0": 4, "300.0": 4, "+Inf": 5}
    assert value(found, "operation_duration_seconds_sum", **labels) == pytest.approx(1005.03)


def test_what_is_under_way_is_told(learner: Any, reset: Any, settings: Any) -> None:
    """In flight, the oldest of them, stuck; follow-ups that wait, are late, were given up."""
    found = scrape()
    assert (value(found, "operation_oldest_seconds"), value(found, "operations_stuck")) == (0, 0)
    done = reset(enrolled())
    now = timezone.now()
    waiting, late, failed, due = FollowUp.objects.filter(operation__uuid=done.uuid).order_by("pk")[:4]
    FollowUp.objects.exclude(pk__in=[waiting.pk, late.pk, failed.pk, due.pk]).update(status="done", ended_at=now)
    FollowUp.objects.filter(pk=waiting.pk).update(due=now + timedelta(hours=1))
    FollowUp.objects.filter(pk=late.pk).update(due=now - timedelta(seconds=90))
    # A worker may be about to take it.
    FollowUp.objects.filter(pk=due.pk).update(due=now - timedelta(seconds=20))
    FollowUp.objects.filter(pk=failed.pk).update(status="failed", ended_at=now)
    EnrolmentFactory(user=learner, course=CourseFactory(id=OTHER))
    api.request_reset(learner, OTHER, requested_by=None)
    asked = api.request_reset(learner, COURSE, requested_by=None)
    long_ago = now - timedelta(seconds=4000)
    AttemptOperation.objects.filter(uuid=asked.uuid).update(
        status="in_progress", created=long_ago, started_at=now - timedelta(seconds=599)
    )
    found = scrape()
    in_flight = [value(found, "operations_in_flight", status=status) for status in ("enqueued", "in_progress")]
    assert in_flight == [1, 1]
    assert value(found, "operation_oldest_seconds") == pytest.approx(4000, abs=30)
    assert value(found, "operations_stuck") == 0, "a worker began it less than ten minutes ago"
    settings.ATTEMPTS_STUCK_AFTER = 500
    assert value(scrape(), "operations_stuck") == 1
    follow_ups = [value(found, f"follow_ups_{state}") for state in ("waiting", "overdue", "failed")]
    assert follow_ups == [3, 1, 1]


def test_what_no_table_has_is_counted(learner: Any, settings: Any) -> None:
    """Tries that the database refused, and those of follow-ups that did not work."""
    settings.ATTEMPTS_RETRY_BASE_SECONDS = 0
    asked = api.request_reset(learner, COURSE, requested_by=None)
    with connection.execute_wrapper(
        Broken('INSERT INTO "attempts_attemptcontext"', OperationalError("locked"), times=2)
    ):
        tasks.run_operation.apply(args=[str(asked.uuid)])
    for outcome in ("retried", "retried", "given_up", "done"):
        tried("sweep", outcome, tries=1, duration=0.1)
    found = scrape()
    assert api.operation(asked.uuid).status == "complete"
    assert value(found, "operation_retries_total", code="database_unavailable") == 2
    assert ("attempts_operation_retries_total", frozenset({("code", "write_conflict")})) in found, "0, not absent"
    assert value(found, "follow_up_failures_total", follow_up="sweep", outcome="retried") == 2
    assert value(found, "follow_up_failures_total", follow_up="sweep", outcome="given_up") == 1


def test_the_page_has_the_metrics_that_are_declared(learner: Any, reset: Any) -> None:
    """All of them, with their kind and labels, and no other."""
    reset(learner)
    page = api.metrics()
    assert page is not None
    families = {family.name: family for family in text_string_to_metric_families(page[0].decode())}
    assert list(families) == [metric.name for metric in METRICS]
    for metric in METRICS:
        family = families[metric.name]
        assert (family.type, family.documentation) == (metric.kind, metric.help)
        assert {frozenset(one.labels) - {"le"} for one in family.samples} <= {frozenset(metric.labels)}


def test_openmetrics_is_spoken_where_it_is_asked_for(db: None) -> None:
    """As recent servers ask."""
    body, content_type = api.metrics("application/openmetrics-text;version=1.0.0,text/plain;q=0.5")  # type: ignore[misc]
    assert content_type.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")


# ---------------------------------------------------------------------------------------------------------------------
# What they cost


def statements(call: Callable[[], Any]) -> int:
    """Return how many statements something takes."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def test_a_scrape_takes_as_many_statements_for_many_as_for_few(db: None) -> None:
    """And one more at the first, which looks whether there are too many to add up at once."""
    ended(2)
    assert statements(scrape) == STATEMENTS + 1
    few = statements(scrape)
    ended(200)
    assert statements(scrape) == few == STATEMENTS
    assert value(scrape(), "operations_total", kind="reset", status="failed") == 202


def test_scrapers_cannot_load_the_database(settings: Any) -> None:
    """Within some seconds all are given the same numbers."""
    settings.ATTEMPTS_METRICS_MAX_AGE = 10
    first = scrape()
    ended(1)
    assert statements(scrape) == 0
    assert scrape() == first
    settings.ATTEMPTS_METRICS_MAX_AGE = 0.001
    time.sleep(0.01)
    assert value(scrape(), "operations_total", kind="reset", status="failed") == 1


def test_what_was_added_up_is_not_read_again(own_cache: Any) -> None:
    """But for the last minute, in which something may be committed late."""
    ended(50)
    scrape()
    kept = own_cache.get("attempts.tally.1")
    assert sum(kept.ended.values()) == 50
    ended(1, at=timezone.now() - timedelta(seconds=30))
    for _ in range(2):
        assert value(scrape(), "operations_total", kind="reset", status="failed") == 51
    assert own_cache.get("attempts.tally.1") == kept
    # By its own clock it ended before one that was counted.
    ended(1, at=timezone.now() - timedelta(seconds=45))
    assert value(scrape(), "operations_total", kind="reset", status="failed") == 52


def test_more_than_can_be_read_at_once_is_read_bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each scrape goes on where the last one stopped: nothing is counted twice, nothing left out."""
    monkeypatch.setattr(tally, "BATCH", 10)
    ended(4)
    assert value(scrape(), "operations_total", kind="reset", status="failed") == 4
    ended(21, at=timezone.now() - timedelta(minutes=30))
    ended(5, at=timezone.now() - timedelta(seconds=1))
    counts = [value(scrape(), "operations_total", kind="reset", status="failed") for _ in range(6)]
    assert counts == sorted(counts)
    assert counts[0] <= 14
    assert counts[-1] == counts[-2] == 30


def test_operations_of_one_moment_are_not_torn_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next look begins after a moment, so all of it has to be read before."""
    monkeypatch.setattr(tally, "BATCH", 4)
    scrape()
    now = timezone.now() - timedelta(hours=1)
    for seconds in (0, 0, 1, 1, 1, 2):
        ended(1, at=now + timedelta(seconds=seconds))
    counts = [value(scrape(), "operations_total", kind="reset", status="failed") for _ in range(4)]
    assert counts == [2, 5, 6, 6]


def test_a_cache_that_is_emptied_costs_a_small_site_nothing(own_cache: Any) -> None:
    """All are added up again."""
    ended(7)
    before = value(scrape(), "operations_total", kind="reset", status="failed")
    own_cache.delete("attempts.tally.1")
    assert value(scrape(), "operations_total", kind="reset", status="failed") == before == 7


def test_a_cache_that_is_emptied_begins_a_big_site_anew(own_cache: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 0, as counters of a restarted process do; a million operations are not read again."""
    monkeypatch.setattr(tally, "BATCH", 5)
    ended(5)
    began = time.time()
    found = scrape()
    assert value(found, "operations_total", kind="reset", status="failed") == 0
    assert value(found, "counted_since_timestamp_seconds") >= began
    ended(2, at=timezone.now())
    assert value(scrape(), "operations_total", kind="reset", status="failed") == 2


# ---------------------------------------------------------------------------------------------------------------------
# What may be missing


def test_a_database_that_is_away_is_told_on_the_page(db: None, caplog: pytest.LogCaptureFixture) -> None:
    """And nothing else is, so that no number is taken for another."""
    with connection.execute_wrapper(Broken("SELECT", OperationalError("server closed"), times=1)):
        assert {name: number for (name, _labels), number in scrape().items()} == {"attempts_up": 0}
    assert "attempts.metrics_not_read error=OperationalError" in caplog.text


def test_a_cache_that_is_away_is_told_on_the_page_and_stops_nothing(learner: Any, run: Any, settings: Any) -> None:
    """Whatever is counted in it."""
    settings.CACHES = {**SHARED, "shared": {"BACKEND": "tests.caches.DownCache"}}
    with pytest.raises(exceptions.NotEligible):
        api.request_undo(learner, COURSE, requested_by=None)
    assert run(api.request_reset(learner, COURSE, requested_by=None)).status == "complete"
    assert tasks.recover_operations() == []
    assert {name: number for (name, _labels), number in scrape().items()} == {"attempts_up": 0}
    assert "recover" in [check.name for check in api.health(recent=True) if not check.ok]


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A site with django-prometheus."""
    before = set(prometheus_client.REGISTRY._collector_to_names)
    monkeypatch.setattr("attempts.monitoring.exposition.apps.is_installed", lambda name: name == "django_prometheus")
    assert join_django_prometheus()
    yield
    for added in set(prometheus_client.REGISTRY._collector_to_names) - before:
        prometheus_client.REGISTRY.unregister(added)


def test_the_page_of_django_prometheus_shows_ours(learner: Any, reset: Any, joined: None) -> None:
    """Beside its own, and it stays there when the database is away."""
    reset(learner)
    page = ExportToDjangoView(RequestFactory().get("/metrics")).content.decode()
    assert 'attempts_operations_total{kind="reset",status="complete"} 1.0' in page
    assert "python_info" in page
    with connection.execute_wrapper(Broken("SELECT", OperationalError("server closed"), times=1)):
        page = ExportToDjangoView(RequestFactory().get("/metrics")).content.decode()
    assert "attempts_up 0.0" in page
    assert "python_info" in page


def test_studio_and_sites_without_it_do_not_join(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The LMS tells the numbers already."""
    assert not join_django_prometheus()
    monkeypatch.setattr("attempts.monitoring.exposition.apps.is_installed", lambda _name: True)
    settings.ATTEMPTS_SERVICE = "studio"
    assert not join_django_prometheus()


def test_joining_asks_no_database() -> None:
    """It happens while Django starts."""
    assert [family.name for family in collector.AttemptsCollector().describe()] == [metric.name for metric in METRICS]


WITHOUT = """
import sys
sys.modules["prometheus_client"] = None
import django
django.setup()
from django.conf import settings
from django.test import Client
settings.ATTEMPTS_METRICS_TOKEN, settings.ALLOWED_HOSTS = "a secret of the site", ["testserver"]
answer = Client().get("/api/attempts/metrics", HTTP_AUTHORIZATION="Bearer a secret of the site")
print(answer.status_code, answer.json()["detail"])
"""


@pytest.mark.alike
def test_the_package_works_without_prometheus_client(tmp_path: Path) -> None:
    """In a process of its own, as modules are loaded once: all is as ever, and metrics say what is missing."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "sandbox.settings", "SANDBOX_VAR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "404 This site has no metrics: install openedx-attempts[metrics].\n", done.stderr


# ---------------------------------------------------------------------------------------------------------------------
# Health


def health() -> dict[str, str]:
    """Return what is wrong, by what was looked at."""
    return {check.name: check.message for check in api.health() if not check.ok}


@pytest.fixture
def broker() -> Iterator[Callable[[str], None]]:
    """Sets the address of the broker, for this test."""
    before = current_app.conf.broker_write_url

    def use(url: str) -> None:
        current_app.conf.broker_write_url = url

    yield use
    use(before)


def test_all_is_well(learner: Any, reset: Any) -> None:
    """Each look has an answer."""
    reset(learner)
    tasks.recover_operations()
    found = api.health()
    assert [check.name for check in found] == ["database", "migrations", "broker", "operations", "recover"]
    assert all(check.ok for check in found), found
    assert all(check.message for check in found)


def test_a_broker_that_is_away_is_found(broker: Callable[[str], None]) -> None:
    """Nobody listens there; the address, which may have a password in it, is not told."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        broker(f"amqp://attempts:password@127.0.0.1:{taken.getsockname()[1]}//")
        found = health()
    assert list(found) == ["broker"]
    assert found["broker"].startswith("It does not answer (OperationalError")
    assert "password" not in found["broker"]


def test_a_broker_that_does_not_answer_is_not_waited_for(broker: Callable[[str], None]) -> None:
    """It takes the connection and says nothing."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        broker(f"amqp://127.0.0.1:{silent.getsockname()[1]}//")
        began = time.monotonic()
        assert list(health()) == ["broker"]
    assert time.monotonic() - began < 10


def test_missing_migrations_are_named() -> None:
    """As when a new version was installed and not migrated."""
    recorded = MigrationRecorder.Migration.objects.filter(app="attempts", name="0003_follow_ups")
    assert recorded.update(name="another") == 1
    found = health()
    assert found == {"migrations": "Not applied: 0003_follow_ups. Run: manage.py lms migrate attempts"}


def test_operations_that_are_stuck_are_found(learner: Any) -> None:
    """How many, and what to look at."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    assert health() == {}
    AttemptOperation.objects.filter(uuid=asked.uuid).update(created=timezone.now() - timedelta(seconds=601))
    assert health() == {
        "operations": "1 are in flight for more than 600 seconds. Does a worker listen? Does recover run?"
    }


def test_recover_that_does_not_run_is_found(settings: Any) -> None:
    """From the moment it was first looked for; where it is not known, there is no alarm at once."""
    assert health() == {}
    settings.ATTEMPTS_RECOVER_WITHIN = 0
    time.sleep(0.01)
    assert health()["recover"].startswith("attempts.recover has not run for 0 seconds.")
    settings.ATTEMPTS_RECOVER_WITHIN = 900
    tasks.recover_operations()
    assert health() == {}
    assert time.time() - value(scrape(), "recover_last_run_timestamp_seconds") < 60


def test_a_cache_that_is_not_shared_gives_no_false_alarm(settings: Any) -> None:
    """There another process's run cannot be seen."""
    settings.ATTEMPTS_FENCE_CACHE = "default"
    settings.ATTEMPTS_RECOVER_WITHIN = -1
    assert health() == {}


def test_a_database_that_is_away_is_found() -> None:
    """With the class and number of its error; the broker is looked at all the same."""

    def away(*_arguments: Any) -> Any:
        raise OperationalError(2006, "server at db.internal has gone away")

    with connection.execute_wrapper(away):
        found = health()
    assert set(found) == {"database", "migrations", "operations"}
    assert set(found.values()) == {"The database does not answer (OperationalError 2006)."}


def test_many_who_ask_are_told_what_one_found(broker: Callable[[str], None]) -> None:
    """For five seconds; the command looks itself."""
    assert all(check.ok for check in api.health(recent=True))
    with connection.execute_wrapper(Broken("SELECT", DataError("none"), times=99)):
        assert all(check.ok for check in api.health(recent=True))
        assert not all(check.ok for check in api.health())
    assert not all(check.ok for check in api.health(recent=True))


def test_the_command_says_it_with_its_exit_code(attempts_command: Any, learner: Any) -> None:
    """0 if all is well, 1 with what is not."""
    code, out, _error = attempts_command("health")
    assert (code, out.count(" ok ")) == (0, 5)
    asked: OperationData = api.request_reset(learner, COURSE, requested_by=None)
    AttemptOperation.objects.filter(uuid=asked.uuid).update(created=timezone.now() - timedelta(hours=1))
    code, out, error = attempts_command("health", "--format", "json")
    assert (code, error) == (1, "Not as it should be: operations.")
    assert '"name": "operations",\n    "ok": false' in out


def test_the_command_finds_a_database_that_is_away(tmp_path: Path) -> None:
    """In a process of its own, whose database is a file in a folder that does not exist."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sandbox.settings",
        "SANDBOX_VAR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/attempts.sqlite3",
        "CELERY_BROKER_URL": "memory://",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "attempts", "health"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "database    wrong  The database does not answer (OperationalError" in done.stdout, done.stderr
    assert "broker      ok" in done.stdout
