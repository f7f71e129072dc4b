"""App configuration."""

from django.apps import AppConfig


class ExampleConfig(AppConfig):
    """The example."""

    name = "tests.example"
    label = "example"
    default_auto_field = "django.db.models.BigAutoField"
