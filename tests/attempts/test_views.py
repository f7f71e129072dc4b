"""The datasets as views in the host's database."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, models
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.datasets import DATASETS, dialect_of, views
from attempts.exceptions import KeysRestored, NotInStudio, ViewsRefused
from sandbox.courseware.models import StudentModule
from tests.factories import COURSE, StateFactory
from tests.work import work

# MySQL and MariaDB commit before they make a view.
pytestmark = pytest.mark.django_db(transaction=True)
Run = Callable[..., tuple[int, str, str]]
NAMES = tuple(f"attempts_v_{dataset.name}" for dataset in DATASETS)
OTHER_CASE = CourseKey.from_string("course-v1:Org+Course+rUN")


@pytest.fixture(autouse=True)
def dropped() -> Iterator[None]:
    """Leave no view to the next test."""
    yield
    views.drop_views()


def ask(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return [tuple(row) for row in cursor.fetchall()]


def views_there() -> set[str]:
    """The views of the database."""
    with connection.cursor() as cursor:
        return {table.name for table in connection.introspection.get_table_list(cursor) if table.type == "v"}


@pytest.fixture
def worked(learner: Any, reset: Callable[..., Any]) -> Any:
    """A learner with an archived attempt and work in both."""
    rng = random.Random(11)
    work(learner, COURSE, rng)
    reset(learner)
    work(learner, COURSE, rng)
    return learner


def test_each_dataset_is_a_view_with_its_columns(worked: Any) -> None:
    """The same rows, under the same names."""
    assert api.create_views().names == NAMES
    for dataset, name in zip(DATASETS, NAMES, strict=True):
        columns = ", ".join(column.name for column in dataset.columns)
        rows = ask(f"SELECT {columns} FROM {name}")
        assert sorted(map(repr, rows)) == sorted(map(repr, ask(dataset.select(dialect_of(connection.vendor)))))
        assert rows


def test_made_again_and_dropped(worked: Any, attempts_command: Run) -> None:
    """As often as one likes; dropped only if that is meant."""
    for _ in range(2):
        code, out, _ = attempts_command("views", "create")
        assert (code, out.splitlines()) == (0, [f"{name} is there" for name in NAMES])
    assert views_there() == set(NAMES)
    assert attempts_command("views", "drop")[0] == 2
    assert views_there() == set(NAMES)
    code, out, _ = attempts_command("views", "drop", "--no-input", "--format", "json")
    assert (code, json.loads(out)) == (0, {"names": list(NAMES), "left_out": []})
    assert views_there() == set()
    assert attempts_command("views", "drop", "--no-input")[:2] == (0, "There was no view.\n")


def test_somebody_else_runs_the_statements(worked: Any, attempts_command: Run) -> None:
    """What is printed is what would be done; nothing is."""
    code, out, _ = attempts_command("views", "sql")
    assert (code, views_there()) == (0, set())
    for statement in out.split(";\n"):
        if statement.strip():
            ask_nothing(statement)
    assert views_there() == set(NAMES)
    for statement in attempts_command("views", "sql", "--drop")[1].split(";\n"):
        if statement.strip():
            ask_nothing(statement)
    assert views_there() == set()
    assert attempts_command("views", "create", "--drop")[0] == 2


def ask_nothing(sql: str) -> None:
    """Run a statement that has no rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_no_percent_sign() -> None:
    """Which drivers take for a parameter, where somebody runs the statements with a driver's arguments."""
    for vendor in ("mysql", "postgresql", "sqlite"):
        assert "%" not in "".join(views.create_statements(vendor))


def test_a_host_without_some_tables(monkeypatch: pytest.MonkeyPatch, attempts_command: Run) -> None:
    """Has the others, and is told."""
    monkeypatch.setattr("attempts.datasets.is_installed", lambda label: label != "completion.BlockCompletion")
    code, out, _ = attempts_command("views", "create")
    assert (code, views_there()) == (0, set(NAMES) - {"attempts_v_completions"})
    assert "no view of completions: this host does not have its tables" in out


