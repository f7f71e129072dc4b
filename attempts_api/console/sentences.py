"""What errors and reasons say, in the language of whoever looks."""

from __future__ import annotations

from django.utils.translation import gettext

from attempts.data import Reason
from attempts.exceptions import AttemptsError


def in_words(said: AttemptsError | Reason) -> str:
    """Return the sentence of an error or a reason; in English where there is no translation."""
    if not said.sentence:
        return said.detail
    sentence = gettext(said.sentence)
    return sentence % said.values if said.values else sentence
