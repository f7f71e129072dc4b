"""Letting people in by their password, where the sandbox is no trial any more."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import AllowAllUsersModelBackend

from sandbox.work.population import PASSWORD


class OwnPasswordsOnly(AllowAllUsersModelBackend):
    """Lets nobody in by the password that the sandbox gives to every account it makes, and prints."""

    def authenticate(self, request: Any, username: Any = None, password: Any = None, **kwargs: Any) -> Any:
        """Return the user, None if name and password are not those of one or the password is the shipped one."""
        user = super().authenticate(request, username, password, **kwargs)
        return None if password == PASSWORD else user
