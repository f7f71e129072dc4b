"""App configuration."""

from django.apps import AppConfig


class SurveyConfig(AppConfig):
    """Answers to the survey of a course, under the platform's table names."""

    name = "sandbox.survey"
    label = "survey"
    default_auto_field = "django.db.models.AutoField"
