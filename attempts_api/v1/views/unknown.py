"""Addresses that lead nowhere."""

from __future__ import annotations

from typing import Any, NoReturn

from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from attempts_api.views import OpenView


class UnknownView(OpenView):
    """Answers what is not an address of this API in the shape of all errors, and not with the host's page."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        """Say that there is nothing, whoever asks and however.

        Raises:
            NotFound: always.
        """
        hint = "" if request.path.endswith("/") else " Addresses end with a slash."
        raise NotFound(f"There is nothing at {request.path[:200]}.{hint} See schema/.")
