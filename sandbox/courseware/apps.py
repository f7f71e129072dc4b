"""App configuration."""

from django.apps import AppConfig


class CoursewareConfig(AppConfig):
    """Learner state and its history, under the platform's table names."""

    name = "sandbox.courseware"
    label = "courseware"
    default_auto_field = "django.db.models.AutoField"
