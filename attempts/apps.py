"""App configuration, in the form the LMS and Studio load plugins."""
from django.apps import AppConfig

_SETTINGS = {"common": {"relative_path": "settings.common"}}


class AttemptsConfig(AppConfig):
    """The models, keys and operations of attempts."""

    name = "attempts"
    verbose_name = "Attempts"
    default_auto_field = "django.db.models.BigAutoField"

    plugin_app = {"settings_config": {"lms.djangoapp": _SETTINGS, "cms.djangoapp": _SETTINGS}}
