"""Attempts over REST: the list, one, and what is in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from attempts import api
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.conftest import ROOT
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CompletionFactory,
    CourseGradeFactory,
    StateFactory,
    SubsectionGradeFactory,
    UserFactory,
    enrolled,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(learner: Any, reset: Any) -> Any:
    """A learner with work in attempt 1, archived, and a little in attempt 2."""
    for _ in range(3):
        StateFactory(student=learner)
    StateFactory(student=learner, module_type="video", state="{}")
    CompletionFactory(user=learner)
    SubsectionGradeFactory(user_id=learner.pk)
    CourseGradeFactory(user_id=learner.pk)
    reset(learner)
    StateFactory(student=learner)
    return learner


def results(client: APIClient, path: str, **query: Any) -> list[Any]:
    """Return the results of a page."""
    answer = client.get(f"{ROOT}/{path}", query)
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


def test_the_list_has_filters_and_an_order(client: APIClient, worked: Any, reset: Any) -> None:
    """Each narrows it; together too."""
    other = enrolled(LOOKALIKE)
    reset(other, LOOKALIKE)
    everything = results(client, "attempts/")
    assert [(one["learner"], one["number"]) for one in everything] == [
        (other.username, 2),
        (other.username, 1),
        (worked.username, 2),
        (worked.username, 1),
    ]
    assert len(results(client, "attempts/", learner=worked.email)) == 2
    assert {one["learner"] for one in results(client, "attempts/", course_id=str(COURSE))} == {worked.username}
    assert len(results(client, "attempts/", org="Org")) == 4
    assert results(client, "attempts/", org="Or") == []
    assert {one["state"] for one in results(client, "attempts/", state="active")} == {"active"}
    assert {one["number"] for one in results(client, "attempts/", number=1)} == {1}
    assert [one["learner"] for one in results(client, "attempts/", passed=False)] == [worked.username]
    assert results(client, "attempts/", passed=True) == []
    assert [one["learner"] for one in results(client, "attempts/", minimum_grade=0.3)] == [worked.username]
    assert results(client, "attempts/", minimum_grade=0.31) == []
    archived_at = results(client, "attempts/", learner=worked.username, number=1)[0]["archived_at"]
    assert len(results(client, "attempts/", archived_after=archived_at)) == 2
    assert len(results(client, "attempts/", archived_before=archived_at)) == 1
    oldest_first = results(client, "attempts/", ordering="opened_at", learner=worked.username)
    assert [one["number"] for one in oldest_first] == [1, 2]


def test_keys_in_queries_and_paths_encoded_or_not(client: APIClient, worked: Any) -> None:
    """A plus that was left as it is arrives as a blank in a query."""
    for text in (str(COURSE), quote(str(COURSE))):
        assert len(client.get(f"{ROOT}/attempts/?course_id={text}").json()["results"]) == 2
        assert client.get(f"{ROOT}/policies/courses/{text}/").json()["course_id"] == str(COURSE)


def test_pages_follow_one_another_while_rows_are_added(client: APIClient, worked: Any, reset: Any) -> None:
    """Nothing is seen twice and nothing is missed."""
    for _ in range(3):
        reset(worked)
    first = client.get(f"{ROOT}/attempts/?page_size=2&learner={worked.username}").json()
    assert (first["previous"], [one["number"] for one in first["results"]]) == (None, [5, 4])
    reset(worked)
    second = client.get(first["next"]).json()
    assert [one["number"] for one in second["results"]] == [3, 2]
    third = client.get(second["next"]).json()
    assert ([one["number"] for one in third["results"]], third["next"]) == ([1], None)
    back = client.get(third["previous"]).json()
    assert [one["number"] for one in back["results"]] == [3, 2]
    newest = client.get(client.get(back["previous"]).json()["previous"]).json()
    assert ([one["number"] for one in newest["results"]], newest["previous"]) == ([6], None)


BAD_QUERIES = [
    ("page_size=0", "invalid_request", "page_size"),
    ("page_size=1001", "invalid_request", "page_size"),
    ("cursor=nonsense", "invalid_cursor", "cursor"),
    ("course=x", "invalid_request", "course: There is no such word here."),
    ("course_id=x", "invalid_course_key", "'x' is not the key of a course"),
    ("course_id=attempt-v1:Org%2BCourse%2BRun%2Battempt@1", "invalid_course_key", "Give a plain key"),
    ("course_id=Org/Course/Run", "deprecated_course_key", "deprecated"),
    ("number=x", "invalid_request", "number"),
    ("number=99999999999", "invalid_request", "number"),
    ("state=gone", "invalid_request", "state"),
    ("opened_after=yesterday", "invalid_request", "opened_after"),
    ("passed=perhaps", "invalid_request", "passed"),
    ("minimum_grade=2", "invalid_request", "minimum_grade"),
    ("minimum_grade=nan", "invalid_request", "minimum_grade"),
    ("ordering=learner", "invalid_request", "ordering"),
    ("org=%00", "invalid_request", "org"),
]


@pytest.mark.parametrize(("query", "code", "named"), BAD_QUERIES)
def test_what_is_wrong_in_a_query_is_named(client: APIClient, query: str, code: str, named: str) -> None:
    """A filter misspelt must not show everything."""
    answer = client.get(f"{ROOT}/attempts/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert named in answer.json()["detail"]


def test_a_cursor_belongs_to_its_order(client: APIClient, worked: Any) -> None:
    """And cannot be made by hand."""
    link = client.get(f"{ROOT}/attempts/?page_size=1").json()["next"]
    answer = client.get(f"{link}&ordering=opened_at")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")
    cursor = link.partition("cursor=")[2].partition("&")[0]
    assert client.get(f"{ROOT}/attempts/?cursor={cursor[:-2]}xx").json()["code"] == "invalid_cursor"


def test_what_is_in_an_attempt(client: APIClient, worked: Any) -> None:
    """By plain keys, archived or active, paged and by block."""
    archived, active = api.attempts(worked, COURSE)
    path = f"attempts/{archived.uuid}"
    states = results(client, f"{path}/states/")
    assert [one["block_type"] for one in states] == ["problem", "problem", "problem", "video"]
    assert all(one["block_id"].startswith("block-v1:Org+Course+Run+type@") for one in states)
    assert states[0]["state"] == {"attempts": 1}
    assert [one["block_type"] for one in results(client, f"{path}/states/", block_type="video")] == ["video"]
    (one,) = results(client, f"{path}/states/", block_id=states[1]["block_id"])
    assert one == states[1]
    assert len(results(client, f"{path}/completion/")) == 1
    grades = client.get(f"{ROOT}/{path}/grades/").json()
    assert (grades["course"]["percent_grade"], len(grades["results"])) == (0.3, 1)
    assert len(results(client, f"{path}/grades/", block_type="sequential")) == 1
    assert results(client, f"{path}/grades/", block_type="sequentia") == []
    assert len(results(client, f"{path}/grades/", block_id=grades["results"][0]["block_id"])) == 1
    assert len(results(client, f"attempts/{active.uuid}/states/")) == 1
    assert client.get(f"{ROOT}/attempts/{active.uuid}/grades/").json()["course"] is None
    first = client.get(f"{ROOT}/{path}/states/?page_size=3").json()
    assert [one["block_type"] for one in client.get(first["next"]).json()["results"]] == ["video"]


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("nonsense", "invalid_request"),
        ("block-v1:Org+Course+Run2+type@problem+block@p", "invalid_block_key"),
        ("attempt-block-v1:Org+Course+Run+attempt@1+type@problem+block@p", "invalid_block_key"),
        ("lb:Org:Lib:problem:p", "invalid_block_key"),
        ("x" * 10_000, "invalid_request"),
    ],
)
def test_blocks_of_elsewhere_are_refused(client: APIClient, worked: Any, block: str, code: str) -> None:
    """An attempt's own keys are not part of the API."""
    uuid = api.attempts(worked, COURSE)[0].uuid
    answer = client.get(f"{ROOT}/attempts/{uuid}/states/", {"block_id": block})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_the_only_attempt_of_a_learner_never_reset_is_found_by_its_address(client: APIClient, learner: Any) -> None:
    """It has a uuid and no row: the address names learner and course too."""
    StateFactory(student=learner)
    shown = client.get(f"{ROOT}/learners/{learner.username}/").json()["courses"][0]["active_attempt"]
    assert client.get(shown["url"]).json() == shown
    address, _, query = shown["url"].partition("?")
    assert len(client.get(f"{address}states/?{query}").json()["results"]) == 1
    bare = client.get(address)
    assert (bare.status_code, bare.json()["code"]) == (404, "attempt_not_found")
    wrong = client.get(f"{ROOT}/attempts/{uuid4()}/?{query}")
    assert (wrong.status_code, wrong.json()["code"]) == (404, "attempt_not_found")


