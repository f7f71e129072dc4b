"""App configuration."""

from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    """Data of experiments, under the platform's table names."""

    name = "sandbox.experiments"
    label = "experiments"
    default_auto_field = "django.db.models.AutoField"
