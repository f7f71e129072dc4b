"""App configuration."""

from django.apps import AppConfig


class CourseOverviewsConfig(AppConfig):
    """Course overviews, under the platform's table name."""

    name = "sandbox.course_overviews"
    label = "course_overviews"
    default_auto_field = "django.db.models.AutoField"