def test_what_course_teams_see(client_as: Any, worked: Any, reset: Any) -> None:
    """Their own course; of the rest they do not learn that it is there."""
    stranger = enrolled(LOOKALIKE)
    reset(stranger, LOOKALIKE)
    foreign = api.attempts(stranger, LOOKALIKE)[0].uuid
    own = api.attempts(worked, COURSE)[0].uuid
    staff = client_as("staff")
    assert {one["learner"] for one in results(staff, "attempts/")} == {worked.username}
    assert staff.get(f"{ROOT}/attempts/{own}/").status_code == 200
    refused = staff.get(f"{ROOT}/attempts/{own}/states/")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    hidden, absent = (staff.get(f"{ROOT}/attempts/{uuid}/") for uuid in (foreign, uuid4()))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json()["detail"].replace(str(foreign), "") == "There is no attempt ."
    for path in (f"attempts/?course_id={LOOKALIKE}", f"attempts/?course_id={LOOKALIKE}3"):
        assert staff.get(f"{ROOT}/{path}").status_code == 403
    researcher = client_as("data_researcher")
    assert len(results(researcher, f"attempts/{own}/states/")) == 4
    assert researcher.get(f"{ROOT}/attempts/{foreign}/states/").status_code == 404
    assert client_as("beta_testers").get(f"{ROOT}/attempts/").status_code == 403


