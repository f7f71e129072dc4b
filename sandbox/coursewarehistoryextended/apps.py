"""App configuration."""

from django.apps import AppConfig


class CoursewareHistoryExtendedConfig(AppConfig):
    """The second, larger history of learner state, under the platform's table names."""

    name = "sandbox.coursewarehistoryextended"
    label = "coursewarehistoryextended"
    default_auto_field = "django.db.models.AutoField"
