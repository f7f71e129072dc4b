"""The database of the tests is set as the platform's is; without it the other suites would prove less than they say."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import DataError, IntegrityError, connection, transaction

from attempts.models import AttemptOperation, LearnerCourse
from sandbox.courseware.models import StudentModule
from tests.factories import COURSE, StateFactory, UserFactory

# SQLite has none of these settings.
pytestmark = [pytest.mark.django_db, pytest.mark.services]


def ask(sql: str, *values: Any) -> list[Any]:
    """The first column of every row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def test_the_isolation_level_is_the_one_asked_for() -> None:
    """READ COMMITTED unless another is named: Django asks MySQL and MariaDB for it, PostgreSQL begins with it."""
    variable = {"mysql": "SELECT @@tx_isolation", "postgresql": "SHOW transaction_isolation"}[connection.vendor]
    expected = os.environ.get("DATABASE_ISOLATION") or "read committed"
    assert ask(variable) == [expected.upper().replace(" ", "-") if connection.vendor == "mysql" else expected]


def test_what_does_not_fit_is_refused_and_not_cut() -> None:
    """Strict mode on MySQL and MariaDB; PostgreSQL knows nothing else."""
    if connection.vendor == "mysql":
        assert "STRICT_TRANS_TABLES" in ask("SELECT @@sql_mode")[0].split(",")
    row = StateFactory()
    with pytest.raises(DataError), transaction.atomic():
        StudentModule.objects.filter(pk=row.pk).update(module_type="x" * 33)
    assert StudentModule.objects.get(pk=row.pk).module_type == "problem"


def test_every_character_is_kept() -> None:
    """Four bytes of UTF-8, and letters of every script."""
    row = StateFactory(state='{"answer": "🌊 ñ 潮"}')
    assert StudentModule.objects.get(pk=row.pk).state == '{"answer": "🌊 ñ 潮"}'
    encoding = {"mysql": "SELECT @@character_set_connection", "postgresql": "SHOW client_encoding"}[connection.vendor]
    assert ask(encoding)[0].lower() in ("utf8mb4", "utf8")


def test_the_host_tells_upper_from_lower_case_as_the_platform_does() -> None:
    """Not at all on MySQL and MariaDB, so that two courses may lie under what the database takes for one key."""
    UserFactory(username="Anna")
    other = {"mysql": IntegrityError, "postgresql": None}[connection.vendor]
    if other:
        with pytest.raises(other), transaction.atomic():
            UserFactory(username="anna")
    else:
        UserFactory(username="anna")
    assert get_user_model().objects.filter(username="ANNA").exists() == (connection.vendor == "mysql")
    row = StateFactory()
    shouted = StudentModule.objects.filter(course_id=str(COURSE).replace("Run", "RUN"))
    assert [found.pk for found in shouted] == ([row.pk] if connection.vendor == "mysql" else [])


def test_columns_have_the_character_set_and_collation_of_the_platform() -> None:
    """Those of the host; ours that hold keys and organisations compare exactly."""
    if connection.vendor == "postgresql":
        assert ask("SELECT COUNT(*) FROM information_schema.columns WHERE collation_name LIKE %s", "%%nocase%%") == [0]
        return
    sql = (
        "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns "
        "WHERE table_schema = DATABASE() AND collation_name IS NOT NULL AND collation_name {}"
    )
    host = set(ask(sql.format("= 'utf8mb4_unicode_ci'")))
    assert {"auth_user.username", "courseware_studentmodule.course_id", "courseware_studentmodule.module_id"} <= host
    exact = set(ask(sql.format("<> 'utf8mb4_unicode_ci'")))
    ours = {
        f"{model._meta.db_table}.{model._meta.get_field(name).column}"
        for model, name in ((LearnerCourse, "course_key"), (AttemptOperation, "idempotency_key"))
    }
    assert ours <= exact
