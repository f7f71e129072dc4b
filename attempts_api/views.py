"""What all views of the faces have in common: who may call them, and the shape of their errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edx_rest_framework_extensions.permissions import NotJwtRestrictedApplication
from rest_framework.parsers import FormParser, JSONParser
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from attempts_api import conf
from attempts_api.errors import BodyTooLarge, error_response
from attempts_api.provenance import REQUEST_ID_HEADER, request_id
from attempts_api.throttling import WriteThrottle


class IsActive(BasePermission):
    """Somebody whose account is active."""

    message = "This account is not active."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the caller may use the view."""
        return request.user.is_active


class AttemptsView(APIView):
    """A view for somebody who is logged in. What she may see and do, the view asks when it knows what it is about."""

    #: Tokens of applications that were given a few scopes only have no scope for attempts.
    permission_classes: tuple[Any, ...] = (IsAuthenticated, IsActive, NotJwtRestrictedApplication)
    throttle_classes = (WriteThrottle,)
    #: Data only: what somebody wrote in a comment is never rendered by us.
    renderer_classes = (JSONRenderer,)
    parser_classes = (JSONParser, FormParser)
    #: Which limit counts writes here; None for a view that does not write.
    throttle_scope: str | None = None

    def get_authenticators(self) -> list[Any]:
        """Return ours: what the host's other views do does not decide who may change learners' records."""
        return [authenticator() for authenticator in conf.authentication_classes()]

    def get_exception_handler(self) -> Callable[..., Response | None]:
        """Return our own handler, so that the host's setting does not decide the shape of our errors."""
        return error_response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too long before anything reads it."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        too_long = not length.isdigit() or int(length) > conf.max_body_bytes()
        if too_long and request.method not in SAFE_METHODS:
            raise BodyTooLarge(conf.max_body_bytes())
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say under which id the request is logged."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response[REQUEST_ID_HEADER] = request_id(request)
        return response
