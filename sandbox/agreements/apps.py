"""App configuration."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """What learners signed, under the platform's table names."""

    name = "sandbox.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.AutoField"
