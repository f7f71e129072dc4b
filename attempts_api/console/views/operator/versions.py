"""What this process consists of."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from attempts import api
from attempts_api.about import settings_in_force
from attempts_api.console.views.operator.page import OperatorPage


class VersionsView(OperatorPage):
    """Versions, stores, follow-ups and settings, without secrets."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the page."""
        self.operator_role()
        site = api.about_site()
        settings = sorted({**site.settings, **settings_in_force()}.items())
        return self.page("operator/versions.html", {"site": site, "settings": settings}, title=_("Versions"))
