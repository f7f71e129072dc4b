"""What we hold on people: taken out for them, and blanked when they are forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.django.models import OpaqueKeyField

from attempts import api
from attempts.data import Provenance
from attempts.exceptions import NotInStudio
from attempts.models import AttemptContext, AttemptOperation, FollowUp, ResetPolicy
from attempts.privacy import HOLDINGS, Holding
from sandbox.user_api.signals import USER_RETIRE_LMS_MISC
from tests.factories import COURSE, LOOKALIKE, StateFactory, UserFactory, enrolled
from tests.processes import ROOT

pytestmark = pytest.mark.django_db
#: What nobody but these people wrote: it must be gone, or must be theirs.
ABOUT_AMIRA, BY_SAM, BY_BOTH = "Amira Haddad was ill", "regards, Sam Support", "Sam on Amira"


@pytest.fixture
def people(learner: Any, run: Callable[..., Any], settings: Any) -> tuple[Any, Any, Any]:
    """Amira, reset by Sam; Sam, reset by herself, and by Ola; Sam changed policies. Each wrote something."""
    settings.ATTEMPTS_FOLLOW_UPS = ["tests.attempts.test_follow_ups.FIRST"]
    sam, ola = enrolled(COURSE), UserFactory(username="ola")

    def ask(who: Any, by: Any, text: str, course_key: Any = COURSE) -> Any:
        came = Provenance("support", "jwt", f"request of {by.pk}" if by else "")
        words = {"requested_by": by, "comment": text, "idempotency_key": text, "provenance": came}
        return run(api.request_reset(who, course_key, **words))

    ask(learner, sam, BY_BOTH)
    ask(learner, None, ABOUT_AMIRA)
    ask(sam, sam, BY_SAM)
    ask(sam, ola, "Ola on Sam")
    ask(enrolled(LOOKALIKE), ola, "Ola on somebody", LOOKALIKE)
    AttemptOperation.objects.update(error="quoted")
    FollowUp.objects.update(error="quoted")
    api.change_policy({"active": True}, changed_by=ola, org="Ola", provenance=Provenance(request_id="olas"))
    api.change_policy({"active": True}, changed_by=sam, org="Org", provenance=Provenance(request_id="sams"))
    api.change_policy({"max_resets": 7}, changed_by=ola, org="Org", provenance=Provenance(request_id="olas"))
    api.change_policy(
        {"active": True}, changed_by=sam, course_key=COURSE, provenance=Provenance(request_id="sams last")
    )
    ResetPolicy.history.update(history_change_reason="because I said so")
    return learner, sam, ola


def everything() -> str:
    """All our tables as one text."""
    rows = [
        list(model._default_manager.order_by("pk").values()) for model in apps.get_app_config("attempts").get_models()
    ]
    return json.dumps(rows, default=str)


def texts_of(operation: AttemptOperation) -> tuple[Any, ...]:
    """The texts that people wrote."""
    return (operation.comment, operation.error, operation.idempotency_key, operation.request_id)


def test_of_a_learner_what_was_written_about_her_is_blanked(people: tuple[Any, ...]) -> None:
    """By whomever; what was done, by which right and when, stays, and so does everybody else's."""
    amira, sam, _ola = people
    before = list(AttemptOperation.objects.exclude(learner=amira).order_by("pk").values())
    count = {model: model._default_manager.count() for model in apps.get_app_config("attempts").get_models()}
    assert api.retire(amira) == {"attempts_attemptoperation": 2, "attempts_followup": 2}
    for operation in AttemptOperation.objects.filter(learner=amira):
        assert (operation.comment, operation.error, operation.idempotency_key) == ("", "", None)
        assert (operation.role, operation.client, operation.status) == ("support", "jwt", "complete")
    assert AttemptOperation.objects.get(learner=amira, requested_by=sam).request_id == f"request of {sam.pk}"
    assert list(AttemptOperation.objects.exclude(learner=amira).order_by("pk").values()) == before
    assert FollowUp.objects.filter(error="quoted").count() == FollowUp.objects.count() - 2 > 0
    assert {model: model._default_manager.count() for model in count} == count
    left = everything()
    assert ABOUT_AMIRA not in left
    assert BY_BOTH not in left
    assert BY_SAM in left
    assert AttemptContext.history.filter(history_change_reason__startswith="reset ").exists()


