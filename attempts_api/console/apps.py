"""App configuration of the console. A plugin of its own, for a plugin has one address."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The pages under ``/attempts/``."""

    name = "attempts_api.console"
    label = "attempts_console"
    verbose_name = "Attempts: console"

    plugin_app = {
        "url_config": {
            "lms.djangoapp": {"namespace": "attempts_console", "regex": "^attempts/", "relative_path": "urls"},
        },
    }
