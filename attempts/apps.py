"""App configuration, in the form the LMS and Studio load plugins."""

from django.apps import AppConfig

_SETTINGS = {"common": {"relative_path": "settings.common"}}


class AttemptsConfig(AppConfig):
    """The models, keys and operations of attempts."""

    name = "attempts"
    verbose_name = "Attempts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks."""
        from attempts import checks  # noqa: F401 - models must be loaded first

    plugin_app = {"settings_config": {"lms.djangoapp": _SETTINGS, "cms.djangoapp": _SETTINGS}}