def test_of_somebody_who_asked_what_she_wrote_is_blanked(people: tuple[Any, ...]) -> None:
    """About whomever, with what leads to her in the host's logs; as a learner, what others wrote about her."""
    amira, sam, ola = people
    changed = api.retire(sam.username)
    assert changed == {
        "attempts_attemptoperation": 3,
        "attempts_followup": 2,
        "attempts_resetpolicy": 1,
        "attempts_historicalresetpolicy": 2,
    }
    assert texts_of(AttemptOperation.objects.get(learner=amira, requested_by=sam)) == ("", "", None, "")
    assert texts_of(AttemptOperation.objects.get(learner=sam, requested_by=sam)) == ("", "", None, "")
    assert texts_of(AttemptOperation.objects.get(learner=sam, requested_by=ola)) == (
        "",
        "",
        None,
        f"request of {ola.pk}",
    )
    assert AttemptOperation.objects.get(learner=amira, requested_by=None).comment == ABOUT_AMIRA
    kept = ResetPolicy.history.exclude(history_user=sam).values_list("request_id", flat=True)
    assert {"olas"} < set(kept)
    assert api.own_policy(course_key=COURSE).values == {"active": True}
    left = everything()
    for text in (BY_BOTH, BY_SAM, "Ola on Sam", "sams", f"request of {sam.pk}"):
        assert text not in left
    for text in (ABOUT_AMIRA, "Ola on somebody", "olas"):
        assert text in left


def test_forgetting_again_changes_nothing(people: tuple[Any, ...]) -> None:
    """The pipeline repeats its steps."""
    for person in people:
        assert api.retire(person)
    before = everything()
    for person in people:
        assert api.retire(person) == {}
    assert everything() == before


def test_it_is_quick(people: tuple[Any, ...]) -> None:
    """As many statements for many rows as for few, and none that reads more of a row than its primary key."""
    _amira, sam, _ola = people
    api.retire(sam)
    captured = []
    for rows in (1, 5):
        for _ in range(rows):
            words = {"status": "failed", "in_flight": None, "comment": "x"}
            AttemptOperation.objects.create(kind="reset", learner=sam, requested_by=sam, course_key=COURSE, **words)
        with CaptureQueriesContext(connection) as queries:
            api.retire(sam)
        captured.append(list(queries))
    few, many = captured
    assert len(many) == len(few) <= 22
    reads = [query["sql"] for query in many if query["sql"].startswith("SELECT")]
    assert reads
    assert not [sql for sql in reads if "," in sql.partition(" FROM ")[0]]


def test_the_hosts_signal_brings_it_about(people: tuple[Any, ...]) -> None:
    """Behaviour 6. In the pipeline's order: the account has another name by then."""
    amira = people[0]
    call_command("retire_account", amira.username, stdout=StringIO())
    assert ABOUT_AMIRA not in everything()
    assert get_user_model().objects.get(pk=amira.pk).username.startswith("retired__user_")
    assert api.attempts(api.user(get_user_model().objects.get(pk=amira.pk).username), COURSE)


