"""Values as OLX writes them: in XML attributes always text, in policy files any JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from sandbox.content.olx.errors import OlxError


def text_value(attributes: Mapping[str, Any], name: str, default: str = "") -> str:
    """Return an attribute as text, ``default`` if it is absent or null."""
    value = attributes.get(name)
    return default if value is None else str(value)


def boolean_value(attributes: Mapping[str, Any], name: str, default: bool) -> bool:
    """Return an attribute as a boolean, ``default`` if it is absent."""
    return text_value(attributes, name, str(default)).strip().lower() in {"true", "1", "yes"}


def number_value(attributes: Mapping[str, Any], name: str, file: str, line: int | None = None) -> float | None:
    """Return an attribute as a number of 0 or more, None if it is absent.

    Raises:
        OlxError: It is something else.
    """
    text = _unquoted(attributes, name)
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise OlxError(f"the attribute {name} is {text!r}; give a number of 0 or more", file, line)
    return number


def date_value(attributes: Mapping[str, Any], name: str, file: str) -> datetime | None:
    """Return an attribute as a point in time (UTC where it names no zone), None if it is absent.

    Raises:
        OlxError: It is not an ISO 8601 date.
    """
    text = _unquoted(attributes, name)
    if not text:
        return None
    try:
        day = parse_date(text)
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise OlxError(f"the attribute {name} is {text!r}; give a date like 2026-01-31T00:00:00Z", file)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _unquoted(attributes: Mapping[str, Any], name: str) -> str:
    """Return an attribute's text without the JSON quotes that Studio puts around some values."""
    text = text_value(attributes, name).strip()
    if text.startswith('"'):
        try:
            text = str(json.loads(text))
        except ValueError:
            return text
    return "" if text == "null" else text
