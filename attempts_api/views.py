"""What all views of the faces have in common: who may call them, and the shape of their errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.utils.cache import patch_cache_control
from edx_rest_framework_extensions.permissions import NotJwtRestrictedApplication
from rest_framework.exceptions import NotAcceptable, ParseError
from rest_framework.metadata import SimpleMetadata
from rest_framework.negotiation import DefaultContentNegotiation
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

#: A number of more digits is none that Python reads, or no length.
_MOST_DIGITS = 18


class IsActive(BasePermission):
    """Somebody whose account is active."""

    message = "This account is not active."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the caller may use the view."""
        return request.user.is_active


class TokenHasScope(BasePermission):
    """A token that has scopes needs the one for reading, or the one for writing."""

    message = "This token has no scope to read, or none to write."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the caller may use the view."""
        scope = getattr(request.auth, "scope", None)
        needed = "read" if request.method in SAFE_METHODS else "write"
        return not isinstance(scope, str) or needed in scope.split()


class AttemptsView(APIView):
    """A view for somebody who is logged in. What she may see and do, the view asks when it knows what it is about."""

    #: Tokens of applications that were given a few scopes only have no scope for attempts.
    permission_classes: tuple[Any, ...] = (IsAuthenticated, IsActive, NotJwtRestrictedApplication, TokenHasScope)
    throttle_classes = (WriteThrottle,)
    #: Data only: what somebody wrote in a comment is never rendered by us.
    renderer_classes: tuple[Any, ...] = (JSONRenderer,)
    parser_classes: tuple[Any, ...] = (JSONParser, FormParser)
    versioning_class = None
    content_negotiation_class = DefaultContentNegotiation
    metadata_class: Any = SimpleMetadata
    #: Which limit counts writes here; None for a view that does not write.
    throttle_scope: str | None = None

    def get_authenticators(self) -> list[Any]:
        """Return ours: what the host's other views do does not decide who may change learners' records."""
        return [authenticator() for authenticator in conf.authentication_classes()]

    def get_exception_handler(self) -> Callable[..., Response | None]:
        """Return our own handler, so that the host's setting does not decide the shape of our errors."""
        return error_response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too long, or does not say how long it is, before anything reads it."""
        if request.method in SAFE_METHODS:
            # Some ways to log in look into a body, of whatever type it is.
            request.META["CONTENT_LENGTH"] = "0"
        else:
            _check_length(request)
        # JSON has no other encoding, and some of Python's unpack a small body into a huge one.
        request.parser_context["encoding"] = "utf-8"
        # Django would ask again for a form in parts that middleware has read already, as the platform's tracking does.
        if not hasattr(request._request, "_post") or request._request.content_type != "multipart/form-data":
            request._request.encoding = "utf-8"
        super().initial(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """Find out who is calling.

        Raises:
            ParseError: the request is such that a way to log in cannot read it.
        """
        try:
            super().perform_authentication(request)
        except ValueError as error:
            raise ParseError("The request cannot be read.") from error

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Choose a form of the answer.

        Raises:
            NotAcceptable: the caller wants one that there is not, be it by a header or by the address.
        """
        try:
            return super().perform_content_negotiation(request, force)
        except Http404 as error:
            raise NotAcceptable from error

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say under which id the request is logged, and that nobody on the way may keep what is said of a learner."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response[REQUEST_ID_HEADER] = request_id(request)
        if self.permission_classes:
            patch_cache_control(response, private=True, no_store=True)
        return response


class OpenView(AttemptsView):
    """A view for anybody, logged in or not, whatever she accepts: it does not speak of learners."""

    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Ask nothing."""


def _check_length(request: Request) -> None:
    # Django reads no body of unknown length: a policy that comes in chunks would be one with nothing in it.
    if "HTTP_TRANSFER_ENCODING" in request.META:
        raise ParseError("A body in chunks is not read. Send its Content-Length.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        raise ParseError("Content-Length is not a number.")
    if len(length) > _MOST_DIGITS or int(length) > conf.max_body_bytes():
        raise BodyTooLarge(conf.max_body_bytes())
