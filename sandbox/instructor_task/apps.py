"""App configuration."""

from django.apps import AppConfig


class InstructorTaskConfig(AppConfig):
    """Tasks that a course team started, under the platform's table names."""

    name = "sandbox.instructor_task"
    label = "instructor_task"
    default_auto_field = "django.db.models.AutoField"
