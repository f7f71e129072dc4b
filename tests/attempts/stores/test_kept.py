"""What is declared kept stays as it is, whatever attempt is active: a row in every such table of the sandbox."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from attempts.coverage import DECLARED, describe_models
from tests.attempts.stores import rows
from tests.attempts.stores.filling import Filler
from tests.factories import COURSE

pytestmark = pytest.mark.django_db

#: Declared kept, of applications or parts of them that the sandbox does not have.
NOT_HERE = (
    "blackboard_",
    "bulk_email_courseemail",
    "canvas_",
    "ccx_",
    "certificates_certificategenerationhistory",
    "channel_integration_",
    "consent_",
    "content_libraries_",
    "contentstore_",
    "cornerstone_",
    "course_action_state_",
    "degreed",
    "edx_name_affirmation_",
    "enterprise_",
    "entitlements_courseentitlementsupportdetail",
    "entitlements_historicalcourseentitlementsupportdetail",
    "forum_",
    "instructor_task_historicalinstructortaskschedule",
    "instructor_task_instructortaskschedule",
    "integrated_channel_",
    "learning_assistant_",
    "moodle_",
    "nameaffirmation_",
    "sap_success_factors_",
    "xapi_",
)
#: Needs a later Django than the oldest that is supported.
LATER = set() if apps.is_installed("openedx_authz") else {"openedx_authz_extendedcasbinrule"}


def kept_models() -> dict[str, Any]:
    """The models of the tables that are declared kept, of those that are installed."""
    kept = {table for table, one in DECLARED.items() if one.answer == "kept"}
    return {table.name: apps.get_model(table.model) for table in describe_models() if table.name in kept}


def contents(tables: Any) -> dict[str, list[Any]]:
    """All that some tables hold, by plain SQL."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found


def test_behaviour_keep_every_kept_table_stays_as_it_is(learner: Any, reset: Any, undo: Any) -> None:
    """Behaviour 4.1 and 10. Of a learner with work in the course too, so that the switch has something to do."""
    kept = kept_models()
    filler = Filler(learner, COURSE)
    for model in kept.values():
        filler.row(model)
    state = rows.state(learner, COURSE, 0)
    rows.submission(learner, COURSE, 0)
    before = contents(kept)
    assert [table for table, held in before.items() if not held] == []
    assert reset(learner).rows[state._meta.db_table].archived == 1
    assert contents(kept) == before
    undo(learner)
    assert contents(kept) == before


def test_behaviour_keep_these_are_all() -> None:
    """A table that is declared kept is in the test above, or known not to be in the sandbox."""
    kept = {table for table, one in DECLARED.items() if one.answer == "kept"}
    absent = kept - set(kept_models()) - LATER
    assert {table for table in absent if not table.startswith(NOT_HERE)} == set()
    assert len(kept_models()) == 69 - len(LATER)


@pytest.mark.parametrize(("name", "many"), [("course_id", 20), ("user", 30)])
def test_behaviour_keep_the_rows_are_the_learner_s(learner: Any, name: str, many: int) -> None:
    """The test above tests something: what has such a field names the learner, or the course."""
    filler = Filler(learner, COURSE)
    found = {
        table: getattr(filler.row(model), name)
        for table, model in kept_models().items()
        if any(field.name == name for field in model._meta.concrete_fields)
    }
    assert len(found) >= many
    assert {str(value) for value in found.values()} == {str(learner if name == "user" else COURSE)}
