"""App configuration."""

from django.apps import AppConfig


class SchedulesConfig(AppConfig):
    """Learners' own schedules, under the platform's table names."""

    name = "sandbox.schedules"
    label = "schedules"
    default_auto_field = "django.db.models.AutoField"
