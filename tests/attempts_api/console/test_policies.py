"""The pages of policies: shown with where each part comes from, changed by a form, and never overwritten unseen."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from attempts import api
from attempts.data import INHERIT, Provenance
from attempts.models import ResetPolicy
from attempts.policies import POLICY_FIELDS
from attempts_api.console.courses.fields import FIELDS
from tests.attempts_api.console.conftest import browser_of, send
from tests.factories import COURSE, CourseFactory, UserFactory

pytestmark = pytest.mark.django_db
OF_COURSE = f"/attempts/courses/{COURSE}/policy/"
OF_ORG = "/attempts/policies/orgs/Org/"
OF_SITE = "/attempts/policies/instance/"
WHERE: dict[str, dict[str, Any]] = {OF_COURSE: {"course_key": COURSE}, OF_ORG: {"org": "Org"}, OF_SITE: {}}


@pytest.fixture(autouse=True)
def course() -> None:
    CourseFactory()


def shown(browser: Client, path: str) -> dict[str, Any]:
    """The form as a browser would send it if nobody touched it."""
    return form_in(browser.get(path).content.decode())


def form_in(page: str) -> dict[str, Any]:
    form = page[page.index('<form method="post"') :]
    words: dict[str, Any] = {}
    for name, options in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.S):
        (words[name],) = re.findall(r'value="(\w+)" selected', options) or ["?"]
    for name, value in re.findall(r'<input type="hidden" name="(was-[\w]+)" value="(.*?)"', form):
        words[name] = [*words.get(name, []), value] if name == "was-lock" else value
    words["lock"] = re.findall(r'name="lock" value="(\w+)" checked', form)
    (words["max_resets_number"],) = re.findall(r'name="max_resets_number"[^>]* value="(\d*)"', form) or [""]
    return words


def test_every_field_is_on_the_page(support: Client) -> None:
    """With its label, its help, what is in force and where that comes from."""
    assert tuple(FIELDS) == POLICY_FIELDS
    for path in WHERE:
        page = unescape(support.get(path).content.decode())
        for one in FIELDS.values():
            assert f'<label class="font-weight-bold mb-0" for="{one.name}">{one.label}</label>' in page
            assert str(one.help) in page
        assert page.count("by default") >= len(FIELDS)


def test_where_each_part_comes_from(support: Client) -> None:
    """Site, organisation, course and Studio; and what would be in force otherwise."""
    api.change_policy({"active": True}, changed_by=None)
    api.change_policy({"max_resets": 4}, changed_by=None, org="Org")
    api.change_policy({"max_resets": 2, "pacing": "self_paced"}, changed_by=None, course_key=COURSE)
    ResetPolicy.objects.filter(course_key=str(COURSE)).update(from_course_settings=["pacing"])
    page = " ".join(support.get(OF_COURSE).content.decode().split())
    assert 'Yes <div class="small">from the policy of the whole site' in page
    assert '2 <div class="small">from the policy of this course' in page
    assert "The wider policy: 4, from the organisation Org" in page
    assert 'Self-paced courses <div class="small">from the course&#x27;s settings in Studio' in page


@pytest.mark.parametrize("path", WHERE)
def test_changing_it(support: Client, path: str) -> None:
    """What was changed in the form is, and nothing else; with who did it, by which right and through what."""
    words = shown(support, path)
    words |= {"active": "yes", "max_resets": "limited", "max_resets_number": "3", "pacing": "self_paced"}
    answer = send(support, path, part=False, **words)
    assert (answer.status_code, answer["Location"]) == (303, f"{path}?done=changed")
    assert api.own_policy(**WHERE[path]).values == {"active": True, "max_resets": 3, "pacing": "self_paced"}
    (change,) = api.policy_history(**WHERE[path]).items
    assert (change.changed_by, change.provenance.role, change.provenance.client) == ("support", "is_staff", "console")
    page = support.get(answer["Location"]).content.decode()
    assert "The policy was changed." in page
    assert "Number of resets: from “left to the wider policy” to “3”" in page
    assert "as <bdi>staff of the site</bdi>" in page
    assert "through <bdi>console</bdi>" in page


def test_every_value_there_is(support: Client) -> None:
    """And back to the wider policy."""
    for one in FIELDS.values():
        for choice in one.choices:
            words = shown(support, OF_COURSE) | {one.name: choice, "max_resets_number": "0"}
            assert send(support, OF_COURSE, part=False, **words).status_code == 303
            value = api.own_policy(course_key=COURSE).values[one.name]
            assert one.text(value) == ("0" if choice == "limited" else str(one.choices[choice]))
            assert shown(support, OF_COURSE)[one.name] == choice
        send(support, OF_COURSE, part=False, **shown(support, OF_COURSE) | {one.name: "inherit"})
    assert api.own_policy(course_key=COURSE).values == {}


def test_a_form_that_was_not_touched_changes_nothing(support: Client) -> None:
    """Not even what came from Studio becomes somebody's decision."""
    api.change_policy({"active": True, "max_resets": None}, changed_by=None, course_key=COURSE)
    ResetPolicy.objects.update(from_course_settings=["active"])
    answer = send(support, OF_COURSE, part=False, **shown(support, OF_COURSE))
    assert answer["Location"] == f"{OF_COURSE}?done=same"
    assert api.own_policy(course_key=COURSE).from_course_settings == ("active",)
    assert len(api.policy_history(course_key=COURSE).items) == 1
    assert "Nothing was changed" in support.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_resets": "limited", "max_resets_number": ""},
        {"max_resets": "limited", "max_resets_number": "-1"},
        {"max_resets": "limited", "max_resets_number": "2147483648"},
        {"max_resets": "limited", "max_resets_number": "\u0663"},
        {"max_resets": "limited", "max_resets_number": "x" * 5000},
        {"pacing": "nonsense"},
        {"active": "unlimited"},
        {"active": "True"},
        {"certificates": '"><img src=x onerror=alert(1)>'},
    ],
)
def test_what_cannot_be(support: Client, wrong: dict[str, str]) -> None:
    """Is said beside the field; nothing is saved, and the rest of what was chosen stays."""
    words = shown(support, OF_COURSE) | {"schedule": "keep"} | wrong
    answer = send(support, OF_COURSE, part=False, **words)
    page = answer.content.decode()
    assert answer.status_code == 400
    (name,) = {name.removesuffix("_number") for name in wrong}
    assert re.search(rf'id="{name}-error">', page)
    assert "<img" not in page
    assert form_in(page)["schedule"] == "keep"
    assert api.own_policy(course_key=COURSE).values == {}


