"""App configuration."""

from django.apps import AppConfig


class CreditConfig(AppConfig):
    """University credit, under the platform's table names."""

    name = "sandbox.credit"
    label = "credit"
    default_auto_field = "django.db.models.AutoField"
