"""App configuration."""

from django.apps import AppConfig


class BookmarksConfig(AppConfig):
    """Learners' bookmarks, under the platform's table names."""

    name = "sandbox.bookmarks"
    label = "bookmarks"
    default_auto_field = "django.db.models.AutoField"
