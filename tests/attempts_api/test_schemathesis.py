"""What the schema says and what the API does, held against each other by schemathesis, as each role.

``SCHEMATHESIS_EXAMPLES`` says how many random requests there are of each operation, and how many chains of requests;
if it is there, every role tries every edge of the schema too.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import random
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given
from opaque_keys.edx.keys import CourseKey
from schemathesis.checks import CheckContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.generation.meta import REQUEST_SHAPE_PROBES, coverage_scenario
from schemathesis.generation.stateful import run_state_machine_as_test
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection
from werkzeug.test import Client

from attempts import api
from attempts.models import AttemptContext, AttemptOperation
from attempts.operations import execute
from attempts_api.v1 import examples
from attempts_api.v1.error_codes import ERROR_CODES
from attempts_api.v1.serializers.fields import ID_PATTERN
from attempts_api.v1.views.schema import SCHEMA_FILE
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.conftest import ROOT
from tests.factories import enrolled
from tests.work import work

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

COURSE = CourseKey.from_string(examples.COURSE)
ELSEWHERE = CourseKey.from_string(f"{examples.COURSE}2")
THOROUGH = "SCHEMATHESIS_EXAMPLES" in os.environ
#: PostgreSQL, which takes texts and numbers most strictly, sees all that support is tried with, the others a quarter.
STRICTEST = connection.vendor == "postgresql"
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "3"))
STEPS = 6
#: Accounts, and which role they hold: on the whole site, in the course, or none.
ROLES: dict[str, dict[str, Any]] = {
    "support": {"role": "support"},
    "instructor": {"role": "instructor", "org": COURSE.org, "course_id": COURSE},
    "staff": {"role": "staff", "org": COURSE.org, "course_id": COURSE},
    "data_researcher": {"role": "data_researcher", "org": COURSE.org, "course_id": COURSE},
    examples.LEARNER_NAME: {},
    "nobody": {},
}
#: Why words that fit the schema are refused with 400 all the same: what they name is not there, or not here.
NOT_FOR_A_SCHEMA = {"invalid_cursor", "invalid_block_key", "invalid_export", "unknown_override"}
#: What the words of requests may name, in one half of the random requests.
WORDS = {
    **dict.fromkeys(("path.learner", "query.learner", "body.learner"), "learners"),
    **dict.fromkeys(("path.course_id", "query.course_id", "body.course_id"), "courses"),
    **dict.fromkeys(("path.uuid", "query.attempt", "body.attempt"), "attempts"),
    **dict.fromkeys(("path.org", "query.org"), "orgs"),
    "query.block_id": "blocks",
    "body.override[*]": "reasons",
}
OTHER_POLICIES = tuple(
    f"{method} {ROOT}/policies/{scope}/" for method in ("PUT", "PATCH") for scope in ("orgs", "courses")
)

application = get_wsgi_application()
document = json.loads(SCHEMA_FILE.read_text())
OPERATIONS = [f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def names(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, list[str]]]:
    """A site with something in every list, and what it is called by."""
    signals = (request_started, request_finished)
    for signal in signals:
        # As in Django's own client: the handler would close the connection, and with it end the transaction.
        signal.disconnect(close_old_connections)
    rates = dict.fromkeys(("switch", "preview", "policy", "export", "own"))
    with django_db_blocker.unblock(), override_settings(ATTEMPTS_API_THROTTLE_RATES=rates), transaction.atomic():
        yield _site()
        transaction.set_rollback(True)
    for signal in signals:
        signal.connect(close_old_connections)


def _site() -> dict[str, list[str]]:
    """Make what the schema's examples speak of, and something beside it."""
    for scope in ({}, {"org": COURSE.org}, {"course_key": COURSE}, {"course_key": ELSEWHERE}):
        changes = {"active": True, "max_resets": None, "learner_may_reset": True, "course_team_may_reset": True}
        api.change_policy(changes, changed_by=None, **scope)
        api.change_policy({"require_started": False}, changed_by=None, **scope)
    accounts = [_account(name, held) for name, held in ROLES.items() if name != "nobody"]
    rng = random.Random(0)
    for learner, course_key in (*((account, COURSE) for account in accounts), (enrolled(ELSEWHERE), ELSEWHERE)):
        work(learner, course_key, rng)
        operation = api.request_reset(learner, course_key, requested_by=learner)
        execute(operation.uuid)
        work(learner, course_key, rng)
        if learner.username == examples.LEARNER_NAME:
            AttemptOperation.objects.filter(uuid=operation.uuid).update(uuid=examples.OPERATION_UUID)
            archived = api.attempts(learner, course_key)[0]
            AttemptContext.objects.filter(uuid=archived.uuid).update(uuid=examples.ATTEMPT_UUID)
    waiting, fresh = enrolled(COURSE), enrolled(COURSE)
    api.request_reset(waiting, COURSE, requested_by=None)
    attempts, operations = AttemptContext.objects.order_by("pk"), AttemptOperation.objects.order_by("pk")
    return {
        "learners": [examples.LEARNER_NAME, waiting.username, fresh.email, learner.username],
        "courses": [str(COURSE), str(ELSEWHERE)],
        "attempts": list(map(str, attempts.values_list("uuid", flat=True))),
        "operations": list(map(str, operations.values_list("uuid", flat=True))),
        "orgs": [COURSE.org],
        "blocks": [str(COURSE.make_usage_key("problem", "b0"))],
        "reasons": ["learner_passing", "worked_since"],
    }


