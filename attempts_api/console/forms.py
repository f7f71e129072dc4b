"""What the forms of the console have in common: a key of their own, and the answer that repeats nothing."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError

from attempts.sendable import sendable_text

_KEY = "idempotency_key"


def new_key() -> str:
    """Return the key of a form that is about to be shown: however often it is sent, it asks once."""
    return str(uuid4())


def key_of(request: HttpRequest) -> str:
    """Return the key of a form that was sent.

    Raises:
        ParseError: it has none, so nobody was shown it.
    """
    try:
        return str(UUID(request.POST.get(_KEY, "")))
    except ValueError as error:
        raise ParseError(_("The form is not complete. Open it again.")) from error


def text_of(request: HttpRequest, name: str) -> str:
    """Return a text that was sent, without blanks at its ends; empty if there is none.

    Raises:
        ParseError: it has a character that no database takes.
    """
    text = request.POST.get(name, "").strip()
    if "\x00" in text or sendable_text(text) != text:
        raise ParseError(_("The text has a character that cannot be kept. Write it without."))
    return text


def see_other(url: str) -> HttpResponse:
    """Return the answer after a form: a page to go to, so that a reload sends nothing again."""
    return HttpResponse(status=303, headers={"Location": url})
