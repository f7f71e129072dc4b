"""App configuration."""

from django.apps import AppConfig


class ProgramEnrollmentsConfig(AppConfig):
    """Enrolments in programmes, under the platform's table names."""

    name = "sandbox.program_enrollments"
    label = "program_enrollments"
    default_auto_field = "django.db.models.AutoField"
