"""What a course's authors decide in Studio: taken into the policy of the course, as far as they may."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.test import Client
from edx_django_utils.plugins import connect_plugin_receivers
from opaque_keys.edx.keys import CourseKey
from opaque_keys.edx.locator import LibraryLocator

from attempts import api, receivers
from attempts.data import INHERIT, Provenance
from attempts.exceptions import CourseNotFound
from attempts.models import CourseSettingsReport, ResetPolicy
from attempts.policies import POLICY_FIELDS
from sandbox.celery import app
from sandbox.content import modulestore
from sandbox.content.models import CourseBlock
from tests.attempts_api.conftest import ROOT as API
from tests.attempts_api.conftest import client_of
from tests.factories import COURSE, LOOKALIKE, UserFactory
from tests.processes import ROOT, environment

pytestmark = pytest.mark.django_db
Write = Callable[..., None]


@pytest.fixture
def write() -> Write:
    """Have the authors of a course write its settings; without a value, nothing for us."""

    def change(*value: Any, course_key: CourseKey = COURSE, whole: Any = None) -> None:
        found = {"crm": 7, **({"attempts": value[0]} if value else {})} if whole is None else whole
        data = {"attributes": {"other_course_settings": found}}
        key = course_key.make_usage_key("course", "course")
        words = {"course_key": course_key, "position": 0, "block_type": "course", "data": data}
        CourseBlock.objects.update_or_create(usage_key=key, defaults=words)

    return change


@pytest.fixture
def publish(write: Write) -> Callable[..., Any]:
    """Have them write and publish; return the report."""

    def change(*value: Any, **words: Any) -> Any:
        write(*value, **words)
        return api.take_course_settings(words.get("course_key", COURSE))

    return change


@pytest.fixture
def studio(django_capture_on_commit_callbacks: Any) -> Iterator[Callable[[Any], None]]:
    """Publish a course in a process that has our receivers as Studio has; the worker is in this process too."""
    connect_plugin_receivers("cms.djangoapp")
    before, app.conf.task_always_eager = app.conf.task_always_eager, True

    def publication(course_key: Any = COURSE) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            modulestore.publish(course_key)

    yield publication
    app.conf.task_always_eager = before
    assert modulestore.COURSE_PUBLISHED.disconnect(dispatch_uid="attempts.course_published")


def own() -> dict[str, Any]:
    """What the policy of the course decides itself."""
    return dict(api.own_policy(course_key=COURSE).values)


def codes(report: Any) -> list[tuple[str, str]]:
    """The problems by code and field."""
    return [(problem.code, problem.field) for problem in report.problems]


def test_a_publication_in_studio_reaches_the_policy(write: Write, studio: Any) -> None:
    """Behaviour 9. By the host's signal, after commit, in a task; the policy says where each value comes from."""
    write({"active": True, "max_resets": 2})
    studio()
    policy = api.effective_policy(COURSE)
    assert (policy.active, policy.max_resets) == (True, 2)
    assert {name: policy.origins[name] for name in ("active", "max_resets", "pacing")} == {
        "active": "course_settings",
        "max_resets": "course_settings",
        "pacing": "default",
    }
    change = api.policy_history(course_key=COURSE).items[0]
    assert (change.changed_by, change.provenance) == (None, Provenance(client="studio"))
    assert change.from_course_settings == ("active", "max_resets")
    assert not api.effective_policy(LOOKALIKE).active


def test_the_lms_listens_to_nothing(write: Write, django_capture_on_commit_callbacks: Any) -> None:
    """There the machinery has not connected our receiver."""
    write({"active": True})
    with django_capture_on_commit_callbacks() as waiting:
        modulestore.publish(COURSE)
    assert waiting == []


def test_publishing_again_changes_nothing(publish: Any) -> None:
    """Courses are published many times a day."""
    first = publish({"active": True, "max_resets": None, "pacing": "self_paced"})
    assert first.problems == ()
    assert publish({"active": True, "max_resets": None, "pacing": "self_paced"}) == first
    assert publish({"pacing": "self_paced", "max_resets": None, "active": True}) == first
    wrong = publish({"x": 1, "y": 2, "active": 3})
    assert publish({"active": 3, "y": 2, "x": 1}) == wrong
    publish({"active": True, "max_resets": None, "pacing": "self_paced"})
    assert (ResetPolicy.history.count(), CourseSettingsReport.history.count()) == (1, 3)


def test_what_is_removed_is_taken_back(publish: Any) -> None:
    """Field by field, then all of it; and only what came from there."""
    api.change_policy({"certificates": "keep"}, changed_by=None, course_key=COURSE)
    publish({"active": True, "max_resets": 2})
    publish({"max_resets": 2.0})
    assert own() == {"certificates": "keep", "max_resets": 2}
    assert publish().problems == ()
    assert own() == {"certificates": "keep"}
    assert api.own_policy(course_key=COURSE).from_course_settings == ()