def test_two_people_with_the_form_open(support: Client) -> None:
    """What the second has not changed stays as the first has saved it."""
    first, second = shown(support, OF_COURSE), shown(support, OF_COURSE)
    other = browser_of(UserFactory(username="other", is_staff=True))
    send(support, OF_COURSE, part=False, **first | {"active": "yes"})
    assert send(other, OF_COURSE, part=False, **second | {"pacing": "self_paced"}).status_code == 303
    assert api.own_policy(course_key=COURSE).values == {"active": True, "pacing": "self_paced"}


def test_two_people_with_the_same_field(support: Client) -> None:
    """The second is told, sees what is so now, and keeps what she chose; only then can she overwrite it."""
    first, second = shown(support, OF_COURSE), shown(support, OF_COURSE)
    send(support, OF_COURSE, part=False, **first | {"max_resets": "limited", "max_resets_number": "3"})
    words = second | {"max_resets": "limited", "max_resets_number": "5", "active": "yes"}
    refused = send(support, OF_COURSE, part=False, **words)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Nothing was saved: the policy was changed meanwhile." in page
    assert 'id="max_resets-error">Somebody else has changed this meanwhile' in page
    assert api.own_policy(course_key=COURSE).values == {"max_resets": 3}
    again = form_in(page)
    assert (again["was-max_resets"], again["max_resets_number"], again["active"]) == ("3", "5", "yes")
    assert send(support, OF_COURSE, part=False, **again).status_code == 303
    assert api.own_policy(course_key=COURSE).values == {"max_resets": 5, "active": True}


