"""What errors and reasons say, in the language of whoever looks."""

from __future__ import annotations

from django.utils.translation import gettext

from attempts.data import Reason, Stays
from attempts.exceptions import AttemptsError


def in_words(said: AttemptsError | Reason | Stays) -> str:
    """Return the sentence of an error, of a reason or of what stays; in English where there is no translation."""
    if not said.sentence:
        return said.detail
    sentence = gettext(said.sentence)
    return sentence % said.values if said.values else sentence
