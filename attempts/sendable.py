"""Making what hosts and callers put in fit to be sent: not every text or number can be JSON in UTF-8."""

from __future__ import annotations

import json
import math
from typing import Any


def sendable_text(text: str) -> str:
    """Return a text with each half of a surrogate pair, which UTF-8 cannot hold, replaced by a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def sendable(value: Any) -> Any:
    """Return what was read from JSON as strict JSON can hold it.

    Texts as in :func:`sendable_text`; ``NaN`` and ``Infinity``, which Python writes and JSON has not, as texts.
    """
    if isinstance(value, str):
        return sendable_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {sendable_text(name): sendable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [sendable(item) for item in value]
    return value


def readable(value: Any) -> str:
    """Return what was read from JSON as a text for people: JSON on several lines, in the letters of every script."""
    return json.dumps(sendable(value), indent=2, ensure_ascii=False)
