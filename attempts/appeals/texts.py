"""How the page says values, in the language in which it is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext, pgettext_lazy

#: What the words of ``attempt.json`` are on the page.
WORDS = {
    "active": pgettext_lazy("an attempt is", "active"),
    "archived": pgettext_lazy("an attempt is", "archived"),
    "reset": pgettext_lazy("what was done to an attempt", "reset"),
    "undo": pgettext_lazy("what was done to an attempt", "undo"),
    "activate": pgettext_lazy("what was done to an attempt", "activate"),
    "enqueued": pgettext_lazy("what was asked for is", "enqueued"),
    "in_progress": pgettext_lazy("what was asked for is", "in progress"),
    "complete": pgettext_lazy("what was asked for is", "complete"),
    "failed": pgettext_lazy("what was asked for is", "failed"),
    "latest": pgettext_lazy("the grade that counts is that of which attempt", "latest"),
    "best": pgettext_lazy("the grade that counts is that of which attempt", "best"),
    "first": pgettext_lazy("the grade that counts is that of which attempt", "first"),
    "chosen": pgettext_lazy("the grade that counts is that of which attempt", "chosen"),
}


@contextmanager
def written_in(language: str | None) -> Iterator[None]:
    """Write in a language, its dates and numbers included; in the one that stands in for it if it has no texts of ours.

    Args:
        language: its code; None for the active one.
    """
    with translation.override(language or translation.get_language()):
        # Translated as the texts are, it says which language they are found in.
        found = pgettext("the code of your language, such as de", "en")
    with translation.override(found):
        yield


def moment(value: str) -> str:
    """Return a time to the second; ``value`` is as JSON has it."""
    found = datetime.fromisoformat(value)
    return f"{date_format(found, 'DATE_FORMAT')}, {found:%H:%M:%S}"


def percent(part: Any) -> str:
    """Return a part of a whole, 0.0 to 1.0, to a tenth of a percent."""
    number = floatformat(100 * part, -1) if isinstance(part, int | float) else part
    return gettext("%(number)s%%") % {"number": number}


def points(value: Any) -> str:
    """Return points, to a hundredth."""
    return floatformat(value, -2)
