"""The coverage audit: which tables it finds, what it says of each, and that the public table of components is true."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connection, models
from django.db.backends.utils import truncate_name
from django.test.utils import isolate_apps
from opaque_keys.edx.django.models import CourseKeyField

from attempts import api, coverage
from attempts.coverage import DECLARED, Column, Declaration, Table, audit, describe_models, store_answers
from attempts.data import COVERAGE_ANSWERS, TableCoverage

Run = Callable[..., tuple[int, str, str]]
USERS = Table(
    "auth_user", "auth.User", (Column("id", "id", "integer"), Column("username", "username", "text", 150)), True
)
#: A table of learners' work, as the platform has it.
STATES = Table(
    "states",
    "work.State",
    (
        Column("student", "student_id", "integer", points_at="auth_user"),
        Column("course_id", "course_id", "key", 255),
        Column("module_state_key", "module_id", "key", 255),
    ),
)
ENROLMENTS = Table(
    "enrolments",
    "work.Enrolment",
    (
        Column("user", "user_id", "integer", points_at="auth_user"),
        Column("course", "course_id", "text", 255, points_at="overviews"),
    ),
)
OVERVIEWS = Table("overviews", "work.Overview", (Column("id", "id", "key", 255),))
KNOWN = (USERS, STATES, ENROLMENTS, OVERVIEWS)


def table(*columns: Column, name: str = "new", model: str = "plugin.New") -> Table:
    """A table of a plugin."""
    return Table(name, model, columns)


def found(*tables: Table, **declared: tuple[str, str]) -> dict[str, TableCoverage]:
    """What the audit says of tables beside the known ones, of which the states have a store."""
    declarations = {name: Declaration(name, *answer) for name, answer in declared.items()}
    everything = audit((*KNOWN, *tables), {"states": "rekeyed"}, declarations)
    return {one.table: one for one in everything if one.table not in {known.name for known in KNOWN}}


COURSE = Column("course_id", "course_id", "key", 255)
LEARNER = Column("user", "user_id", "integer", points_at="auth_user")


@pytest.mark.parametrize(
    "learner",
    [
        LEARNER,
        Column("owner", "owner_id", "integer", points_at="auth_user"),
        Column("user_id", "user_id", "integer"),
        Column("username", "username", "text", 255),
        Column("student_id", "student_id", "text", 32),
        Column("anonymous_user_id", "anonymous_user_id", "text", 32),
        Column("email", "email", "text", 255),
        Column("enrollment", "enrollment_id", "integer", points_at="enrolments"),
    ],
    ids=lambda column: f"{column.column}-{column.kind}-{column.points_at}",
)
def test_how_learners_are_named(learner: Column) -> None:
    """By key, number, name, anonymous id, address or enrolment."""
    one = found(table(learner, COURSE))["new"]
    assert (one.answer, one.learner.split(" → ")[0], one.course) == (None, learner.column, "course_id")


@pytest.mark.parametrize(
    "course",
    [
        COURSE,
        Column("block", "block", "key", 255),
        Column("course_key", "course_key", "text", 255),
        Column("usage_key", "usage_key", "text"),
        Column("item_id", "item_id", "text", 255),
        Column("run", "run_id", "text", 255, points_at="overviews"),
    ],
    ids=lambda column: f"{column.column}-{column.kind}",
)
def test_how_courses_are_named(course: Column) -> None:
    """By keys, by texts that can hold one, by foreign keys to courses."""
    assert found(table(LEARNER, course))["new"].course.split(" → ")[0] == course.column


@pytest.mark.parametrize(
    "columns",
    [
        (LEARNER,),
        (COURSE,),
        (LEARNER, Column("course", "course", "text", 2)),
        (LEARNER, Column("course_id", "course_id", "integer")),
        (Column("grade", "grade", "other"), COURSE),
        (
            COURSE,
            Column("history_id", "history_id", "integer"),
            Column("history_user", "history_user_id", "integer", points_at="auth_user"),
        ),
        (
            COURSE,
            Column("change_date", "change_date", "other"),
            Column("enabled", "enabled", "other"),
            Column("changed_by", "changed_by_id", "integer", points_at="auth_user"),
        ),
    ],
)
def test_what_is_not_meant(columns: tuple[Column, ...]) -> None:
    """One half alone; a text too short for a key; who wrote history, or a version of the configuration."""
    assert found(table(*columns)) == {}


def test_at_any_depth() -> None:
    """The way is told; a circle of foreign keys ends."""
    far = table(Column("near", "near_id", "integer", points_at="near"), name="far")
    near = table(
        Column("enrollment", "enrollment_id", "integer", points_at="enrolments"),
        Column("far", "far_id", "integer", points_at="far"),
        name="near",
    )
    one = found(near, far)["far"]
    assert (one.learner, one.course) == ("near_id → near → enrolments", "near_id → near → enrolments → overviews")
    assert one.answer is None


def test_rows_that_travel() -> None:
    """What points at a store's rows follows them, at any depth; not with a key of its own, which would stay behind."""
    history = table(Column("state", "state_id", "integer", points_at="states"), name="history")
    remark = table(Column("history", "history_id", "integer", points_at="history"), name="remark")
    tied = table(Column("state", "state_id", "integer", points_at="states"), COURSE, name="tied")
    answers = {name: one.answer for name, one in found(history, remark, tied).items()}
    assert answers == {"history": "travels", "remark": "travels", "tied": None}


