"""App configuration."""

from django.apps import AppConfig


class ExternalUserIdsConfig(AppConfig):
    """The ids under which tools of others know users, under the platform's table names."""

    name = "sandbox.external_user_ids"
    label = "external_user_ids"
    default_auto_field = "django.db.models.AutoField"
