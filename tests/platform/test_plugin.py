"""What an LMS and its Studio make of our package: apps, settings, addresses, tasks, key types, migrations, commands."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO

from common.djangoapps.student.tests.factories import UserFactory
from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import TestCase
from django.urls import resolve
from lms_course import PASSWORD
from opaque_keys.edx.keys import CourseKey, LearningContextKey, UsageKey
from opaque_keys.edx.locator import CourseLocator
from openedx.core.lib.celery import APP

from attempts.keys import AttemptBlockUsageLocator, AttemptCourseLocator

#: The caches of an LMS under test are seen by one process.
NO_SHARED_CACHE = {"attempts.W010"}
ARCHIVED = "attempt-v1:Tidal+T1+2026+attempt@3"
ARCHIVED_BLOCK = "attempt-block-v1:Tidal+T1+2026+attempt@3+type@problem+block@p"
STUDIO = """
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from openedx.core.lib.celery import APP
APP.loader.import_default_modules()
installed = [apps.is_installed(name) for name in ("attempts", "attempts_api")]
print(settings.ROOT_URLCONF, settings.ATTEMPTS_SERVICE, *installed,
      "attempts.run_operation" in APP.tasks, *(found.id for found in run_checks() if found.id.startswith("attempts")))
"""


class PluginTest(TestCase):
    def test_the_lms_finds_the_apps_by_their_entry_points(self) -> None:
        names = [config.name for config in apps.get_app_configs()]
        assert settings.ROOT_URLCONF == "lms.urls"
        assert {"attempts", "attempts_api"} <= set(names)
        # Once each, although the LMS asks every plugin several times.
        assert len(names) == len(set(names))

    def test_the_settings_of_the_lms_have_what_it_does_not_set_itself(self) -> None:
        assert settings.ATTEMPTS_STORES
        assert settings.MIDDLEWARE.count("attempts_api.support_tools.middleware.CourseResetMiddleware") == 1

    def test_the_system_checks_find_nothing_wrong(self) -> None:
        found = {check.id for check in run_checks() if str(check.id).startswith("attempts")}
        assert found <= NO_SHARED_CACHE

    def test_the_lms_includes_our_addresses(self) -> None:
        assert resolve("/api/attempts/v1/attempts/").namespaces[0] == "attempts_api"

    def test_support_staff_reach_the_api_through_the_whole_chain_of_middleware(self) -> None:
        UserFactory.create(username="support", password=PASSWORD, is_staff=True)
        assert self.client.get("/api/attempts/v1/attempts/").status_code == 401
        assert self.client.login(username="support", password=PASSWORD)
        response = self.client.get("/api/attempts/v1/attempts/")
        assert response.status_code == 200, response.content
        assert response.json()["results"] == []

    def test_the_celery_app_of_the_lms_has_our_tasks(self) -> None:
        APP.loader.import_default_modules()
        assert {"attempts.run_operation", "attempts.recover"} <= set(APP.tasks)

    def test_behaviour_1_8_both_key_types_are_registered_and_no_course(self) -> None:
        for kind in (LearningContextKey, CourseKey, CourseLocator):
            key = kind.from_string(ARCHIVED)
            assert isinstance(key, AttemptCourseLocator)
            assert not key.is_course
        usage = UsageKey.from_string(ARCHIVED_BLOCK)
        assert isinstance(usage, AttemptBlockUsageLocator)
        assert str(usage.course_key) == ARCHIVED

    def test_the_migrations_are_applied_and_no_other_is_needed(self) -> None:
        applied = {name for app, name in MigrationRecorder(connection).applied_migrations() if app == "attempts"}
        assert applied
        call_command("makemigrations", "attempts", check=True, dry_run=True, verbosity=0)

    def test_the_audit_knows_every_table_of_a_learner_in_a_course(self) -> None:
        call_command("attempts", "audit", stdout=StringIO())

    def test_the_command_is_there(self) -> None:
        out = StringIO()
        call_command("attempts", "verify", stdout=out)
        assert out.getvalue() == "All invariants hold.\n"


def test_studio_loads_the_models_and_keys_and_carries_nothing_out() -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "cms.envs.test", "PYTHONPATH": ".", "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", STUDIO], env=environment, capture_output=True, text=True
    )
    service, *checks = ran.stdout.rsplit("True", 1)
    assert f"{service}True".splitlines()[-1:] == ["cms.urls studio True False True"], ran.stderr[-2000:]
    assert set(checks[0].split()) <= NO_SHARED_CACHE
