"""The kinds of errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the translators; whoever shows it to people translates it."""
    return sentence


class AttemptsError(Exception):
    """Base of all errors that attempts raises on purpose.

    Args:
        sentence: for people: what is wrong and what to do, with ``%(name)s`` where values go if there are any.
        values: what goes there.

    Attributes:
        code: stable, machine-readable name of the kind of error.
        detail: the sentence with its values, in English.
    """

    code: ClassVar[str] = "error"

    def __init__(self, sentence: str, **values: Any) -> None:
        self.sentence = sentence
        self.values = values
        self.detail = sentence % values if values else sentence
        super().__init__(self.detail)


class BadRequest(AttemptsError):
    """The caller's words are wrong, whatever the state of the learner."""


class NotFound(AttemptsError):
    """What the caller names does not exist."""


class Conflict(AttemptsError):
    """Another request stands in the way."""


class NotEligible(AttemptsError):
    """The switch is refused; the reasons say why.

    Attributes:
        reasons: every reason that applies; an error that is itself the only reason lists itself.
    """

    code = "not_eligible"
    #: Whether somebody with the right may go on in spite of this reason.
    overridable: ClassVar[bool] = True

    def __init__(self, sentence: str, reasons: Sequence[NotEligible] = (), **values: Any) -> None:
        super().__init__(sentence, **values)
        self.reasons: tuple[NotEligible, ...] = tuple(reasons) or (self,)
