"""Through what a request came: kept with every write, and logged with every look at a learner."""

from __future__ import annotations

import re
from typing import Any, TypeAlias
from uuid import uuid4

from django.http import HttpRequest
from rest_framework.request import Request

from attempts.data import Provenance

#: The framework's request, or the plain one of a page of the console.
AnyRequest: TypeAlias = Request | HttpRequest
REQUEST_ID_HEADER = "X-Request-ID"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
_CLIENT_LENGTH = 255
#: Names of roles that a site makes itself can be longer.
_ROLE_LENGTH = 128


def request_id(request: Any) -> str:
    """Return the id of a request: the caller's ``X-Request-ID`` if it is a plain word, else one made for it."""
    known = getattr(request, "_attempts_request_id", None)
    if known is None:
        given = request.headers.get(REQUEST_ID_HEADER, "")
        known = given if _REQUEST_ID.fullmatch(given) else str(uuid4())
        request._attempts_request_id = known
    return known


def client_of(request: Any) -> str:
    """Return what a request came through: the console, an OAuth2 application if named, else how it was let in."""
    if isinstance(request, HttpRequest):
        return "console"
    application = getattr(request.auth, "application", None)
    if application is not None:
        return f"oauth2 {application.client_id}"[:_CLIENT_LENGTH]
    authenticator = request.successful_authenticator
    return type(authenticator).__name__.removesuffix("Authentication").lower() if authenticator else ""


def provenance_of(request: Any, role: str) -> Provenance:
    """Return by which right and through what a request came.

    Args:
        request: the request.
        role: the role that gave the right.
    """
    return Provenance(role=role[:_ROLE_LENGTH], client=client_of(request), request_id=request_id(request))
