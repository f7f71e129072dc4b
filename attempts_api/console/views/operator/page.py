"""What the operator's pages have in common: who may open them, and the way from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from attempts import api
from attempts_api.access import required_role
from attempts_api.console.menu import Entry, entries_of
from attempts_api.console.views.base import ConsoleView


class OperatorPage(ConsoleView):
    """A page for those who may see the attempts of the whole site, as metrics and health are."""

    def operator_role(self) -> str:
        """Return the role by which the caller may look.

        Raises:
            PermissionDenied: she may not.
        """
        return required_role(self.request, "view_attempts")

    def may_recover(self) -> bool:
        """Tell whether the caller may have workers take up what others have asked for: many switches at once."""
        return api.role_for(self.request.user, "bulk") is not None

    def page(
        self, template: str, words: Mapping[str, Any] | None = None, *, status: int = 200, title: str = ""
    ) -> HttpResponse:
        """Return a page with the way to the others."""
        return super().page(template, {"pages": _pages(self.request), **(words or {})}, status=status, title=title)


def _pages(request: HttpRequest) -> list[Entry]:
    pages = (
        ("operator", _("Overview")),
        ("operator-operations", _("All operations")),
        ("operator-coverage", _("Coverage")),
        ("operator-verify", _("Verify")),
        ("operator-versions", _("Versions")),
    )
    return entries_of(request, pages)