def test_links_by_value() -> None:
    """The uuid of a submission leads where a foreign key would."""
    submissions = table(
        Column("uuid", "uuid", "uuid"),
        Column("s", "s_id", "integer", points_at="states"),
        name="submissions_submission",
    )
    judged = table(Column("submission_uuid", "submission_uuid", "text", 128), name="judged")
    assert found(submissions, judged)["judged"].answer == "travels"


def test_declarations_of_other_apps() -> None:
    """By table or by model; a store comes first; of what is declared, only kept and refused are answers."""
    new = table(LEARNER, COURSE)
    assert found(new, new=("kept", "It is a wish."))["new"].reason == "It is a wish."
    assert found(new, **{"plugin.New": ("refused", "It is evidence.")})["new"].answer == "refused"
    assert found(new, new=("rekeyed", "But no store does it."))["new"].answer is None
    declared = {"states": Declaration("states", "kept", "Wrong.")}
    for does in ("rekeyed", "valued"):
        assert [one.answer for one in audit(KNOWN, {"states": does}, declared) if one.table == "states"] == [does]


def declaring(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Install an app that declares a mapping of this module."""
    entry = EntryPoint("plugin", f"{__name__}:{name}", "attempts.declarations")
    monkeypatch.setattr("attempts.coverage.auditing.entry_points", lambda group: EntryPoints([entry]))


WISHES = {"courseware_studentmodule": ("kept", "This site keeps it.")}
NONSENSE = {"courseware_studentmodule": ("forgotten", "")}


def test_an_entry_point(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """What an app declares counts; what is no answer is an error that names it."""
    declaring(monkeypatch, "WISHES")
    settings.ATTEMPTS_STORES = []
    answers = {one.table: one.reason for one in api.audit()}
    assert answers["courseware_studentmodule"] == "This site keeps it."
    declaring(monkeypatch, "NONSENSE")
    settings.ATTEMPTS_STORES = ["attempts.stores.platform.PLATFORM_STORES"]
    assert [message.id for message in run_checks(tags=["attempts"])] == ["attempts.E030"]


def test_proxies_and_models_of_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """One table each: under the name of the model that Django manages, with the columns that another model adds."""
    with isolate_apps("sandbox.courseware") as registry:

        class Zebra(models.Model):
            class Meta:
                app_label = "courseware"

        class AntProxy(Zebra):
            class Meta:
                app_label = "courseware"
                proxy = True

        class Beetle(models.Model):
            course_id = CourseKeyField(max_length=255)

            class Meta:
                app_label = "courseware"
                managed = False
                db_table = "courseware_zebra"

    monkeypatch.setattr("attempts.coverage.description.apps", registry)
    (one,) = describe_models()
    assert (one.name, one.model) == ("courseware_zebra", "courseware.Zebra")
    assert [(column.column, column.kind) for column in one.columns] == [("id", "other"), ("course_id", "key")]


def test_every_table_of_the_sandbox_has_an_answer() -> None:
    """Behaviour 4.5.

    Nothing is unknown, nothing is found that nobody has declared, and what is declared is what happens.
    """
    everything = coverage.audit_host()
    assert [one.table for one in everything if one.answer is None] == []
    assert {one.table: one.answer for one in everything} == {
        one.table: DECLARED[one.table].answer for one in everything if one.table in DECLARED
    }
    assert all(one.reason for one in everything)


def test_what_is_declared_as_stored_is_stored() -> None:
    """Both ways."""
    stored = {name for name, answer in store_answers().items() if answer != "refused"}
    assert stored == {name for name, one in DECLARED.items() if one.answer in ("rekeyed", "valued")}


#: Declared, and led to by no column of theirs that the audit could know: no learner, no course, or one named by custom.
NOT_FOUND = {
    "course_overviews_courseoverview": "no learner",
    "courseware_xmodulestudentinfofield": "no course",
    "courseware_xmodulestudentprefsfield": "no course",
    "courseware_xmoduleuserstatesummaryfield": "no learner",
    "edx_when_contentdate": "no learner",
    "experiments_experimentdata": "no course but in a text of any kind",
    "grades_visibleblocks": "no learner",
    "lti_consumer_ltiagslineitem": "no learner",
    "milestones_coursecontentmilestone": "no learner",
    "milestones_coursemilestone": "no learner",
    "openedx_authz_extendedcasbinrule": "subject and scope are texts of any kind",
    "openedx_catalog_pathwayenrollment": "no course",
    "openedx_learning_studentcompetencystatus": "no course",
    "proctoring_proctoredexam": "no learner",
    "user_api_userorgtag": "no course",
}


def test_the_audit_finds_what_is_declared() -> None:
    """All of it that is installed, but for what has no learner or no course."""
    installed = {one.name for one in describe_models()}
    missed = installed & set(DECLARED) - {one.table for one in coverage.audit_host()}
    assert missed <= set(NOT_FOUND)
    assert {name for name, why in NOT_FOUND.items() if why == "no learner"} <= missed


#: Packages whose tables are declared by what they are known to look like, and are not in the sandbox.
NOT_INSTALLED = (
    *("blackboard", "canvas", "ccx", "channel_integration", "consent", "contentstore", "cornerstone"),
    *(
        "course_action_state",
        "degreed",
        "edx_name_affirmation",
        "enterprise",
        "forum",
        "integrated_channel",
        "learning_assistant",
        "moodle",
    ),
    *("nameaffirmation", "sap_success_factors", "xapi"),
)


def test_tables_of_the_platform_and_its_packages_are_in_the_sandbox() -> None:
    """All that move, stand in the way, or hang on what does; of the rest, what is left out is known."""
    absent = set(DECLARED) - {one.name for one in describe_models()}
    assert {DECLARED[name].answer for name in absent} <= {"kept"}
    single = {
        "bulk_email_courseemail",
        "bulk_email_courseemail_targets",
        "certificates_certificategenerationhistory",
        "content_libraries_ltigradedresource",
        "entitlements_courseentitlementsupportdetail",
        "entitlements_historicalcourseentitlementsupportdetail",
        "instructor_task_historicalinstructortaskschedule",
        "instructor_task_instructortaskschedule",
        "openedx_authz_extendedcasbinrule",
    }
    assert {name for name in absent if not name.startswith(NOT_INSTALLED)} <= single


def test_the_public_table() -> None:
    """``docs/components.csv`` is what is declared: `make components` writes it."""
    with (Path(__file__).parents[2] / "docs" / "components.csv").open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert rows == [[one.component, name, one.answer, one.reason] for name, one in DECLARED.items()]
    assert {row[2] for row in rows} == set(COVERAGE_ANSWERS)
    assert all(row[0] and row[3].endswith(".") and row[3].count(".") == 1 for row in rows)


def test_the_command(attempts_command: Run) -> None:
    """Everything has an answer: as text, as JSON, and with success."""
    code, out, _ = attempts_command("audit")
    assert (code, "nobody has thought" in out) == (0, False)
    assert re.search(r"^\d+ tables: \d+ kept, \d+ refused, \d+ rekeyed, \d+ travels, \d+ valued$", out, re.MULTILINE)
    assert "courseware_studentmodule" in out
    code, out, _ = attempts_command("audit", "--format", "json")
    states = next(one for one in json.loads(out) if one["table"] == "courseware_studentmodule")
    assert (code, states["answer"], states["learner"], states["course"]) == (0, "rekeyed", "student_id", "module_id")


def test_a_table_that_nobody_has_thought_of(settings: Any, attempts_command: Run) -> None:
    """Behaviour 12. The command fails and says how it was found; the check warns."""
    settings.ATTEMPTS_STORES = []
    code, out, err = attempts_command("audit")
    assert code == 1
    assert (
        "nobody has thought of grades_persistentcoursegrade (grades.PersistentCourseGrade): learner by user_id" in out
    )
    assert "neither stored nor declared" in err
    warnings = [message for message in run_checks(tags=["attempts"]) if message.id == "attempts.W030"]
    assert any("courseware_studentmodule" in message.msg for message in warnings)


def test_a_declaration_counts_for_a_name_that_the_engine_shortens(monkeypatch: pytest.MonkeyPatch) -> None:
    """MySQL allows 64 characters; Django puts a hash in the place of the rest."""
    long = "sap_success_factors_channel_sapsuccessfactorslearnerdatatransmissionaudit"
    monkeypatch.setattr(connection.ops, "max_name_length", lambda: 64)
    declarations = coverage.installed_declarations()
    assert declarations[truncate_name(long, 64)] == declarations[long] == DECLARED[long]
