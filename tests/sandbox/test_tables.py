"""The sandbox's mirrors of the platform's tables, against ``platform_tables.csv``: what those tables are known to be.

The lines of a table are its columns, with the class of Django's field, its length, whether it may be null and has an
index of its own, and what it points at; then the columns that are unique together, and those of each further index.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import UniqueConstraint

MODELS = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
#: What the mirrored tables point at; and identities; no row of a learner in a course is in them.
BESIDE = {
    "bookmarks_xblockcache",
    "content_libraries_contentlibrary",
    "course_groups_courseusergroup",
    "credit_creditcourse",
    "credit_creditcourse_providers",
    "credit_creditprovider",
    "credit_creditrequirement",
    "django_comment_client_role",
    "entitlements_courseentitlementpolicy",
    "external_user_ids_externalid",
    "external_user_ids_externalidtype",
    "lti_provider_lticonsumer",
    "lti_provider_outcomeservice",
    "openedx_catalog_catalogpathway",
    "openedx_catalog_courserun",
    "openedx_learning_competencycriteriagroup",
    "openedx_learning_competencycriterion",
    "openedx_learning_competencymasterystatus",
    "program_enrollments_historicalprogramenrollment",
    "program_enrollments_programenrollment",
    "support_courseresetcourseoptin",
    "survey_surveyform",
    "teams_courseteam",
    "user_api_userpreference",
}
#: Django's own field behind fields of django-model-utils, which fill themselves in.
SAME = {"AutoCreatedField": "DateTimeField", "AutoLastModifiedField": "DateTimeField"}
Part = tuple[str, ...]


def described() -> dict[tuple[str, str], set[Part]]:
    """What is known of each table, by application and table."""
    found = defaultdict(set)
    with (Path(__file__).parent / "platform_tables.csv").open(newline="") as file:
        for app_label, table, *part in list(csv.reader(file))[1:]:
            found[app_label, table].add(tuple(part))
    return dict(found)


DESCRIBED = described()


def column(field: Any) -> Part:
    """A column of a model, in the words of the description."""
    kind = type(field).__name__
    ends = ""
    if field.is_relation:
        target = field.target_field
        ends = f"{target.model._meta.db_table}.{target.column}{'' if field.db_constraint else ', no constraint'}"
    length = field.target_field.max_length if field.is_relation else field.max_length
    return (
        "column",
        field.column,
        SAME.get(kind, kind),
        str(length or ""),
        "null" if field.null else "",
        "index" if field.db_index else "",
        ends,
    )


def parts(model: Any) -> set[Part]:
    """All there is of a model's table."""
    meta = model._meta
    together = [[meta.get_field(name).column for name in names] for names in meta.unique_together]
    together += [[field.column] for field in meta.local_fields if field.unique and not field.primary_key]
    together += [
        [meta.get_field(name).column for name in constraint.fields]
        for constraint in meta.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    further = [[meta.get_field(name.lstrip("-")).column for name in index.fields] for index in meta.indexes]
    return {
        *map(column, meta.local_fields),
        *(("unique", " ".join(sorted(names)), "", "", "", "", "") for names in together),
        *(("index", " ".join(names), "", "", "", "", "") for names in further),
    }


@pytest.mark.parametrize(("app_label", "table"), DESCRIBED, ids=[table for _, table in DESCRIBED])
def test_a_mirrored_table(app_label: str, table: str) -> None:
    """Name, columns, uniqueness and indexes, under the platform's application label."""
    model = MODELS[table]
    assert model._meta.app_label == app_label
    assert parts(model) == DESCRIBED[app_label, table]


def test_no_mirror_is_without_a_description() -> None:
    """All tables of the sandbox's applications, but for its own and those that others only point at."""
    mirrors = {
        table
        for table, model in MODELS.items()
        if model.__module__.startswith("sandbox.") and not model._meta.app_label.startswith("sandbox_")
    }
    assert mirrors - {table for _, table in DESCRIBED} == BESIDE
