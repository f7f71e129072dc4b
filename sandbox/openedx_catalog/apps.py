"""App configuration."""

from django.apps import AppConfig


class OpenedxCatalogConfig(AppConfig):
    """Course runs, as openedx-core lists them, under that package's table names."""

    name = "sandbox.openedx_catalog"
    label = "openedx_catalog"
    default_auto_field = "django.db.models.BigAutoField"
