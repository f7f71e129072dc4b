"""Errors as they may be logged. The text of an error can quote rows, addresses and passwords, so it is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Where databases, operating systems and mail servers keep the number of what went wrong.
_NUMBERS = ("sqlstate", "sqlite_errorname", "smtp_code", "errno")


def described(error: BaseException) -> str:
    """Return the class of an error and, where it has one, its number: ``IntegrityError 1062``."""
    number = next((found for one in _chain(error) if (found := _number(one)) is not None), None)
    return type(error).__name__ if number is None else f"{type(error).__name__} {number}"


def without_text(error: BaseException) -> BaseException:
    """Return an error of the same name and traceback that says its number and nothing else; so do its causes."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    named = type(type(error).__name__, (Exception,), {"__module__": type(error).__module__})
    copy = named(_sentence(error)).with_traceback(error.__traceback__)
    copy.__cause__ = without_text(cause) if cause is not None and cause is not error else None
    return copy


def _sentence(error: BaseException) -> str:
    number = _number(error)
    return "(its text is not logged)" if number is None else f"{number} (its text is not logged)"


def _number(error: BaseException) -> Any:
    found = next((value for name in _NUMBERS if (value := getattr(error, name, None)) is not None), None)
    # The drivers of MySQL put the number first, and Django keeps it there.
    return error.args[0] if found is None and error.args and isinstance(error.args[0], int) else found


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
