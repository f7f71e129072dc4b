"""App configuration, in the form the LMS loads plugins. Studio does not: it has nothing of what the faces show."""

from django.apps import AppConfig

#: The host asks several times while it puts its settings together: before and after it reads the operator's.
_WHEN = ("common", "production", "devstack", "test")


class AttemptsApiConfig(AppConfig):
    """The faces of attempts."""

    name = "attempts_api"
    verbose_name = "Attempts: REST API"

    plugin_app = {
        "url_config": {
            "lms.djangoapp": {"namespace": "attempts_api", "regex": "^api/attempts/", "relative_path": "urls"},
        },
        "settings_config": {"lms.djangoapp": {when: {"relative_path": "settings.common"} for when in _WHEN}},
    }
