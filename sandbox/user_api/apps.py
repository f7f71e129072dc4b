"""App configuration."""

from django.apps import AppConfig


class UserApiConfig(AppConfig):
    """Preferences of a learner, and tags in a course or an organisation, under the platform's table names."""

    name = "sandbox.user_api"
    label = "user_api"
    default_auto_field = "django.db.models.AutoField"