def test_courses_that_differ_in_case_alone(worked: Any) -> None:
    """Are two, for whoever filters, groups or joins, on every engine."""
    StateFactory(student=worked, course_id=OTHER_CASE)
    api.create_views()
    counted = ask("SELECT course_key, COUNT(*) FROM attempts_v_states WHERE is_active = true GROUP BY course_key")
    active = api.active_attempt(worked, COURSE)
    assert dict(counted) == {str(COURSE): len(list(api.states(active))), str(OTHER_CASE): 1}
    assert ask("SELECT COUNT(*) FROM attempts_v_states WHERE course_key = %s", str(OTHER_CASE)) == [(1,)]
    joined = "SELECT COUNT(*) FROM attempts_v_states s JOIN attempts_v_attempts a ON a.course_key = s.course_key"
    assert ask(f"{joined} WHERE s.course_key = %s", str(OTHER_CASE)) == [(0,)]


def test_numbers_can_be_subtracted(worked: Any) -> None:
    """And are whole, whatever kind of number a table has."""
    api.create_views()
    for dataset in DATASETS:
        for column in dataset.columns:
            if column.type == "integer" and not column.is_optional:
                found = {value for (value,) in ask(f"SELECT {column.name} - 10000 FROM {dataset.view}")}
                assert {type(value) for value in found} == {int}
                assert max(found) < 0


def test_a_key_whose_number_is_none(worked: Any) -> None:
    """Does not keep an analyst from all the others, however she asks."""
    api.create_views()
    counted = "SELECT attempt_number, COUNT(*) FROM attempts_v_states GROUP BY attempt_number ORDER BY attempt_number"
    before = ask(counted)
    row = StateFactory(student=worked)
    ask_nothing(
        f"UPDATE courseware_studentmodule SET course_id = 'attempt-v1:Org+Course+Run+attempt@1x' WHERE id = {row.pk}"
    )
    assert ask(counted) == before
    ((_number, archived),) = before[:1]
    assert ask("SELECT COUNT(*) FROM attempts_v_states WHERE attempt_number = 1") == [(archived,)]
    assert ask(f"SELECT COUNT(*) FROM attempts_v_states WHERE learner = {worked.pk} AND attempt_number < 2") == [
        (archived,)
    ]


def test_the_learner_is_found_by_an_index(worked: Any) -> None:
    """The view is part of the query, not a table of its own."""
    StateFactory.create_batch(300)
    api.create_views()
    if connection.vendor == "postgresql":
        # Without figures, and for a small table, it would read all.
        ask_nothing("ANALYZE courseware_studentmodule")
        ask_nothing("SET enable_seqscan = off")
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    plan = ask(f"{explain} SELECT * FROM attempts_v_states WHERE learner = {worked.pk}")
    text = "\n".join(" ".join(map(str, row)) for row in plan)
    if connection.vendor == "mysql":
        (row,) = [row for row in plan if row[2] == "r"]
        assert row[3] == "ref", text
    elif connection.vendor == "postgresql":
        assert "Index Cond: (student_id =" in text, text
    else:
        assert "SEARCH r USING INDEX" in text, text
        assert "(student_id=?)" in text, text


