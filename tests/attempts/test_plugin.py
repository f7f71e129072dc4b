"""How the LMS and Studio load the packages: by entry points."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.urls import reverse
from edx_django_utils.plugins import get_plugin_apps
from opaque_keys.edx.keys import CourseKey, UsageKey

from attempts import api, tasks
from attempts.apps import AttemptsConfig
from attempts.data import PolicyData
from attempts.exceptions import NotInStudio
from attempts.keys import AttemptBlockUsageLocator, AttemptCourseLocator
from attempts.settings import common, studio
from attempts_api.apps import AttemptsApiConfig
from attempts_api.settings import common as faces
from sandbox.celery import app
from tests.factories import COURSE
from tests.processes import ROOT, environment

#: What a process of either service says of itself.
FACTS = """
import json, django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.urls import NoReverseMatch, reverse
from opaque_keys.edx.keys import CourseKey, UsageKey
from sandbox.celery import app

call_command("check", fail_level="WARNING", verbosity=0)
call_command("makemigrations", "attempts", check_changes=True, dry_run=True, verbosity=0)
app.loader.import_default_modules()
try:
    console = reverse("attempts_api:operations")
except NoReverseMatch:
    console = None
print(json.dumps({
    "apps": sorted(name for name in ("attempts", "attempts_api") if apps.is_installed(name)),
    "tasks": sorted(name for name in app.tasks if name.startswith("attempts.")),
    "operations": console,
    "course": type(CourseKey.from_string("attempt-v1:O+C+R+attempt@1")).__name__,
    "block": type(UsageKey.from_string("attempt-block-v1:O+C+R+attempt@1+type@problem+block@x")).__name__,
}))
"""


def process_of(service: str, tmp_path: Any, script: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process that has loaded the packages as a service does."""
    settings = {"lms": "sandbox.settings", "studio": "sandbox.studio_settings"}[service]
    surroundings = {**environment(tmp_path), "DJANGO_SETTINGS_MODULE": settings}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=90, check=False)


@pytest.mark.parametrize(
    ("service", "names", "address"),
    [
        ("lms", ["attempts", "attempts_api"], "/api/attempts/v1/operations/"),
        ("studio", ["attempts"], None),
    ],
)
def test_a_process_of_each_service(
    service: str, names: list[str], address: str | None, tmp_path: Any, db: None
) -> None:
    """Behaviour 1.8 and 5.3.

    Its checks are content, no migration is due, tasks are found, keys are parsed; Studio has no faces.
    """
    done = process_of(service, tmp_path, FACTS)
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout.splitlines()[-1])
    assert facts["apps"] == names
    assert facts["operations"] == address
    assert {"attempts.recover", "attempts.run_operation"} <= set(facts["tasks"])
    assert (facts["course"], facts["block"]) == ("AttemptCourseLocator", "AttemptBlockUsageLocator")


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        (
            "lms.djangoapp",
            {
                "attempts.apps.AttemptsConfig",
                "attempts_api.apps.AttemptsApiConfig",
                "attempts_api.console.apps.ConsoleConfig",
            },
        ),
        ("cms.djangoapp", {"attempts.apps.AttemptsConfig"}),
    ],
)
def test_the_entry_points(project: str, expected: set[str]) -> None:
    """All apps in the LMS, models and keys in Studio."""
    assert {name for name in get_plugin_apps(project) if name.startswith("attempts")} == expected


def test_the_sandbox_loads_them_that_way() -> None:
    """Apps and URLs."""
    assert apps.is_installed("attempts")
    assert reverse("attempts_console:home") == "/attempts/"
    assert reverse("attempts_api:operations") == "/api/attempts/v1/operations/"


def test_the_key_types_are_registered() -> None:
    """Behaviour 5.4. The library finds them by namespace."""
    assert isinstance(CourseKey.from_string("attempt-v1:O+C+R+attempt@1"), AttemptCourseLocator)
    key = UsageKey.from_string("attempt-block-v1:O+C+R+attempt@1+type@problem+block@x")
    assert isinstance(key, AttemptBlockUsageLocator)


KINDS = ["common", "production", "devstack", "test"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("config", "project"),
    [(AttemptsConfig, "lms.djangoapp"), (AttemptsConfig, "cms.djangoapp"), (AttemptsApiConfig, "lms.djangoapp")],
)
def test_settings_are_filled_in_whenever_the_host_asks(config: Any, project: str, kind: str) -> None:
    """Behaviour 5.1. Before the operator's file is read, and after it."""
    path = config.plugin_app["settings_config"][project][kind]["relative_path"]
    filler = __import__(f"{config.name}.{path}", fromlist=["plugin_settings"]).plugin_settings
    settings = ModuleType("settings")
    settings.MIDDLEWARE = ["the.hosts.Middleware"]
    filler(settings)
    once = {name: value for name, value in vars(settings).items() if name.isupper()}
    filler(settings)
    assert {name: value for name, value in vars(settings).items() if name.isupper()} == once
    assert settings.MIDDLEWARE.count("the.hosts.Middleware") == 1


