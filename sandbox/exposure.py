"""What keeps the sandbox, whose secrets and passwords everybody can read here, from being taken for a site.

With ``DEBUG`` on it is for trying out, on this machine alone. With ``DEBUG`` off, in whatever settings, it starts only
with secrets of its own, and lets nobody in by the password that the accounts of ``make run`` have. Read by the
settings, so nothing here may need Django's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.views.debug import SafeExceptionReporterFilter

SHIPPED_SECRET = "the sandbox has no secrets"  # nosec B105  # what is below refuses it
OWN_PASSWORDS_ONLY = "sandbox.user_authn.backends.OwnPasswordsOnly"
_WORDS = {"true": True, "false": False, "1": True, "0": False}


class HidesAddresses(SafeExceptionReporterFilter):
    """Hides addresses too: those of databases and brokers have passwords in them."""

    hidden_settings = re.compile(f"{SafeExceptionReporterFilter.hidden_settings.pattern}|URL", re.IGNORECASE)


def is_on(text: str, name: str) -> bool:
    """Return what a switch in the environment says.

    Raises:
        ImproperlyConfigured: it is neither true nor false.
    """
    try:
        return _WORDS[text.strip().lower()]
    except KeyError as error:
        raise ImproperlyConfigured(f"{name} is '{text}'; give true or false.") from error


def refuse_shipped_secrets(settings: Any) -> None:
    """Refuse to start without ``DEBUG`` by what everybody can read here.

    Args:
        settings: Django's settings, complete.

    Raises:
        ImproperlyConfigured: with each setting that is wrong, and what to do about it.
    """
    wrong = [] if settings.DEBUG else list(_exposures(settings))
    if wrong:
        raise ImproperlyConfigured("The sandbox does not start with DEBUG off: " + " ".join(wrong))


def _exposures(settings: Any) -> Iterator[str]:
    if SHIPPED_SECRET in settings.SECRET_KEY:
        yield "SECRET_KEY is the one that is shipped: set SANDBOX_SECRET_KEY to a long random text of your own."
    if SHIPPED_SECRET in settings.JWT_AUTH["JWT_SECRET_KEY"]:
        yield "JWT_AUTH['JWT_SECRET_KEY'] is the one that is shipped: it is made of SANDBOX_SECRET_KEY."
    if "*" in settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS allows every host: set SANDBOX_HOSTS to the names by which it is called."
    if settings.AUTHENTICATION_BACKENDS != [OWN_PASSWORDS_ONLY]:
        yield f"AUTHENTICATION_BACKENDS lets people in by a password that is shipped: make it ['{OWN_PASSWORDS_ONLY}']."
