"""App configuration."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """The platform's own course reset, under the platform's table names."""

    name = "sandbox.support"
    label = "support"
    default_auto_field = "django.db.models.AutoField"
