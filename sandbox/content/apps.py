"""App configuration."""

from django.apps import AppConfig


class ContentConfig(AppConfig):
    """Course content, which the platform keeps outside its SQL database."""

    name = "sandbox.content"
    label = "sandbox_content"
    default_auto_field = "django.db.models.AutoField"
