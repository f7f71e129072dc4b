"""Log lines that people and programs can read: ``attempts.operation_completed operation=… kind=reset …``.

Each word is in the text, for the platform's usual format, and an attribute of the record, for formatters that keep them
apart, with the prefix ``attempts_``.
"""

from __future__ import annotations

import json
import logging
import re
from types import TracebackType
from typing import Any

from attempts.telemetry.context import known_facts
from attempts.telemetry.errors import described, without_text
from attempts.telemetry.events import Event

#: Words that need no quotes: whoever reads the line must see where each ends.
_PLAIN = re.compile(r"[^\s\"=\\\x00-\x1f\x7f]+")
#: Frames between the line in the code of attempts and the logging package.
_FRAMES = 3
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class EventLog:
    """Writes events to a logger, with what is known of the operation at work."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def info(self, event: Event, **words: Any) -> None:
        """Write an event that is as it should be; ``words`` that are None are left out."""
        self._write(logging.INFO, event, words, None)

    def warning(self, event: Event, error: BaseException | None = None, **words: Any) -> None:
        """Write an event that somebody may want to look at.

        Args:
            event: what happened.
            error: what was raised; its name, number and traceback are logged, its text is not.
            words: what else there is to say; None is left out.
        """
        self._write(logging.WARNING, event, words, error)

    def error(self, event: Event, error: BaseException | None = None, **words: Any) -> None:
        """Write an event that somebody has to look at; arguments are those of :meth:`warning`."""
        self._write(logging.ERROR, event, words, error)

    def _write(self, level: int, event: Event, words: dict[str, Any], error: BaseException | None) -> None:
        if not self._logger.isEnabledFor(level):
            return
        told = {**known_facts(), **words, **({"error": described(error)} if error else {})}
        told = {name: _sayable(value) for name, value in told.items() if value is not None}
        line = " ".join(f"{name}={_quoted(value)}" for name, value in told.items())
        extra = {"attempts_event": event.value, **{f"attempts_{name}": value for name, value in told.items()}}
        exc_info = _exc_info(error)
        self._logger.log(level, "attempts.%s %s", event.value, line, extra=extra, exc_info=exc_info, stacklevel=_FRAMES)


def _exc_info(error: BaseException | None) -> _ExcInfo | None:
    if error is None:
        return None
    copy = without_text(error)
    return type(copy), copy, error.__traceback__


def _sayable(value: Any) -> str | int | float:
    return value if isinstance(value, int | float) else str(value)


def _quoted(value: str | float) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
