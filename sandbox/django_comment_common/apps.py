"""App configuration."""

from django.apps import AppConfig


class DjangoCommentCommonConfig(AppConfig):
    """Roles in the discussion of a course, under the platform's table names."""

    name = "sandbox.django_comment_common"
    label = "django_comment_common"
    default_auto_field = "django.db.models.AutoField"