def test_nobody_learns_whether_a_learner_exists_whom_she_may_not_see(client_as: Any, worked: Any) -> None:
    """Somebody elsewhere and somebody who is nowhere get the same answer, but for the name."""
    staff = client_as("instructor")
    enrolled(LOOKALIKE, username="elsewhere")
    UserFactory(username="unenrolled")
    for path in ("learners/{}/", "attempts/?learner={}", "operations/?learner={}"):
        answers = {}
        for name in ("elsewhere", "unenrolled", "nowhere", "elsewhere@example.com"):
            answer = staff.get(f"{ROOT}/{path.format(name)}")
            answers[name] = (answer.status_code, answer.json()["detail"].replace(name, "X"), answer.json()["code"])
        assert len(set(answers.values())) == 1, (path, answers)
        assert answers["nowhere"][0] == 404
        assert staff.get(f"{ROOT}/{path.format(worked.username)}").status_code == 200


def test_addresses_of_mail_are_for_staff_of_the_site(client: APIClient, client_as: Any, worked: Any) -> None:
    """A course team sees the name."""
    assert client.get(f"{ROOT}/learners/{worked.username}/").json()["email"] == worked.email
    assert client_as("staff").get(f"{ROOT}/learners/{worked.username}/").json()["email"] is None


def test_a_role_in_an_organisation_reaches_its_courses(worked: Any, reset: Any) -> None:
    """And no others."""
    elsewhere = api.course_key("course-v1:Other+Course+Run")
    stranger = enrolled(elsewhere)
    reset(stranger, elsewhere)
    holder = UserFactory()
    CourseAccessRole.objects.create(user=holder, role="staff", org="Org")
    client = APIClient()
    client.force_authenticate(holder)
    assert {one["learner"] for one in results(client, "attempts/")} == {worked.username}