def test_a_double_click_is_no_conflict(support: Client) -> None:
    """What is so already is not saved again."""
    words = shown(support, OF_COURSE) | {"active": "yes"}
    answers = [send(support, OF_COURSE, part=False, **words) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(api.policy_history(course_key=COURSE).items) == 1


def test_locks(support: Client) -> None:
    """Ticked where there are narrower policies; there the field has no control, and a form that has one is refused."""
    open_form = shown(support, OF_COURSE)
    words = shown(support, OF_ORG) | {"pacing": "self_paced", "lock": ["pacing"]}
    send(support, OF_ORG, part=False, **words)
    assert api.own_policy(org="Org").locked == ("pacing",)
    assert "Pacing: narrower policies can no longer decide it" in support.get(OF_ORG).content.decode()
    page = support.get(OF_COURSE).content.decode()
    assert "Locked by the organisation Org" in page
    assert 'name="pacing"' not in page
    assert 'name="lock"' not in page
    refused = send(support, OF_COURSE, part=False, **open_form | {"pacing": "any"})
    assert refused.status_code == 409
    assert "locks pacing" in refused.content.decode()
    first, second = shown(support, OF_ORG), shown(support, OF_ORG)
    assert (first["lock"], first["was-lock"]) == (["pacing"], ["pacing"])
    send(support, OF_ORG, part=False, **first | {"lock": ["pacing", "active"]})
    assert send(support, OF_ORG, part=False, **second | {"lock": []}).status_code == 409
    assert api.own_policy(org="Org").locked == ("active", "pacing")


def test_the_history(support: Client, browser_as: Callable[..., Client]) -> None:
    """Newest first, page by page, each with what it changed, also at the edge of a page."""
    for number in range(13):
        api.change_policy(
            {"max_resets": number if number % 3 else INHERIT},
            changed_by=UserFactory() if number else None,
            course_key=COURSE,
            provenance=Provenance(role="support of the whole site", client="jwt"),
        )
    page = support.get(OF_COURSE).content.decode()
    told = re.findall(r"from “(.*?)” to “(.*?)”", page)
    assert (len(told), told[0], told[2], told[-1]) == (
        10,
        ("11", "left to the wider policy"),
        ("left to the wider policy", "10"),
        ("2", "left to the wider policy"),
    )
    following = re.search(r'href="([^"]*history/\?cursor=[^"]*)"', page)
    assert following
    rest = browser_as("staff").get(unescape(following[1])).content.decode()
    assert re.findall(r"from “(.*?)” to “(.*?)”", rest) == [
        ("1", "2"),
        ("left to the wider policy", "1"),
    ]
    assert "by the system" in rest
    assert "Said again as it was" in rest


def test_whoever_may_look_only(browser_as: Callable[..., Client]) -> None:
    """Has no form, and cannot send one either."""
    browser = browser_as("instructor")
    page = browser.get(OF_COURSE).content.decode()
    assert "<select" not in page
    assert "by default" in page
    words = {"active": "yes", "was-active": "inherit"}
    for path in WHERE:
        refused = send(browser, path, part=False, **words)
        assert refused.status_code == 403
        assert "manage_policy" in refused.content.decode()
    assert ResetPolicy.objects.count() == 0


def test_forms_that_nobody_was_shown(support: Client) -> None:
    """Without what was shown, without a token, about a course that is not there."""
    for words in ({"active": "yes"}, {"active": "yes", "was-active": "nonsense"}):
        assert send(support, OF_COURSE, part=False, **words).status_code == 400
    assert support.post(OF_COURSE, {"active": "yes", "was-active": "inherit"}).status_code == 403
    nowhere = "/attempts/courses/course-v1:No+Such+Course/policy/"
    assert send(support, nowhere, part=False, active="yes", **{"was-active": "inherit"}).status_code == 404
    assert send(support, "/attempts/policies/orgs/no%20org/", part=False, active="yes").status_code == 400
    assert support.get("/attempts/policies/orgs/no%20org/").status_code == 400
    assert ResetPolicy.objects.count() == 0


def test_what_was_not_taken_from_studio(support: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is told where the course's policy is."""
    from attempts.models import CourseSettingsReport

    row = CourseSettingsReport(
        course_key=str(COURSE),
        reported_at="2026-01-01T00:00Z",
        problems=[{"code": "locked", "field": "pacing", "detail": "pacing is <b>locked</b>."}],
    )
    row.save()
    page = support.get(OF_COURSE).content.decode()
    assert "pacing is &lt;b&gt;locked&lt;/b&gt;." in page