def _account(name: str, held: dict[str, Any]) -> Any:
    user = enrolled(COURSE, username=name)
    user.set_password("password")
    user.save()
    if held:
        CourseAccessRole.objects.create(user=user, **held)
    return user


@pytest.fixture(scope="module")
def api_schema(names: dict[str, list[str]]) -> Iterator[Any]:
    """The schema as it is served, with names that are known here, and how it is to be tried."""
    served = Client(application).get(f"{ROOT}/schema/").get_json()
    for path, methods in served["paths"].items():
        for parameter in methods.get("get", {}).get("parameters", ()):
            known = names.get(WORDS.get(f"{parameter['in']}.{parameter['name']}", ""))
            if parameter["name"] == "cursor":
                known = _cursors(path)
            if known and "examples" not in parameter:
                parameter["example"] = known[0]
    for shape in served["components"]["schemas"].values():
        for name, word in shape.get("properties", {}).items() if "additionalProperties" in shape else ():
            known = names.get(WORDS.get(f"body.{name}", ""))
            if known:
                word["examples"] = known[:1]
    config = SchemathesisConfig.from_dict(
        {
            "dictionaries": {name: {"values": values} for name, values in names.items()},
            "parameters": _bound(WORDS),
            "operations": [
                {"include-path-regex": "operations/{uuid}", "parameters": _bound({"path.uuid": "operations"})}
            ],
            # What is asked for may not be possible now, and what is named may not be there.
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "401", "403", "404", "409", "422"]},
            },
        }
    )
    found = schemathesis.openapi.from_dict(served, config=config)
    found.app = application
    logging.disable(logging.WARNING)
    yield found
    logging.disable(logging.NOTSET)


def _bound(words: dict[str, str]) -> dict[str, Any]:
    return {word: {"dictionary": name, "probability": 0.5} for word, name in words.items()}


def _cursors(path: str) -> list[str]:
    """Return a cursor of a list."""
    known = {"uuid": examples.ATTEMPT_UUID, "org": examples.ORG, "course_id": examples.COURSE}
    page = Client(application).get(f"{path.format(**known)}?page_size=1", headers=_headers("support")).get_json()
    return parse_qs(urlsplit(page["next"] or "").query).get("cursor", [])


@pytest.fixture(scope="module", params=ROLES)
def role(request: pytest.FixtureRequest) -> str:
    """Who is calling."""
    return request.param


def says_what_it_may(_context: CheckContext, response: Response, case: Case) -> None:
    """The code of an error is of the closed list, and one that the operation documents."""
    if response.status_code >= 400:
        code = json.loads(response.content)["code"]
        assert ERROR_CODES[code].status == response.status_code, response.content
        if coverage_scenario(case) not in REQUEST_SHAPE_PROBES:
            documented = case.operation.definition.raw["responses"][str(response.status_code)]
            shown = documented["content"]["application/json"]["examples"].values()
            assert code in {one["value"]["code"] for one in shown}, response.content


