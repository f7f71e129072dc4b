"""System checks, through Django's own entry."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks

from attempts import api
from attempts.exceptions import StoreElsewhere
from attempts.models import AttemptContext
from attempts.operations import execute
from tests.factories import COURSE


def ids() -> list[str | None]:
    """Which checks complain."""
    return [message.id for message in run_checks(tags=["attempts"])]


def test_the_sandbox_is_configured() -> None:
    """Nothing to complain of."""
    assert ids() == []


def test_a_site_without_a_name(settings: Any) -> None:
    """Neither a namespace nor a root URL, or no UUID."""
    del settings.LMS_ROOT_URL
    assert ids() == ["attempts.E001"]
    settings.ATTEMPTS_UUID_NAMESPACE = "nonsense"
    assert ids() == ["attempts.E001"]


def test_stores_that_cannot_be_loaded(settings: Any) -> None:
    """A path that leads nowhere, a table twice."""
    settings.ATTEMPTS_STORES = ["nowhere.STORES"]
    assert ids() == ["attempts.E002"]
    settings.ATTEMPTS_STORES = ["attempts.stores.platform.PLATFORM_STORES"] * 2
    assert ids() == ["attempts.E002"]


class Elsewhere:
    """A router that keeps block state in a database of its own."""

    def db_for_write(self, model: Any, **_hints: Any) -> str | None:
        """Say where."""
        return "elsewhere" if model._meta.label == "courseware.StudentModule" else None


def test_a_store_in_another_database(settings: Any) -> None:
    """It could not be part of the transaction."""
    settings.DATABASE_ROUTERS = [Elsewhere()]
    assert ids() == ["attempts.E003"]


def test_a_switch_is_refused_while_a_store_is_in_another_database(settings: Any, learner: Any, reset: Any) -> None:
    """Behaviour 1.5. Web servers and workers run no system checks; nothing is asked of the other database."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    settings.DATABASE_ROUTERS = [Elsewhere()]
    execute(asked.uuid)
    done = api.operation(asked.uuid)
    assert (done.status, done.error_code) == ("failed", "store_elsewhere")
    assert "courseware_studentmodule is kept in another database ('elsewhere')" in done.error
    with pytest.raises(StoreElsewhere):
        api.request_reset(learner, COURSE, requested_by=None)
    for found in (api.preview(learner, COURSE).eligibility, api.courses(learner)[0].eligibility):
        assert [reason.code for reason in found.reasons] == ["store_elsewhere"]
    assert not AttemptContext.objects.exists()
    settings.DATABASE_ROUTERS = []
    assert reset(learner).status == "complete"


def test_behaviour_5_1_the_fences_middleware_is_missing(settings: Any) -> None:
    """A settings file that is read after the plugins' may replace the list."""
    ours, *others = settings.MIDDLEWARE
    settings.MIDDLEWARE = others
    assert ids() == ["attempts.W011"]
    settings.MIDDLEWARE = [*others, ours]
    assert ids() == []


ROLES = [
    {"courses": {"staff": ["reset"]}},
    {"course": ["staff"]},
    {"course": {"staff": "reset"}},
    {"course": {"staff": None}},
    {"course": {"staff": ["reset", "rest"]}},
    {"global": {"is_staff": [["reset"]]}},
    ["course"],
    None,
]


@pytest.mark.parametrize("roles", ROLES, ids=str)
def test_roles_that_permit_nothing(settings: Any, roles: Any) -> None:
    """Unknown scopes and permissions, and what is no table."""
    settings.ATTEMPTS_ROLES = roles
    assert ids() == ["attempts.E004"]


def test_each_fault_of_the_roles_is_told(settings: Any) -> None:
    """With the words that would be right."""
    settings.ATTEMPTS_ROLES = {"site": {}, "org": {"staff": ["look"], "instructor": ("reset", "view_attempts")}}
    messages = run_checks(tags=["attempts"])
    assert [message.msg for message in messages] == [
        "ATTEMPTS_ROLES cannot be used: there is no permission 'look', which 'staff' has in 'org'.",
        "ATTEMPTS_ROLES cannot be used: there is no scope 'site'.",
    ]
    assert "global, org, course" in messages[0].hint
    assert "view_attempt_data" in messages[0].hint


def test_roles_that_can_be_used(settings: Any) -> None:
    """Any kind of list, and none."""
    settings.ATTEMPTS_ROLES = {"course": {"staff": {"reset"}, "tutor": ("undo",), "instructor": []}, "org": {}}
    assert ids() == []


SOURCES = [
    "nowhere.Roles",
    "attempts.permissions.host_roles.Roles",
    "nonsense",
    "attempts.data.Reach",
    "attempts.conf.queue",
]


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_of_roles_that_cannot_be_loaded(settings: Any, source: str) -> None:
    """A path that leads nowhere, or to something else."""
    settings.ATTEMPTS_ROLE_SOURCE = source
    assert ids() == ["attempts.E005"]


def test_a_source_of_roles_that_is_not_installed(settings: Any) -> None:
    """Said before the first request."""
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if not app.startswith("openedx_authz")]
    settings.ATTEMPTS_ROLE_SOURCE = "attempts.permissions.authz.AuthzRoles"
    assert ids() == ["attempts.E005"]
    settings.ATTEMPTS_ROLE_SOURCE = "attempts.permissions.host_roles.HostRoles"
    assert ids() == []


def test_events_that_do_not_pass_our_processor(settings: Any) -> None:
    """A list that was set after the plugin's; Studio, whose events have no learner's attempt, needs none."""
    settings.EVENT_TRACKING_PROCESSORS = [{"ENGINE": "the.operators.Processor"}]
    assert ids() == ["attempts.W040"]
    settings.ATTEMPTS_SERVICE = "studio"
    assert ids() == []
    settings.ATTEMPTS_SERVICE = "lms"
    settings.EVENT_TRACKING_PROCESSORS.append({"ENGINE": "attempts.streams.processor.AttemptProcessor"})
    assert ids() == []