@pytest.mark.parametrize("fill", [common.plugin_settings, studio.plugin_settings])
def test_what_the_operator_said_stays_said(fill: Any) -> None:
    """Every setting that we would fill in is left alone once it is there, even if empty."""
    empty = ModuleType("settings")
    fill(empty)
    ours = [name for name in vars(empty) if name.isupper()]
    assert "ATTEMPTS_STORES" in ours
    operators = ModuleType("settings")
    vars(operators).update(dict.fromkeys(ours))
    fill(operators)
    assert [vars(operators)[name] for name in ours] == [None] * len(ours)


def test_each_service_is_told_which_it_is() -> None:
    """Behaviour 5.1. The LMS by default."""
    settings = ModuleType("settings")
    studio.plugin_settings(settings)
    assert settings.ATTEMPTS_SERVICE == "studio"
    settings = ModuleType("settings")
    common.plugin_settings(settings)
    assert not hasattr(settings, "ATTEMPTS_SERVICE")


@pytest.mark.parametrize("fill", [common.plugin_settings, studio.plugin_settings, faces.plugin_settings])
def test_behaviour_5_1_the_middleware_is_put_back_if_the_operator_replaced_the_list(fill: Any) -> None:
    """In its place, and never there twice; the fence's is the first."""
    settings = ModuleType("settings")
    settings.MIDDLEWARE = ["a"]
    fill(settings)
    ours = [name for name in settings.MIDDLEWARE if name != "a"]
    before = settings.MIDDLEWARE.index("a")
    settings.MIDDLEWARE = ["b"]
    fill(settings)
    fill(settings)
    assert [*ours[:before], "b", *ours[before:]] == settings.MIDDLEWARE
    assert ours
    assert (before == 1) == (fill is not faces.plugin_settings)


def default_only(_name: str, *_args: Any, **_kwargs: Any) -> dict[str, str]:
    """A router as the platform's: what no table names goes to the default queue."""
    return {"queue": "hosts.default"}


@contextmanager
def routed_by(router: Any) -> Iterator[None]:
    """Have the application route messages by a router, and really send them."""
    before = app.conf.task_routes, app.conf.task_always_eager
    _route((router,), False)
    try:
        yield
    finally:
        _route(*before)


def _route(routes: Any, eager: bool) -> None:
    app.conf.task_routes, app.conf.task_always_eager = routes, eager
    # The application keeps what it made of the routes.
    app.amqp.flush_routes()
    vars(app.amqp).pop("router", None)


def waiting(queue: str) -> int:
    """How many messages wait in a queue of the broker, which is in memory."""
    with app.connection_or_acquire() as connection:
        return connection.default_channel.queue_declare(queue, durable=True).message_count


@pytest.mark.parametrize(
    ("setting", "send"),
    [
        ("ATTEMPTS_QUEUE", lambda: tasks.enqueue_operation(uuid4())),
        ("ATTEMPTS_QUEUE", lambda: tasks.enqueue_follow_up(uuid4(), "mail", 0)),
        ("ATTEMPTS_STUDIO_QUEUE", lambda: tasks.enqueue_course_settings(COURSE)),
    ],
)
def test_a_task_is_sent_to_the_queue_that_is_named(setting: str, send: Any, settings: Any) -> None:
    """Behaviour 5.1. Whatever the host's router says; without a name, the host decides."""
    queue, before = f"attempts-{uuid4()}", waiting("hosts.default")
    with routed_by(default_only):
        setattr(settings, setting, queue)
        send()
        assert (waiting(queue), waiting("hosts.default")) == (1, before)
        setattr(settings, setting, None)
        send()
    assert (waiting(queue), waiting("hosts.default")) == (1, before + 1)


def test_in_studio_nothing_is_switched(learner: Any, settings: Any, run: Any) -> None:
    """Behaviour 5.3. It has not all the tables; what was asked for waits for the LMS as it is."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    settings.ATTEMPTS_SERVICE = "studio"
    for deed in (
        lambda: tasks.run_operation(str(asked.uuid)),
        lambda: api.recover(),
        lambda: list(api.verify()),
        lambda: api.preview(learner, COURSE),
        lambda: api.request_reset(learner, COURSE, requested_by=None, idempotency_key="new"),
    ):
        with pytest.raises(NotInStudio, match="LMS"):
            deed()
    assert api.operation(asked.uuid).status == "enqueued"
    assert isinstance(api.effective_policy(COURSE), PolicyData)
    settings.ATTEMPTS_SERVICE = "lms"
    assert run(asked).status == "complete"
