"""App configuration."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Certificates, under the platform's table name."""

    name = "sandbox.certificates"
    label = "certificates"
    default_auto_field = "django.db.models.AutoField"
