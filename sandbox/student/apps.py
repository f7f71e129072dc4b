"""App configuration."""

from django.apps import AppConfig


class StudentConfig(AppConfig):
    """Enrolments, roles and anonymous ids, under the platform's table names."""

    name = "sandbox.student"
    label = "student"
    default_auto_field = "django.db.models.AutoField"
