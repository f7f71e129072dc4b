"""App configuration."""

from django.apps import AppConfig


class LtiProviderConfig(AppConfig):
    """Assignments done for another LMS, under the platform's table names."""

    name = "sandbox.lti_provider"
    label = "lti_provider"
    default_auto_field = "django.db.models.AutoField"
