"""Whoever has all rights in Django admin, and wants the history to be another."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.sites import site
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from attempts import api
from attempts.models import AttemptContext, AttemptOperation, FollowUp, LearnerCourse, ResetPolicy
from tests.factories import COURSE

pytestmark = pytest.mark.django_db
OURS = [model for model in site._registry if model._meta.app_label == "attempts"]
KEPT = [model for model in OURS if model is not ResetPolicy]
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def superuser() -> Client:
    """Somebody with all rights, by the pages of Django admin."""
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("root"))
    return client


@pytest.fixture(autouse=True)
def history(learner: Any, reset: Any) -> None:
    """A reset, with a comment that is a script, and a change of the policy."""
    api.change_policy({"max_resets": 3}, changed_by=None)
    reset(learner, comment=SCRIPT)


def page(model: Any, view: str, *args: Any) -> str:
    """The address of a page about a model."""
    return reverse(f"admin:attempts_{model._meta.model_name}_{view}", args=args)


def everything() -> dict[str, list[Any]]:
    """All rows, and all rows of histories."""
    found = {}
    for model in OURS:
        found[model.__name__] = list(model.objects.order_by("pk").values_list())
        if hasattr(model, "history"):
            found[f"history of {model.__name__}"] = list(model.history.order_by("pk").values_list())
    return found


def test_models_are_there_to_be_attacked() -> None:
    """Or what follows proves nothing."""
    assert {LearnerCourse, AttemptContext, AttemptOperation, FollowUp} <= set(KEPT)
    assert all(model.objects.exists() for model in (LearnerCourse, AttemptContext, AttemptOperation, ResetPolicy))


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_nothing_is_deleted(superuser: Client, model: Any) -> None:
    """By page, by action, by an action that is not offered."""
    row, before = model.objects.first(), everything()
    if row is not None:
        assert superuser.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    words = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [row.pk if row else 1], "post": "yes"}
    superuser.post(page(model, "changelist"), words)
    assert b"delete_selected" not in superuser.get(page(model, "changelist")).content
    assert everything() == before


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
def test_nothing_that_operations_write_is_changed_or_added(superuser: Client, model: Any) -> None:
    """Whatever is sent."""
    row, before = model.objects.first(), everything()
    words = {"number": 9, "status": "failed", "comment": "another", "active_number": 1, "_save": "Save"}
    assert superuser.post(page(model, "add"), words).status_code == 403
    if row is not None:
        assert superuser.post(page(model, "change", row.pk), words).status_code == 403
        assert superuser.post(page(model, "changelist"), {"form-0-id": row.pk, "_save": "Save"}).status_code in (
            200,
            403,
        )
    assert everything() == before


def reverted(client: Client, row: Any, **changes: Any) -> int:
    """Send the form of an old version as it would be sent, changed; the status."""
    address = page(type(row), "simple_history", row.pk, row.history.last().pk)
    shown = client.get(address)
    assert shown.status_code == 200
    form = shown.context["adminform"].form
    known = {name: "" if value is None else value for name, value in form.initial.items()}
    for name in [name for name in known if hasattr(known[name], "isoformat")]:
        moment = known.pop(name)
        known |= {f"{name}_0": f"{moment:%Y-%m-%d}", f"{name}_1": f"{moment:%H:%M:%S}"}
    return client.post(address, {**known, **changes, "_save": "Revert"}).status_code


def test_an_attempt_is_not_reverted_to_what_it_was(superuser: Client) -> None:
    """The library shows no button for that, and takes the form all the same."""
    context, before = AttemptContext.objects.order_by("number").first(), everything()
    words = {"percent_grade": "1.0", "passed": "true", "completion_ratio": "1.0", "rows": '{"a": 1}'}
    assert reverted(superuser, context, **words) == 403
    assert everything() == before


def test_who_may_only_look_does_not_change_a_policy_by_its_history() -> None:
    """Nor an attempt. Who may change policies may go back to what one was, and it says who did."""
    policy, before = ResetPolicy.objects.first(), everything()
    viewer = get_user_model().objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(
        Permission.objects.filter(content_type__app_label="attempts", codename__startswith="view")
    )
    client = Client()
    client.force_login(viewer)
    assert reverted(client, policy, resets_limited=True, max_resets=99) == 403
    assert reverted(client, AttemptContext.objects.first(), number=9) == 403
    assert everything() == before
    viewer.user_permissions.add(Permission.objects.get(codename="change_resetpolicy"))
    assert reverted(client, policy, resets_limited=True, max_resets=99) == 302
    newest = policy.history.latest()
    assert (newest.max_resets, newest.history_user.username, newest.client) == (99, "viewer", "django admin")


def test_a_learner_is_not_deleted_with_her_history(superuser: Client, learner: Any) -> None:
    """The page of the user says what protects her."""
    before = everything()
    address = reverse("admin:auth_user_delete", args=[learner.pk])
    assert superuser.post(address, {"post": "yes"}).status_code == 200
    words = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [learner.pk], "post": "yes"}
    superuser.post(reverse("admin:auth_user_changelist"), words)
    assert get_user_model().objects.filter(pk=learner.pk).exists()
    assert everything() == before


def test_a_policy_s_change_says_who_made_it(superuser: Client) -> None:
    """Whatever the form is made to say of role and client."""
    row = ResetPolicy.objects.first()
    form = superuser.get(page(ResetPolicy, "change", row.pk)).context["adminform"].form
    words = {name: "" if value is None else value for name, value in form.initial.items()}
    forged = {
        "role": "support",
        "client": "lms",
        "request_id": "forged",
        "history_user": 1,
        "from_course_settings": "[]",
    }
    superuser.post(page(ResetPolicy, "change", row.pk), {**words, "max_resets": 8, **forged})
    row.refresh_from_db()
    newest = row.history.latest()
    assert row.max_resets == 8
    assert (newest.role, newest.client, newest.request_id) == ("django admin", "django admin", "")
    assert newest.history_user.username == "root"


def test_a_script_in_a_comment_is_text(superuser: Client, learner: Any) -> None:
    """So is one in a name."""
    learner.first_name = SCRIPT
    learner.save()
    operation = AttemptOperation.objects.get()
    context = AttemptContext.objects.first()
    pages = [page(model, "changelist") for model in OURS]
    pages += [page(AttemptOperation, "change", operation.pk), page(AttemptContext, "history", context.pk)]
    contents = [superuser.get(address).content.decode() for address in pages]
    assert not any(SCRIPT in content for content in contents)
    assert any("&lt;script&gt;alert(1)" in content for content in contents)


def test_searches_find_what_is_there(superuser: Client) -> None:
    """Wildcards are letters, and what is no word finds nothing."""

    def found(model: Any, text: str) -> int:
        answer = superuser.get(page(model, "changelist"), {"q": text}, follow=True)
        assert answer.status_code == 200
        return len(answer.context["cl"].result_list) if "q=" in answer.request["QUERY_STRING"] else 0

    for model in (LearnerCourse, AttemptContext, AttemptOperation):
        assert found(model, COURSE.course) > 0
        for text in ("%", "C_urse", "C%e", "\\", "x" * 5000, "' OR 1=1 --"):
            assert found(model, text) == 0, (model, text)
    assert superuser.get(page(AttemptOperation, "changelist"), {"q": "a\x00b"}).status_code == 200
