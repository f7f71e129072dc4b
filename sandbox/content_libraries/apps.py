"""App configuration."""

from django.apps import AppConfig


class ContentLibrariesConfig(AppConfig):
    """Content libraries, under the platform's table name."""

    name = "sandbox.content_libraries"
    label = "content_libraries"
    default_auto_field = "django.db.models.AutoField"
