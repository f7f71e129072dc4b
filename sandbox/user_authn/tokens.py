"""JSON Web Tokens with the claims that the LMS puts into those it gives to browsers."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from edx_rest_framework_extensions.auth.jwt.decoder import jwt_decode_handler

from sandbox.student.models import anonymous_id_for_user

SCOPES = ["user_id", "email", "profile"]


def issue(user: AbstractUser) -> str:
    """Return a signed token that says who somebody is."""
    algorithm = settings.JWT_AUTH["JWT_SIGNING_ALGORITHM"]
    key = jwt.PyJWK(json.loads(settings.JWT_AUTH["JWT_PRIVATE_SIGNING_JWK"]), algorithm)
    return jwt.encode(claims(user), key.key, algorithm=algorithm)


def claims(user: AbstractUser) -> dict[str, Any]:
    """Return what a token says of somebody."""
    now = int(time.time())
    return {
        "aud": settings.JWT_AUTH["JWT_AUDIENCE"],
        "exp": now + settings.JWT_AUTH["JWT_IN_COOKIE_EXPIRATION"],
        "grant_type": "password",
        "iat": now,
        "iss": settings.JWT_AUTH["JWT_ISSUER"],
        "preferred_username": user.username,
        "scopes": SCOPES,
        "version": settings.JWT_AUTH["JWT_SUPPORTED_VERSION"],
        "sub": anonymous_id_for_user(user, None),
        "filters": [],
        "is_restricted": False,
        "email_verified": user.is_active,
        "user_id": user.id,
        "email": user.email,
        "name": user.get_full_name(),
        "family_name": user.last_name,
        "given_name": user.first_name,
        "administrator": user.is_staff,
        "superuser": user.is_superuser,
        "roles": [],
    }


def decode(token: str) -> dict[str, Any]:
    """Return the claims of a valid token of somebody who exists.

    Raises:
        jwt.InvalidTokenError: The token is invalid or expired, or nobody has the username in it.
    """
    payload = jwt_decode_handler(token)
    # JwtAuthentication makes an account for a username it does not know, and no setting of its own prevents that.
    if not get_user_model().objects.filter(username=payload.get("preferred_username")).exists():
        raise jwt.InvalidTokenError("Nobody has the username of this token.")
    return payload
