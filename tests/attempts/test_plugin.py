"""How the LMS and Studio load the packages: by entry points."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from edx_django_utils.plugins import get_plugin_apps
from opaque_keys.edx.keys import CourseKey, UsageKey

from attempts.keys import AttemptBlockUsageLocator, AttemptCourseLocator
from attempts.settings.common import plugin_settings


@pytest.mark.parametrize("project", ["lms.djangoapp", "cms.djangoapp"])
def test_both_apps_are_plugins_of_both_projects(project: str) -> None:
    """The keys have to be known in Studio and its workers too."""
    found = get_plugin_apps(project)
    assert {"attempts.apps.AttemptsConfig", "attempts_api.apps.AttemptsApiConfig"} <= set(found)


def test_the_sandbox_loads_them_that_way() -> None:
    """Apps and URLs."""
    assert apps.is_installed("attempts")
    assert reverse("attempts_api:operations") == "/api/attempts/v1/operations/"


def test_the_key_types_are_registered() -> None:
    """The library finds them by namespace."""
    assert isinstance(CourseKey.from_string("attempt-v1:O+C+R+attempt@1"), AttemptCourseLocator)
    key = UsageKey.from_string("attempt-block-v1:O+C+R+attempt@1+type@problem+block@x")
    assert isinstance(key, AttemptBlockUsageLocator)


@pytest.mark.parametrize(("before", "after"), [({}, 1), ({"ATTEMPTS_STORES": []}, 0)])
def test_settings_fill_only_what_is_unset(before: dict[str, Any], after: int) -> None:
    """What an operator said stays said."""
    settings = ModuleType("settings")
    vars(settings).update(before)
    plugin_settings(settings)
    assert len(settings.ATTEMPTS_STORES) == after
