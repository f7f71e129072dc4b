"""A course team writes into Studio's advanced settings, and the course's policy has it."""

from __future__ import annotations

from functools import partial
from typing import Any

from cms.djangoapps.models.settings.course_metadata import CourseMetadata
from django.conf import settings
from xmodule.modulestore.tests.django_utils import ModuleStoreTestCase, StoreConstructors, mixed_store_config
from xmodule.modulestore.tests.factories import CourseFactory

from attempts import api


class CourseSettingsTest(ModuleStoreTestCase):
    #: Split Mongo only: the store before it asks its server for things that a stand-in in memory does not know.
    MODULESTORE = partial(mixed_store_config, settings.COMMON_TEST_DATA_ROOT, {}, [StoreConstructors.split])
    ENABLED_SIGNALS = ("course_published",)

    def setUp(self) -> None:
        super().setUp()
        self.key = CourseFactory.create(org="Tidal", number="T1", run="2026").id

    def save(self, value: dict[str, Any]) -> None:
        """Save the advanced setting as the page does; its tasks run in this process."""
        words = {"other_course_settings": {"value": value}}
        with self.captureOnCommitCallbacks(execute=True):
            CourseMetadata.update_from_json(self.store.get_course(self.key), words, self.user)

    def test_saving_advanced_settings_publishes_them_and_the_policy_takes_them(self) -> None:
        assert settings.ROOT_URLCONF == "cms.urls"
        self.save({"crm": 7, "attempts": {"active": True, "max_resets": None}})
        policy = api.own_policy(course_key=self.key)
        assert dict(policy.values) == {"active": True, "max_resets": None}
        assert policy.from_course_settings == ("active", "max_resets")
        assert api.effective_policy(self.key).origins["active"] == "course_settings"
        self.save({"crm": 7, "attempts": {"actve": True}})
        report = api.course_settings_report(self.key)
        assert report is not None
        assert [problem.field for problem in report.problems] == ["actve"]
        assert dict(api.own_policy(course_key=self.key).values) == {"active": True, "max_resets": None}
        self.save({"crm": 7})
        assert dict(api.own_policy(course_key=self.key).values) == {}

    def test_a_course_without_them_gets_no_policy(self) -> None:
        self.save({"crm": 7})
        assert list(api.list_policies().items) == []
        assert api.course_settings_report(self.key) is None
