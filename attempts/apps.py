"""App configuration, in the form the LMS and Studio load plugins."""

from django.apps import AppConfig

# To import them is to declare them, and openedx-events looks for configured events before plugins are ready.
from attempts.events import signals  # noqa: F401

#: The host asks several times while it puts its settings together: before and after it reads the operator's.
_WHEN = ("common", "production", "devstack", "test")


class AttemptsConfig(AppConfig):
    """The models, keys and operations of attempts."""

    name = "attempts"
    verbose_name = "Attempts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, put up the fence, stand between failing grades and earned certificates, be seen."""
        # Not above: they need the models, and to import the checks is to register them.
        from attempts import certificates, checks, conf  # noqa: F401
        from attempts.fence import connect_fence
        from attempts.monitoring import join_django_prometheus
        from attempts.policies import effective_policies
        from attempts.streams import connect_streams

        connect_fence(effective_policies)
        if conf.service() == "lms":
            certificates.guard_earned_certificates()
            connect_streams()
        join_django_prometheus()

    plugin_app = {
        "settings_config": {
            "lms.djangoapp": {when: {"relative_path": "settings.lms"} for when in _WHEN},
            "cms.djangoapp": {when: {"relative_path": "settings.studio"} for when in _WHEN},
        },
        "signals_config": {
            "lms.djangoapp": {
                "relative_path": "receivers",
                "receivers": [
                    {
                        "receiver_func_name": "learner_retired",
                        "signal_path": "openedx.core.djangoapps.user_api.accounts.signals.USER_RETIRE_LMS_MISC",
                        "dispatch_uid": "attempts.learner_retired",
                    },
                ],
            },
            "cms.djangoapp": {
                "relative_path": "receivers",
                "receivers": [
                    {
                        "receiver_func_name": "course_published",
                        "signal_path": "xmodule.modulestore.django.COURSE_PUBLISHED",
                        "dispatch_uid": "attempts.course_published",
                    },
                ],
            },
        },
    }
