"""App configuration."""

from django.apps import AppConfig


class GradesConfig(AppConfig):
    """Persistent grades, under the platform's table names."""

    name = "sandbox.grades"
    label = "grades"
    default_auto_field = "django.db.models.AutoField"
