"""Roles the host gives its staff."""

from __future__ import annotations

from typing import Any

from attempts.host.models import host_model


def is_support(user: Any) -> bool:
    """Tell whether a user may do support work on the whole site.

    Global staff, superusers and holders of the platform's global ``support`` role; see ``has_access(user,
    "support", "global")``. Somebody not logged in, or inactive, is nobody.
    """
    if not (user and user.is_authenticated and user.is_active):
        return False
    if user.is_staff or user.is_superuser:
        return True
    model = host_model("student.CourseAccessRole")
    everywhere = model._meta.get_field("course_id").Empty
    return model.objects.filter(user_id=user.pk, role="support", org="", course_id=everywhere).exists()
