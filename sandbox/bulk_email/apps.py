"""App configuration."""

from django.apps import AppConfig


class BulkEmailConfig(AppConfig):
    """Who wants no mail from a course, under the platform's table names."""

    name = "sandbox.bulk_email"
    label = "bulk_email"
    default_auto_field = "django.db.models.AutoField"