def test_a_failure_fails_the_step_of_the_pipeline(people: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing half done, so that it is repeated as a whole."""
    before = everything()
    broken = (*HOLDINGS, Holding(AttemptOperation, about=lambda user_id: 1 / 0, blanked={"comment": ""}))
    monkeypatch.setattr("attempts.privacy.retirement.HOLDINGS", broken)
    with pytest.raises(ZeroDivisionError):
        USER_RETIRE_LMS_MISC.send(sender=None, user=people[0])
    assert everything() == before


def test_a_retired_learner_can_be_switched_back(people: tuple[Any, ...], undo: Any) -> None:
    """The record of what was done is whole."""
    amira = people[0]
    api.retire(amira)
    assert undo(amira).status == "complete"
    assert list(api.verify(amira)) == []


def rows_of(person: Any, **words: Any) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The rows on a person by table and capacity."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in api.personal_data(person, **words).rows:
        found.setdefault((row.table, row.capacity), []).append(dict(row.values))
    return found


def test_a_person_gets_all_that_is_held_on_her(people: tuple[Any, ...]) -> None:
    """As a learner and as somebody who asked; other people are not named."""
    sam = people[1]
    found = rows_of(sam)
    assert {place: len(rows) for place, rows in found.items()} == {
        ("attempts_learnercourse", "learner"): 1,
        ("attempts_attemptcontext", "learner"): 3,
        ("attempts_historicalattemptcontext", "learner"): 4,
        ("attempts_historicalattemptcontext", "actor"): 2,
        ("attempts_attemptoperation", "learner"): 2,
        ("attempts_attemptoperation", "actor"): 1,
        ("attempts_followup", "learner"): 2,
        ("attempts_keptvalues", "learner"): 18,
        ("attempts_resetpolicy", "actor"): 1,
        ("attempts_historicalresetpolicy", "actor"): 2,
    }
    own, by_ola = found["attempts_attemptoperation", "learner"]
    assert (own["learner"], own["requested_by"], own["comment"]) == ("self", "self", BY_SAM)
    assert (by_ola["learner"], by_ola["requested_by"], by_ola["comment"]) == ("self", "somebody else", "Ola on Sam")
    (for_amira,) = found["attempts_attemptoperation", "actor"]
    assert (for_amira["learner"], for_amira["requested_by"], for_amira["comment"]) == ("somebody else", "self", BY_BOTH)
    assert not {"from_attempt", "to_attempt", "error", "rows"} & set(for_amira)
    assert rows_of(UserFactory()) == {}


def test_the_work_of_every_attempt_can_be_taken_along(people: tuple[Any, ...], reset: Any) -> None:
    """It lies in the host's tables, under keys that nobody else reads."""
    amira = people[0]
    StateFactory(student=amira, state='{"input_state": {"q": "my answer"}}')
    reset(amira)
    assert api.personal_data(amira).work is None
    work = api.personal_data(amira, with_work=True).work
    assert [one.attempt.number for one in work] == [1, 2, 3, 4]
    assert [[state.state for state in one.states] for one in work] == [
        [],
        [],
        [{"input_state": {"q": "my answer"}}],
        [],
    ]


def test_work_is_not_to_be_had_in_studio(people: tuple[Any, ...], settings: Any) -> None:
    """Half of it would pass for all."""
    settings.ATTEMPTS_SERVICE = "studio"
    assert api.personal_data(people[0]).rows
    with pytest.raises(NotInStudio):
        api.personal_data(people[0], with_work=True)


def attempts_command(*words: str) -> str:
    """Run the command and return what it said."""
    out = StringIO()
    call_command("attempts", *words, stdout=out)
    return out.getvalue()


def test_the_shell(people: tuple[Any, ...]) -> None:
    """Text for people, JSON to hand out."""
    amira = people[0]
    said = attempts_command("personal-data", amira.email, "--with-work")
    assert ABOUT_AMIRA in said
    assert "attempt 1 at course-v1:Org+Course+Run: 0 states" in said
    data = json.loads(attempts_command("personal-data", amira.username, "--format", "json", "--with-work"))
    assert ABOUT_AMIRA in json.dumps(data["rows"])
    assert {row["values"]["course_key"] for row in data["rows"] if "course_key" in row["values"]} == {str(COURSE)}
    assert len(data["work"]) == 3
    assert "attempts_attemptoperation: 2 rows blanked" in attempts_command("retire", "--no-input", amira.username)
    assert "nothing to blank" in attempts_command("retire", "--no-input", amira.username)
    assert json.loads(attempts_command("retire", "--no-input", amira.username, "--format", "json")) == {}
    assert "Nothing is held." in attempts_command("personal-data", UserFactory().username)
    for name in ("personal-data", "retire"):
        with pytest.raises(CommandError, match="learner_not_found") as caught:
            attempts_command(name, "nobody")
        assert caught.value.returncode == 2


# What a new model or column has to say before these tests pass is said in attempts/privacy/holdings.py.

OURS = list(apps.get_app_config("attempts").get_models())
TEXTS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    models.GenericIPAddressField,
)
HELD = {holding.model: holding for holding in HOLDINGS}


def is_text(column: models.Field) -> bool:
    """Tell whether somebody can have written something into a column: not into a key, nor by choosing."""
    return isinstance(column, TEXTS) and not isinstance(column, OpaqueKeyField) and not column.choices


def test_every_model_is_declared_once() -> None:
    """Add yours to HOLDINGS."""
    assert len(HELD) == len(HOLDINGS)
    assert {model._meta.label for model in HELD} == {model._meta.label for model in OURS}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_every_column_is_declared(model: type[models.Model]) -> None:
    """Texts are blanked or kept for a reason; users are named; a row with a learner is about her."""
    holding, columns = HELD[model], model._meta.concrete_fields
    blanked = {**holding.blanked, **holding.blanked_for_actor}
    assert {column.name for column in columns if is_text(column)} == {*blanked, *holding.kept}
    assert not set(blanked) & set(holding.kept)
    assert all(holding.kept.values())
    users = {column.name for column in columns if column.related_model is get_user_model()}
    assert users == set(holding.users)
    assert set(holding.about_learner) <= {column.name for column in columns}
    about = {"learner", "user", "learner_course", "operation", "context"} & {column.name for column in columns}
    assert bool(holding.about) == bool(about)
    assert bool(holding.done_by) >= bool({"history_user", "requested_by"} & {column.name for column in columns})
    for name, blank in blanked.items():
        column = model._meta.get_field(name)
        assert column.null if blank is None else blank == "", "a blank has to fit its column"


def annotations(model: type[models.Model]) -> str:
    """What the annotations of a model say; the library's history tables have theirs in a list."""
    listed = yaml.safe_load((ROOT / ".annotation_safe_list.yml").read_text()).get(model._meta.label)
    return "\n".join(f"{name} {value}" for name, value in listed.items()) if listed else model.__doc__ or ""


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_the_annotations_say_the_same(model: type[models.Model]) -> None:
    """What is blanked is personal and retired by us; what is not personal is not blanked."""
    holding, said = HELD[model], annotations(model)
    retirement = re.search(r"\.\. pii_retirement: ?:? *(\w+)", said)
    if holding.blanked or holding.blanked_for_actor:
        assert retirement is not None
        assert retirement[1] == "local_api"
    else:
        assert ".. no_pii:" in said or (retirement is not None and retirement[1] == "retained")