def refuses_what_fits_for_a_reason(_context: CheckContext, response: Response, case: Case) -> None:
    """Words that fit the schema are no bad request, unless the schema cannot know."""
    if response.status_code == 400 and case.meta and case.meta.generation.mode.is_positive:
        assert json.loads(response.content)["code"] in NOT_FOR_A_SCHEMA, response.content


CHECKS = [says_what_it_may, refuses_what_fits_for_a_reason]
#: Who was shown to be let into which operation by her own name only. Once is enough: it takes four requests.
proven: set[tuple[str, str]] = set()


def try_case(case: Case, role: str) -> None:
    """Send a request, look at the answer, and undo what it did."""
    whose = (role, case.operation.label)
    excluded = [ignored_auth] if whose in proven else []
    if _is_plain_name(case.path_parameters):
        excluded.append(negative_data_rejection)
    with transaction.atomic():
        answer = case.call_and_validate(headers=_headers(role), additional_checks=CHECKS, excluded_checks=excluded)
        transaction.set_rollback(True)
    if answer.status_code < 300:
        proven.add(whose)


def _is_plain_name(in_path: Any) -> bool:
    """Whether an organisation in a path has letters of another script, which ``\\w`` of a schema does not have."""
    name = unquote(str((in_path or {}).get("org", "")))
    return not name.isascii() and bool(re.fullmatch(ID_PATTERN, name))


def _headers(role: str) -> dict[str, str]:
    word = base64.b64encode(f"{role}:password".encode()).decode()
    return {} if role == "nobody" else {"Authorization": f"Basic {word}"}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_the_schema_has_at_its_edges(api_schema: Any, role: str, operation: str) -> None:
    """Every boundary, every wrong type, every method that is none, one by one."""
    tried = api_schema.find_operation_by_label(operation)
    generation = api_schema.config.generation_for(operation=tried, phase="coverage")
    cases = api_schema.iter_coverage_cases(tried, generation_modes=list(GenerationMode), generation_config=generation)
    # The words are checked in the same way for all, and those of all policies are the same.
    of_most = role == "support" and not operation.startswith(OTHER_POLICIES)
    step = 1 if THOROUGH else (1 if STRICTEST else 4) if of_most else 30
    found: dict[str, str] = {}
    for case in islice(cases, list(ROLES).index(role) % step, None, step):
        try:
            try_case(case, role)
        except FailureGroup as failures:
            for failure in failures.exceptions:
                found.setdefault(f"{type(failure).__name__} {failure.message[:100]}", str(failures))
    assert not found, "\n".join(found.values())


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_nobody_thought_of(api_schema: Any, role: str, operation: str) -> None:
    """Anything that fits the schema, and anything that does not."""
    tried = api_schema.find_operation_by_label(operation)
    strategies = [tried.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings_of(EXAMPLES, phases=[Phase.generate])
    @given(case=hypothesis.strategies.one_of(strategies))
    def try_any(case: Case) -> None:
        try_case(case, role)

    try_any()


def test_operations_that_follow_one_another(api_schema: Any, role: str) -> None:
    """By the links of the schema."""

    class Machine(api_schema.as_state_machine()):
        def setup(self) -> None:
            self.savepoint = transaction.savepoint()

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.savepoint)

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"headers": _headers(role)}

        def validate_response(self, response: Response, case: Case, **words: Any) -> None:
            case.validate_response(
                response,
                additional_checks=CHECKS,
                headers=words["headers"],
                transport_kwargs=words,
                recorder=self.recorder,
            )

    run_state_machine_as_test(Machine, settings=settings_of(EXAMPLES, stateful_step_count=STEPS))


def settings_of(examples: int, **more: Any) -> hypothesis.settings:
    """The same few examples each time, or many others; however long they take."""
    return hypothesis.settings(
        max_examples=examples,
        deadline=None,
        derandomize=not THOROUGH,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )
