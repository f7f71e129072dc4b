"""App configuration."""

from django.apps import AppConfig


class CalendarSyncConfig(AppConfig):
    """Who takes a course's dates into a calendar, under the platform's table names."""

    name = "sandbox.calendar_sync"
    label = "calendar_sync"
    default_auto_field = "django.db.models.AutoField"