def test_a_course_that_does_not_use_them_leaves_no_trace(publish: Any, django_assert_num_queries: Any) -> None:
    """Nearly every publication is one of these: two short looks."""
    publish()
    with django_assert_num_queries(2):
        assert publish_again() is None
    assert not ResetPolicy.objects.exists()
    assert not CourseSettingsReport.objects.exists()
    assert api.course_settings_report(COURSE) is None


def publish_again() -> Any:
    """Publish without changing anything."""
    return api.take_course_settings(COURSE)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"active": "yes"}, [("wrong_value", "active")]),
        ({"active": None}, [("wrong_value", "active")]),
        ({"max_resets": -1, "active": True}, [("wrong_value", "max_resets")]),
        ({"max_resets": 1.5}, [("wrong_value", "max_resets")]),
        ({"max_resets": 1e300}, [("wrong_value", "max_resets")]),
        ({"pacing": ["any"]}, [("wrong_value", "pacing")]),
        ({"actve": True}, [("unknown_field", "actve")]),
        ({"from_course_settings": []}, [("unknown_field", "from_course_settings")]),
        ({"active": True, "course_team_may_reset": True}, [("not_allowed", "course_team_may_reset")]),
        ({"learner_may_reset": True}, [("not_allowed", "learner_may_reset")]),
        ({"certificates": "keep"}, [("not_allowed", "certificates")]),
        ({"active": 1, "x": 2}, [("wrong_value", "active"), ("unknown_field", "x")]),
        ({"\ud800\x00": "\ud800"}, [("unknown_field", "??")]),
        (None, [("wrong_value", "")]),
        (True, [("wrong_value", "")]),
        ([{"active": True}], [("wrong_value", "")]),
        ("on", [("wrong_value", "")]),
    ],
)
def test_a_wrong_value_is_ignored_whole_and_reported(
    publish: Any, value: Any, found: list[tuple[str, str]], caplog: pytest.LogCaptureFixture, monkeypatch: Any
) -> None:
    """Behaviour 9. What was right before stays in force; the report and the log name the field and what it may be."""
    publish({"max_resets": 3})
    monkeypatch.setattr(
        modulestore.ModuleStore, "get_course", lambda *_: modulestore.Course(COURSE, {"attempts": value})
    )
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="attempts.course_settings"):
        report = publish_again()
    assert codes(report) == found
    assert own() == {"max_resets": 3}
    assert api.course_settings_report(COURSE) == report
    said = [record.getMessage() for record in caplog.records if record.name == "attempts.course_settings"]
    assert len(said) == len(found)
    assert all(str(COURSE) in line and one.detail in line for line, one in zip(said, report.problems, strict=True))


def test_a_report_stays_short(publish: Any) -> None:
    """However much is wrong."""
    report = publish({f"field{number}": 1 for number in range(1000)})
    assert len(report.problems) == 26
    assert "975 more" in report.problems[-1].detail
    assert all(len(problem.detail) < 1000 for problem in report.problems)


@pytest.mark.parametrize("whole", [[], "x", 7])
def test_settings_that_are_no_object_hold_nothing_for_us(publish: Any, whole: Any) -> None:
    """Whatever else they are."""
    publish({"active": True})
    assert publish(whole=whole).problems == ()
    assert own() == {}


def test_a_locked_field_is_refused_and_the_others_are_taken(publish: Any) -> None:
    """By the instance or the organisation; when the lock goes, the next publication brings the value."""
    api.change_policy({"max_resets": 1}, changed_by=None, locked=["max_resets"])
    api.change_policy({}, changed_by=None, org="Org", locked=["pacing"])
    report = publish({"active": True, "max_resets": 5, "pacing": "any"})
    assert codes(report) == [("locked", "max_resets"), ("locked", "pacing")]
    assert "instance locks max_resets" in report.problems[0].detail
    assert "organisation Org locks pacing" in report.problems[1].detail
    assert own() == {"active": True}
    api.change_policy({}, changed_by=None, locked=[])
    assert codes(publish_again()) == [("locked", "pacing")]
    assert own() == {"active": True, "max_resets": 5}


def test_a_lock_that_comes_later_takes_the_value_back(publish: Any) -> None:
    """What the policy says it has from the authors is what they may decide now."""
    publish({"max_resets": 5})
    api.change_policy({"max_resets": 1}, changed_by=None, locked=["max_resets"])
    assert codes(publish_again()) == [("locked", "max_resets")]
    assert own() == {}


