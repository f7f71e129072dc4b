"""Addresses under the console that are none."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from attempts_api.console.views.base import ConsoleView


class UnknownView(ConsoleView):
    """Whatever has no page."""

    def get(self, request: HttpRequest, rest: str) -> HttpResponse:
        """Say so, in the console's own page.

        Raises:
            Http404: always.
        """
        raise Http404
