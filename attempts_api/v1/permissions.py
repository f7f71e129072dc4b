"""Who may call the API."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from attempts import api


class IsSupport(BasePermission):
    """Support staff of the whole site."""

    message = "This needs the right to do support work on the whole site."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the caller may use the view."""
        return api.is_support(request.user)
