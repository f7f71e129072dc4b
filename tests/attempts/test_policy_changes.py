"""Changing policies: by the API, from the shell, in Django admin."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from attempts import api
from attempts.data import INHERIT
from attempts.exceptions import InvalidCourseKey, InvalidPolicy, PolicyChanged, PolicyLocked
from attempts.models import ResetPolicy
from attempts.policies import POLICY_FIELDS
from tests.factories import COURSE, UserFactory

pytestmark = pytest.mark.django_db


def test_a_change_is_in_force_and_remembered() -> None:
    """With who made it; a field set to inherit is the wider policy's again."""
    admin = UserFactory()
    api.change_policy({"active": True, "max_resets": 2}, changed_by=admin, course_key=COURSE)
    assert (api.effective_policy(COURSE).active, api.effective_policy(COURSE).max_resets) == (True, 2)
    changed = api.change_policy({"max_resets": None, "certificates": "keep"}, changed_by=None, course_key=str(COURSE))
    assert changed.values == {"active": True, "max_resets": None, "certificates": "keep"}
    assert api.effective_policy(COURSE).max_resets is None
    api.change_policy({"active": INHERIT, "max_resets": INHERIT}, changed_by=None, course_key=COURSE)
    assert (api.effective_policy(COURSE).active, api.effective_policy(COURSE).max_resets) == (False, 1)
    assert api.own_policy(course_key=COURSE).values == {"certificates": "keep"}
    assert [record.history_user for record in ResetPolicy.history.order_by("history_id")] == [admin, None, None]


def test_what_somebody_else_has_decided_since_is_not_overwritten() -> None:
    """Fields that the caller does not change are no matter, and who decides the same changes nothing."""
    shown = api.own_policy(course_key=COURSE)
    where: dict[str, Any] = {"changed_by": None, "course_key": COURSE}
    api.change_policy({"active": True, "max_resets": 2}, locked=["active"], **where)
    with pytest.raises(PolicyChanged, match="max_resets meanwhile"):
        api.change_policy({"max_resets": 3, "pacing": "any"}, shown=shown, **where)
    with pytest.raises(PolicyChanged, match="locked meanwhile"):
        api.change_policy({"pacing": "any"}, locked=["pacing"], shown=shown, **where)
    assert api.own_policy(course_key=COURSE).values == {"active": True, "max_resets": 2}
    api.change_policy({"max_resets": 2}, locked=["active"], shown=shown, **where)
    assert ResetPolicy.history.count() == 1
    api.change_policy({"pacing": "any"}, shown=shown, **where)
    assert api.own_policy(course_key=COURSE).values == {"active": True, "max_resets": 2, "pacing": "any"}


def test_what_would_hold_if_a_policy_decided_nothing() -> None:
    """Of a course, an organisation, and the instance."""
    for number, where in enumerate(({}, {"org": "Org"}, {"course_key": COURSE})):
        api.change_policy(
            {"max_resets": number + 5}, locked=["pacing"] if not where else None, changed_by=None, **where
        )
    found = [api.wider_policy(**where) for where in ({}, {"org": "Org"}, {"course_key": COURSE})]
    assert [(one.max_resets, one.origins["max_resets"], one.locks.get("pacing")) for one in found] == [
        (1, "default", None),
        (5, "instance", "instance"),
        (6, "org", "instance"),
    ]


def test_each_scope_has_a_policy_of_its_own() -> None:
    """Instance, organisation, course."""
    for where in ({}, {"org": "Org"}, {"course_key": COURSE}):
        assert api.own_policy(**where).values == {}
        api.change_policy({"active": True}, changed_by=None, **where)
    found = [api.own_policy(**where) for where in ({}, {"org": "Org"}, {"course_key": COURSE})]
    assert [(one.scope, one.org, one.course_key) for one in found] == [
        ("instance", "", ""),
        ("org", "Org", ""),
        ("course", "", str(COURSE)),
    ]
    assert ResetPolicy.objects.count() == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"nonsense": True},
        {"active": 1},
        {"active": None},
        {"active": "yes"},
        {"max_resets": -1},
        {"max_resets": True},
        {"max_resets": 2**31},
        {"max_resets": "many"},
        {"certificates": "burn"},
        {"active": True, "certificates": None},
    ],
)
def test_wrong_values_change_nothing(changes: dict[str, Any]) -> None:
    """Naming the field and what it may be."""
    with pytest.raises(InvalidPolicy, match=next(reversed(changes))):
        api.change_policy(changes, changed_by=None)
    assert not ResetPolicy.objects.exists()


def test_wrong_scopes_are_refused() -> None:
    """Two at once, an impossible organisation, an attempt's key."""
    with pytest.raises(InvalidPolicy):
        api.change_policy({"active": True}, changed_by=None, org="Org", course_key=COURSE)
    with pytest.raises(InvalidPolicy):
        api.own_policy(org="x" * 256)
    with pytest.raises(InvalidPolicy):
        api.change_policy({"active": True}, changed_by=None, course_key=f"course-v1:O+C+{'x' * 255}")
    with pytest.raises(InvalidCourseKey):
        api.own_policy(course_key="attempt-v1:Org+Course+Run+attempt@1")


