"""App configuration."""

from django.apps import AppConfig


class CourseGroupsConfig(AppConfig):
    """Cohorts, under the platform's table names."""

    name = "sandbox.course_groups"
    label = "course_groups"
    default_auto_field = "django.db.models.AutoField"
