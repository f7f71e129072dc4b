"""Where everybody comes in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from attempts_api.console.menu import menu_of
from attempts_api.console.views.base import ConsoleView


class HomeView(ConsoleView):
    """The first page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return it."""
        menu = menu_of(request)
        may_search = any(entry.name == "learners" for entry in menu)
        return self.page("home.html", {"menu": menu, "may_search": may_search}, title=_("Attempts"))