def policy_command(*words: str) -> str:
    """Run the command and return what it said."""
    out = StringIO()
    call_command("attempts", "policy", *words, stdout=out)
    return out.getvalue()


def test_the_shell_shows_and_changes() -> None:
    """Words for values; the effective policy of a course says where each comes from."""
    assert "decides nothing itself" in policy_command("--org", "Org")
    policy_command("--org", "Org", "--set", "active=true", "--set", "max_resets=unlimited")
    policy_command("--course", str(COURSE), "--set", "max_resets=3", "--set", "require_started=False")
    lines = [line.split() for line in policy_command("--course", str(COURSE)).splitlines()]
    assert ["active", "true", "org"] in lines
    assert ["max_resets", "3", "course"] in lines
    assert ["require_started", "false", "course"] in lines
    policy_command("--course", str(COURSE), "--set", "max_resets=inherit")
    shown = json.loads(policy_command("--course", str(COURSE), "--format", "json"))
    assert (shown["max_resets"], shown["origins"]["max_resets"]) == (None, "org")


def test_the_shell_locks_and_unlocks() -> None:
    """A wider policy decides for all, until it lets go."""
    said = policy_command("--org", "Org", "--set", "max_resets=2", "--lock", "max_resets", "--lock", "active")
    assert "locked: active, max_resets" in said
    lines = [line.split() for line in policy_command("--course", str(COURSE)).splitlines()]
    assert ["max_resets", "2", "org", "org"] in lines
    with pytest.raises(CommandError, match="The policy of the organisation Org locks max_resets") as caught:
        policy_command("--course", str(COURSE), "--set", "max_resets=3")
    assert caught.value.returncode == 1
    assert "locked: active\n" in policy_command("--org", "Org", "--unlock", "max_resets")
    policy_command("--course", str(COURSE), "--set", "max_resets=3")
    assert api.effective_policy(COURSE).max_resets == 3
    with pytest.raises(CommandError, match="no field 'nonsense'"):
        policy_command("--lock", "nonsense")


def test_locks_hold_for_what_was_decided_before() -> None:
    """And a policy may always stop deciding, or lock for those below it."""
    api.change_policy({"max_resets": 5}, changed_by=None, course_key=COURSE)
    api.change_policy({"max_resets": 1}, changed_by=None, locked=["max_resets"])
    policy = api.effective_policy(COURSE)
    assert (policy.max_resets, policy.origins["max_resets"], policy.locks["max_resets"]) == (1, "instance", "instance")
    with pytest.raises(PolicyLocked, match="instance"):
        api.change_policy({"max_resets": 2}, changed_by=None, org="Org")
    with pytest.raises(PolicyLocked):
        api.change_policy({}, changed_by=None, org="Org", locked=["max_resets"])
    api.change_policy({"max_resets": INHERIT, "active": True}, changed_by=None, course_key=COURSE)
    assert api.own_policy(course_key=COURSE).values == {"active": True}
    api.change_policy({"max_resets": 2}, changed_by=None)
    assert api.effective_policy(COURSE).max_resets == 2


def test_the_fields_of_a_policy_are_those_of_its_row() -> None:
    """What the effective policy knows, the row can hold and lock."""
    assert set(ResetPolicy.decided_fields()) == set(POLICY_FIELDS)


@pytest.mark.parametrize(
    "word", ["active", "active=maybe", "nonsense=true", "max_resets=-1", f"max_resets={'9' * 5000}"]
)
def test_the_shell_refuses_wrong_words(word: str) -> None:
    """Exit code 2."""
    with pytest.raises(CommandError) as caught:
        policy_command("--set", word)
    assert caught.value.returncode == 2


def test_django_admin_changes_policies_and_deletes_nothing(learner: Any, reset: Any) -> None:
    """Everything else is there to be read."""
    reset(learner)
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    models = ("resetpolicy", "learnercourse", "attemptcontext", "attemptoperation")
    for name in models:
        listed = client.get(f"/admin/attempts/{name}/")
        assert listed.status_code == 200
        assert b"delete_selected" not in listed.content
        assert client.get(f"/admin/attempts/{name}/add/").status_code == (200 if name == "resetpolicy" else 403)
    policy = ResetPolicy.objects.get()
    assert client.get(f"/admin/attempts/resetpolicy/{policy.pk}/change/").status_code == 200
    wrong = client.post("/admin/attempts/resetpolicy/add/", {"course_key": "attempt-v1:Org+Course+Run+attempt@1"})
    assert b"is not the key of a course" in wrong.content
    unlockable = client.post("/admin/attempts/resetpolicy/add/", {"org": "O", "locked": '["course_key"]'})
    assert b"A list of names is due" in unlockable.content
    policy.role, policy.client, policy.request_id = "support", "jwt", "r-1"
    policy.save()
    saved = client.post(f"/admin/attempts/resetpolicy/{policy.pk}/change/", {"locked": '["active"]', "active": "true"})
    assert saved.status_code == 302
    newest = ResetPolicy.history.latest("history_id")
    assert (newest.locked, newest.client, newest.request_id) == (["active"], "django admin", "")
    assert client.post(f"/admin/attempts/resetpolicy/{policy.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"/admin/attempts/resetpolicy/{policy.pk}/history/").status_code == 200
