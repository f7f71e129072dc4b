"""App configuration."""

from django.apps import AppConfig


class CourseGoalsConfig(AppConfig):
    """Learners' goals, under the platform's table names."""

    name = "sandbox.course_goals"
    label = "course_goals"
    default_auto_field = "django.db.models.AutoField"
