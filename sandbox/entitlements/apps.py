"""App configuration."""

from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    """Rights to enrol that were bought, under the platform's table names."""

    name = "sandbox.entitlements"
    label = "entitlements"
    default_auto_field = "django.db.models.AutoField"
