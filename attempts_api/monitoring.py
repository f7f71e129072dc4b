"""What monitors ask: numbers, and whether all is well. Not part of a version of the API: their formats are not ours."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from attempts import api
from attempts.data import HealthCheck
from attempts_api import conf
from attempts_api.access import sees_site
from attempts_api.views import AttemptsView

#: A shorter secret is none.
_SHORTEST_TOKEN = 16


class Monitor(AnonymousUser):
    """Whoever knows the secret of the settings. Nobody in particular, so nothing but monitoring is open to it."""


class MonitorToken(BaseAuthentication):
    """Lets the monitor in by ``Authorization: Bearer <ATTEMPTS_METRICS_TOKEN>``; leaves other tokens to others."""

    def authenticate(self, request: Request) -> tuple[Monitor, None] | None:
        """Return the monitor if the caller knows the secret."""
        expected = conf.metrics_token() or ""
        scheme, _space, token = get_authorization_header(request).partition(b" ")
        if len(expected) < _SHORTEST_TOKEN or scheme.lower() != b"bearer":
            return None
        return (Monitor(), None) if constant_time_compare(token.strip(), expected.encode()) else None

    def authenticate_header(self, request: Request) -> str:
        """Name the way in, for an answer 401."""
        return 'Bearer realm="attempts"'


class MayMonitor(BasePermission):
    """The monitor, or somebody who may see the attempts of the whole site."""

    message = "This needs the token for monitoring, or the permission view_attempts on the whole site."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the caller may look."""
        return isinstance(request.user, Monitor) or sees_site(request.user)


class MonitoringView(AttemptsView):
    """A view for monitors: whatever they accept, and never from a cache on the way."""

    permission_classes: tuple[Any, ...] = (MayMonitor,)
    schema = None

    def get_authenticators(self) -> list[Any]:
        """Return the monitor's way in, then the usual ones."""
        return [MonitorToken(), *super().get_authenticators()]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Answer in the one format there is."""
        renderer = self.get_renderers()[0]
        return renderer, renderer.media_type

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Forbid to keep the answer."""
        response = super().finalize_response(request, response, *args, **kwargs)
        add_never_cache_headers(response)
        return response


class MetricsView(MonitoringView):
    """``GET /api/attempts/metrics``, for Prometheus."""

    def get(self, request: Request) -> HttpResponse:
        """Return the numbers.

        Raises:
            NotFound: ``prometheus_client`` is not installed.
        """
        page = api.metrics(request.headers.get("Accept", ""))
        if page is None:
            raise NotFound("This site has no metrics: install openedx-attempts[metrics].")
        body, content_type = page
        return HttpResponse(body, content_type=content_type)


class HealthView(MonitoringView):
    """``GET /api/attempts/health``, in the shape of the platform's ``/heartbeat``: anybody may ask, few see details."""

    permission_classes: tuple[Any, ...] = ()

    def perform_authentication(self, request: Request) -> None:
        """Ask nobody who he is: that may need the very database that is away."""

    def get(self, request: Request) -> Response:
        """Return each check: 200 if all are as they should be, else 503."""
        found = api.health(recent=True)
        detailed = self._may_see_details(request)
        body = {check.name: _told(check, detailed) for check in found}
        return Response(body, status=200 if all(check.ok for check in found) else 503)

    def _may_see_details(self, request: Request) -> bool:
        try:
            return MayMonitor().has_permission(request, self)
        except Exception:
            # A wrong token, or whatever a way to log in raises without its database.
            return False


def _told(check: HealthCheck, detailed: bool) -> dict[str, Any]:
    return {"status": check.ok, **({"message": check.message} if detailed else {})}
