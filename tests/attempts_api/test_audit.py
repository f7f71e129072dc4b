"""The log of who looked at which learner."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from rest_framework.test import APIClient

from attempts import api
from tests.attempts_api.conftest import ROOT, client_of, post
from tests.factories import COURSE, StateFactory, UserFactory

pytestmark = pytest.mark.django_db
SECRET = "what she answered"


@pytest.fixture
def worked(learner: Any, reset: Any) -> Any:
    """A learner with answers, reset with a comment."""
    StateFactory(student=learner, state=f'{{"answer": "{SECRET}"}}')
    reset(learner, comment=SECRET)
    return learner


def looks(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return what was logged, by attribute."""
    prefix = "attempts_"
    return [
        {name.removeprefix(prefix): value for name, value in vars(record).items() if name.startswith(prefix)}
        for record in caplog.records
        if record.name == "attempts.audit"
    ]


def test_every_look_of_staff_at_a_learner_is_logged(
    client: APIClient, worked: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Who, by which role, through what, at whom, in which course; ids, and neither names nor answers."""
    caplog.set_level(logging.INFO, "attempts.audit")
    client.credentials(HTTP_X_REQUEST_ID="request-1")
    attempt = api.attempts(worked, COURSE)[0]
    operation = api.courses(worked)[0].last_operation.uuid
    learner, course = {"learner": worked.pk}, {"course_id": COURSE}
    one = {**learner, **course, "attempt": 1}
    expected = {
        f"learners/{worked.username}/": ("learner", "site staff", learner),
        f"attempts/?course_id={COURSE}": ("attempts", "site staff", {"learners": str(worked.pk), **course}),
        f"attempts/{attempt.uuid}/": ("attempt", "is_staff", one),
        f"attempts/{attempt.uuid}/states/": ("states", "is_staff", one),
        f"attempts/{attempt.uuid}/grades/": ("grades", "is_staff", one),
        f"attempts/{attempt.uuid}/completion/": ("completion", "is_staff", one),
        "operations/": ("operations", "site staff", {"learners": str(worked.pk)}),
        f"operations/{operation}/": ("operation", "site staff", {**learner, **course}),
    }
    for path in expected:
        assert client.get(f"{ROOT}/{path}").status_code == 200
    post(client, "operations/preview/", kind="reset", learner=worked.username, course_id=str(COURSE))
    client.get(f"/support/course_reset/{worked.username}")
    common = {"actor": client.user.pk, "client": "forced", "request_id": "request-1"}
    assert looks(caplog) == [
        *({"resource": resource, "role": role, **common, **about} for resource, role, about in expected.values()),
        {"resource": "preview", "role": "is_staff", **common, **learner, **course},
        {"resource": "course_reset", "role": "is_staff", **common, **learner},
    ]
    text = caplog.text
    assert f"attempts.read resource=states actor={client.user.pk} role=is_staff" in text
    for hidden in (SECRET, worked.username, worked.email, client.user.username):
        assert hidden not in text


def test_who_is_refused_has_not_looked(client_as: Any, worked: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Nor has a learner who looks at her own."""
    caplog.set_level(logging.INFO, "attempts.audit")
    attempt = api.attempts(worked, COURSE)[0].uuid
    for client in (client_as("staff"), client_of(worked), client_of(UserFactory())):
        assert client.get(f"{ROOT}/attempts/{attempt}/states/").status_code == 403
    assert client_of(worked).get(f"{ROOT}/me/attempts/").status_code == 200
    assert looks(caplog) == []


def test_a_role_of_two_words_is_quoted_in_the_line(
    client_as: Any, worked: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """So that a program can take the line apart."""
    caplog.set_level(logging.INFO, "attempts.audit")
    attempt = api.attempts(worked, COURSE)[0].uuid
    client_as("data_researcher").get(f"{ROOT}/attempts/{attempt}/states/")
    assert 'role="data_researcher of the course"' in caplog.text