def test_a_course_with_nothing_but_locked_fields_gets_no_policy(publish: Any) -> None:
    """A list of policies shows those that decide something."""
    api.change_policy({}, changed_by=None, locked=["active"])
    assert codes(publish({"active": True})) == [("locked", "active")]
    assert [policy.scope for policy in api.list_policies().items] == ["instance"]


def test_what_was_decided_for_the_course_is_not_changed(publish: Any) -> None:
    """The authors are told; the same value is no quarrel; left to the wider policy, it is theirs again."""
    api.change_policy({"max_resets": 1, "active": True}, changed_by=UserFactory(), course_key=COURSE)
    report = publish({"max_resets": 4, "active": True, "pacing": "any"})
    assert codes(report) == [("decided", "max_resets")]
    assert own() == {"max_resets": 1, "active": True, "pacing": "any"}
    origins = api.effective_policy(COURSE).origins
    assert [origins[name] for name in ("max_resets", "active", "pacing")] == ["course", "course", "course_settings"]
    publish()
    assert own() == {"max_resets": 1, "active": True}
    api.change_policy({"max_resets": INHERIT}, changed_by=None, course_key=COURSE)
    publish({"max_resets": 4})
    assert own() == {"max_resets": 4, "active": True}


def test_whoever_decides_takes_it_over(publish: Any) -> None:
    """From then on it does not come from the settings, even if it is the same, and removing it there does nothing."""
    publish({"max_resets": 4, "active": True})
    api.change_policy({"max_resets": 4}, changed_by=None, course_key=COURSE)
    assert api.effective_policy(COURSE).origins["max_resets"] == "course"
    publish()
    assert own() == {"max_resets": 4}


def test_django_admin_takes_over_what_it_changes(publish: Any) -> None:
    """And leaves the rest to the authors."""
    publish({"max_resets": 4, "active": True})
    policy = ResetPolicy.objects.get()
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    form = {"course_key": str(COURSE), "active": "true", "resets_limited": "true", "max_resets": "9", "locked": "[]"}
    assert client.post(f"/admin/attempts/resetpolicy/{policy.pk}/change/", form).status_code == 302
    assert api.own_policy(course_key=COURSE).from_course_settings == ("active",)
    assert client.get("/admin/attempts/coursesettingsreport/").status_code == 200
    report = CourseSettingsReport.objects.get()
    assert client.get(f"/admin/attempts/coursesettingsreport/{report.pk}/change/").status_code == 200


def test_a_course_that_is_not_there_keeps_its_policy(publish: Any, studio: Any) -> None:
    """The content store may be away, or the course deleted."""
    publish({"active": True})
    CourseBlock.objects.update(removed=True)
    with pytest.raises(CourseNotFound):
        publish_again()
    studio()
    assert own() == {"active": True}


def test_what_the_store_raises_does_not_fail_the_publication(write: Write, studio: Any, monkeypatch: Any) -> None:
    """The task fails; the author's publication does not."""
    write({"active": True})
    monkeypatch.setattr(modulestore.ModuleStore, "get_course", lambda *_: 1 / 0)
    studio()
    assert own() == {}


def test_a_broker_that_is_away_does_not_fail_the_publication(write: Write, studio: Any, monkeypatch: Any) -> None:
    """The next publication brings the settings."""
    write({"active": True})
    with monkeypatch.context() as away:
        away.setattr("attempts.tasks.take_course_settings.apply_async", lambda *_args, **_words: 1 / 0)
        studio()
    assert own() == {}
    studio()
    assert own() == {"active": True}


