"""App configuration."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """Teams of learners, under the platform's table names."""

    name = "sandbox.teams"
    label = "teams"
    default_auto_field = "django.db.models.AutoField"
