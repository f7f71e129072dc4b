"""App configuration."""

from django.apps import AppConfig


class OpenedxLearningConfig(AppConfig):
    """Competencies, as openedx-core stores them, under that package's table names."""

    name = "sandbox.openedx_learning"
    label = "openedx_learning"
    default_auto_field = "django.db.models.BigAutoField"
