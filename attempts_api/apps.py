"""App configuration, in the form the LMS loads plugins."""

from django.apps import AppConfig


class AttemptsApiConfig(AppConfig):
    """The faces of attempts."""

    name = "attempts_api"
    verbose_name = "Attempts: REST API"

    plugin_app = {
        "url_config": {
            "lms.djangoapp": {"namespace": "attempts_api", "regex": "^api/attempts/", "relative_path": "urls"},
        },
        "settings_config": {"lms.djangoapp": {"common": {"relative_path": "settings.common"}}},
    }
