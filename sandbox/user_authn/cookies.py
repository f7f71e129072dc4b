"""The two cookies that hold a token: scripts may read what it says, but only the browser its signature."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse
from edx_rest_framework_extensions.auth.jwt.cookies import jwt_cookie_header_payload_name, jwt_cookie_signature_name

from sandbox.user_authn.tokens import issue


def set_jwt_cookies(request: HttpRequest, response: HttpResponse, user: AbstractUser) -> None:
    """Give the browser a fresh token."""
    header_and_payload, _, signature = issue(user).rpartition(".")
    shared = {"max_age": settings.JWT_AUTH["JWT_IN_COOKIE_EXPIRATION"], "secure": request.is_secure()}
    response.set_cookie(jwt_cookie_header_payload_name(), header_and_payload, **shared)
    response.set_cookie(jwt_cookie_signature_name(), signature, httponly=True, **shared)


def delete_jwt_cookies(response: HttpResponse) -> None:
    """Take the token away from the browser."""
    response.delete_cookie(jwt_cookie_header_payload_name())
    response.delete_cookie(jwt_cookie_signature_name())
