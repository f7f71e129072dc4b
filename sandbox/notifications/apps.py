"""App configuration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Notifications to learners, under the platform's table names."""

    name = "sandbox.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.AutoField"