def test_a_publication_that_is_rolled_back_sends_nothing(
    write: Write, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a worker does not look before there is something to see."""
    sent: list[Any] = []
    monkeypatch.setattr("attempts.tasks.enqueue_course_settings", sent.append)
    write({"active": True})
    with django_capture_on_commit_callbacks() as waiting:
        receivers.course_published(sender=None, course_key=COURSE)
        assert sent == []
    waiting[0]()
    assert sent == [COURSE]


@pytest.mark.parametrize("key", [LibraryLocator("Org", "Lib"), CourseKey.from_string("Org/Course/Run")])
def test_what_cannot_have_attempts_is_passed_over(key: Any, django_capture_on_commit_callbacks: Any) -> None:
    """Libraries, courses of the old form."""
    with django_capture_on_commit_callbacks() as waiting:
        receivers.course_published(sender=None, course_key=key, some_new_word=1)
    assert waiting == []


def test_a_site_says_what_authors_may_decide(
    publish: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Any field of a policy, or none: then no task is sent at all."""
    settings.ATTEMPTS_COURSE_SETTINGS_FIELDS = ["learner_may_reset"]
    assert codes(publish({"learner_may_reset": True, "active": True})) == [("not_allowed", "active")]
    assert publish({"learner_may_reset": True}).problems == ()
    assert own() == {"learner_may_reset": True}
    settings.ATTEMPTS_COURSE_SETTINGS_FIELDS = []
    with django_capture_on_commit_callbacks() as waiting:
        receivers.course_published(sender=None, course_key=COURSE)
    assert waiting == []
    assert codes(publish({"active": True})) == [("not_allowed", "active")]


@pytest.mark.parametrize(
    ("fields", "ids"), [(["active"], []), ([], []), (["actve"], ["attempts.E020"]), ("active", ["attempts.E020"])]
)
def test_fields_that_no_policy_has_are_told_at_start(settings: Any, fields: Any, ids: list[str]) -> None:
    """A name misspelt would forbid what was meant to be allowed."""
    settings.ATTEMPTS_COURSE_SETTINGS_FIELDS = fields
    assert [message.id for message in run_checks(tags=["attempts"])] == ids


def test_every_field_of_a_policy_can_be_taken(publish: Any, settings: Any) -> None:
    """Also those that policies will have one day: the value in force is a right one."""
    settings.ATTEMPTS_COURSE_SETTINGS_FIELDS = POLICY_FIELDS
    wanted = {name: getattr(api.effective_policy(), name) for name in POLICY_FIELDS}
    assert publish(wanted).problems == ()
    assert own() == wanted
    assert set(api.own_policy(course_key=COURSE).from_course_settings) == set(POLICY_FIELDS)


def test_the_policy_over_rest_and_in_the_shell(publish: Any) -> None:
    """Where each value comes from, and what the authors wish in vain."""
    api.change_policy({"pacing": "any"}, changed_by=None, org="Org", locked=["pacing"])
    publish({"active": True, "pacing": "self_paced"})
    client = client_of(UserFactory(is_staff=True))
    found = client.get(f"{API}/policies/courses/{COURSE}/").json()
    origins = {one["field"]: (one["value"], one["origin"], one["locked_by"]) for one in found["effective"]}
    assert (origins["active"], origins["pacing"]) == ((True, "course_settings", None), ("any", "org", "org"))
    assert found["from_course_settings"] == ["active"]
    (problem,) = found["course_settings"]["problems"]
    assert (problem["code"], problem["field"]) == ("locked", "pacing")
    assert found["course_settings"]["reported_at"].endswith("Z")
    assert client.get(f"{API}/policies/orgs/Org/").json()["course_settings"] is None
    history = client.get(f"{API}/policies/courses/{COURSE}/history/").json()["results"]
    assert [(one["client"], one["changed_by"], one["from_course_settings"]) for one in history] == [
        ("studio", None, ["active"])
    ]
    out = StringIO()
    call_command("attempts", "policy", "--course", str(COURSE), stdout=out)
    lines = [line.split() for line in out.getvalue().splitlines()]
    assert ["active", "true", "course", "settings"] in lines
    assert problem["detail"] in out.getvalue()
    out = StringIO()
    call_command("attempts", "policy", "--course", str(COURSE), "--format", "json", stdout=out)
    shown = json.loads(out.getvalue())
    assert (shown["origins"]["active"], shown["course_settings"]["problems"]) == ("course_settings", [problem])


LOAD = """
import sys, django
django.setup()
from django.core.management import call_command
from sandbox.celery import app
app.conf.task_always_eager = True
call_command("load_course", sys.argv[1])
"""


@pytest.mark.alike
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("service", "active"), [("sandbox.studio_settings", True), ("sandbox.settings", False)])
def test_a_course_is_published_by_a_real_studio(tmp_path: Any, service: str, active: bool) -> None:
    """A process that has loaded us as Studio does; in one of the LMS nothing listens."""
    course = tmp_path / "course"
    (course / "policies/r1").mkdir(parents=True)
    (course / "course.xml").write_text(
        '<course url_name="r1" org="Org" course="Small"><chapter url_name="c"/></course>'
    )
    (course / "chapter").mkdir()
    (course / "chapter/c.xml").write_text("<chapter/>")
    policy = {"course/r1": {"other_course_settings": {"attempts": {"active": True}}}}
    (course / "policies/r1/policy.json").write_text(json.dumps(policy))
    surroundings = {**environment(tmp_path), "DJANGO_SETTINGS_MODULE": service}
    command = [sys.executable, "-c", LOAD, str(course)]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    key = CourseKey.from_string("course-v1:Org+Small+r1")
    assert (api.effective_policy(key).active, bool(api.course_settings_report(key))) == (active, active)
