"""Where everybody comes in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from attempts import api
from attempts_api.console.views.base import ConsoleView


class HomeView(ConsoleView):
    """The first page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return it."""
        may_search = bool(api.reach(request.user, "view_attempts"))
        return self.page("home.html", {"may_search": may_search}, title=_("Attempts"))