@pytest.fixture
def analyst(worked: Any) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Asks as a user of the database who may read the views and nothing else."""
    api.create_views()
    if connection.vendor == "postgresql":
        ask_nothing("CREATE ROLE attempts_analyst")
        ask_nothing(f"GRANT SELECT ON {', '.join(NAMES)} TO attempts_analyst")
        ask_nothing("SET ROLE attempts_analyst")
        yield ask
        ask_nothing("RESET ROLE")
        ask_nothing("DROP OWNED BY attempts_analyst")
        ask_nothing("DROP ROLE attempts_analyst")
        return
    ask_nothing("CREATE USER attempts_analyst IDENTIFIED BY 'secret'")
    for name in NAMES:
        ask_nothing(f"GRANT SELECT ON {name} TO attempts_analyst")
    other = connection.copy()
    other.settings_dict = {**other.settings_dict, "USER": "attempts_analyst", "PASSWORD": "secret"}

    def asked(sql: str) -> list[tuple[Any, ...]]:
        with other.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    yield asked
    other.close()
    ask_nothing("DROP USER attempts_analyst")


@pytest.mark.services
def test_an_analyst_reads_the_views_and_no_table(analyst: Any) -> None:
    """With rights on the views alone, as the guide grants them; none to write through them."""
    for name in NAMES:
        assert analyst(f"SELECT COUNT(*) FROM {name}") > [(0,)]
    for sql in ("SELECT COUNT(*) FROM courseware_studentmodule", "UPDATE attempts_v_states SET score = 1"):
        with pytest.raises(DatabaseError, match=r"denied|cannot update view"):
            analyst(sql)


def wider(model: Any, name: str, length: int) -> tuple[Any, Any]:
    """A text column as it is, and with another length."""
    old = model._meta.get_field(name)
    new = models.CharField(max_length=length, db_index=old.db_index)
    new.set_attributes_from_name(name)
    new.model = model
    return old, new


def test_views_stand_in_the_way_of_migrations(worked: Any) -> None:
    """On PostgreSQL and SQLite; not once they are dropped. That is why no migration makes them."""
    old, new = wider(StudentModule, "module_type", 64)

    def alter(before: Any, after: Any) -> None:
        with connection.schema_editor() as editor:
            editor.alter_field(StudentModule, before, after)

    api.create_views()
    if connection.vendor == "mysql":
        alter(old, new)
        alter(new, old)
        assert ask("SELECT COUNT(*) FROM attempts_v_states") > [(0,)]
    else:
        with pytest.raises(DatabaseError, match="view"):
            alter(old, new)
    api.drop_views()
    alter(old, new)
    alter(new, old)
    api.create_views()
    assert ask("SELECT COUNT(*) FROM attempts_v_states") > [(0,)]


def test_a_database_that_does_not_let_us(worked: Any, attempts_command: Run) -> None:
    """Says so, with what to do; nothing is half done where the engine can."""
    ask_nothing("CREATE TABLE attempts_v_operations (x INTEGER)")
    try:
        with pytest.raises(ViewsRefused, match="attempts_v_operations"):
            api.create_views()
        code, _, error = attempts_command("views", "create")
        assert (code, "views sql" in error) == (1, True)
        assert views_there() == ({"attempts_v_attempts"} if connection.vendor == "mysql" else set())
    finally:
        ask_nothing("DROP TABLE attempts_v_operations")


def test_before_an_uninstall(worked: Any) -> None:
    """Nothing true could be told of archived attempts, so there are no views."""
    api.restore_keys()
    with pytest.raises(KeysRestored):
        api.create_views()
    api.restore_keys(back=True)
    assert api.create_views().names == NAMES


def test_what_views_show_when_keys_were_restored(worked: Any) -> None:
    """Archived rows as those of a library, which no course key finds."""
    api.create_views()
    before = ask("SELECT COUNT(*) FROM attempts_v_states WHERE is_active = false")
    api.restore_keys()
    assert ask("SELECT COUNT(*) FROM attempts_v_states WHERE is_active = false") == [(0,)]
    library = "library-v1:Org+Course.Run.attempt.1"
    assert ask("SELECT COUNT(*) FROM attempts_v_states WHERE course_key = %s", library) == before


def test_studio(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does not have all the tables; to drop views it needs none."""
    monkeypatch.setattr("attempts.host.service.conf.service", lambda: "studio")
    for refused in (api.create_views, api.view_statements):
        with pytest.raises(NotInStudio):
            refused()
    assert api.drop_views().names == ()
