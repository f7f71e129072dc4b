"""The page of a pack, part by part: what JSON says, for people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.template.loader import render_to_string

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z")


def head_as_html(head: Mapping[str, Any]) -> bytes:
    """Return everything before the blocks."""
    words = _readable(head)
    for one in words["subsections"]:
        one["name"] = _name(one["block_key"])
    return _rendered("head", words)


def block_as_html(block: Mapping[str, Any]) -> bytes:
    """Return a block: what is known of it, and what was answered."""
    words = {"block": {**_readable(block), "name": _name(block["block_id"])}, "shown": list(_shown(block))}
    return _rendered("block", words)


def foot_as_html() -> bytes:
    """Return what comes after the blocks."""
    return _rendered("foot", {})


def _rendered(name: str, words: Mapping[str, Any]) -> bytes:
    return render_to_string(f"attempts/appeals/{name}.html", dict(words)).encode()


def _readable(value: Any) -> Any:
    """Times to the second, as people write them."""
    if isinstance(value, dict):
        return {name: _readable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_readable(item) for item in value]
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]} {found[2]}" if found else value


def _name(key: str) -> str:
    return key.rpartition("@")[2]


def _shown(block: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is to be read of a block: its answers; where it is not known what they are, all its fields."""
    if block.get("unreadable") is not None:
        yield "Stored, and not readable as fields", block["unreadable"]
    elif block.get("answers") is not None:
        yield "Answers", _as_text(block["answers"])
    elif block.get("state"):
        yield "Fields", _as_text(block["state"])


def _as_text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
