"""The tables of other packages, made at once as their models describe them.

The packages bring some two hundred migrations. To run them all takes half a minute, one of them fails on every MariaDB,
and three on everything but MySQL; what they end in is what the models say. The one migration here stands for those of
every package in :data:`PACKAGES`.
"""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.conf import settings
from django.db.migrations import Migration, swappable_dependency
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState

#: Labels of the applications whose tables are made here.
PACKAGES = (
    "assessment",
    "bulk_grades",
    "completion_aggregator",
    "edx_proctoring",
    "edx_when",
    "edxval",
    "lti_consumer",
    "milestones",
    "problem_builder",
    "staffgrader",
    "submissions",
    "super_csv",
    "workflow",
)


@cache
def initial_migration(app_label: str) -> Migration:
    """Return the migration that makes all tables of one of :data:`PACKAGES`."""
    (migration,) = _initial_migrations()[app_label]
    migration.dependencies = [
        swappable_dependency(getattr(settings, name)) if label == "__setting__" else (label, name)
        for label, name in migration.dependencies
    ]
    return migration


@cache
def _initial_migrations() -> dict[str, list[Migration]]:
    described = ProjectState()
    for app_label in PACKAGES:
        for model in apps.get_app_config(app_label).get_models():
            described.add_model(ModelState.from_model(model))
    detector = MigrationAutodetector(ProjectState(), described, MigrationQuestioner(specified_apps=PACKAGES))
    return detector.changes(MigrationGraph())
