"""What a value object says, by name."""

from __future__ import annotations

import dataclasses
from typing import Any


def told(value: Any) -> dict[str, Any]:
    """Return the fields of a value object, then what follows from them: its properties.

    Args:
        value: an instance of a dataclass.
    """
    fields = [field.name for field in dataclasses.fields(value)]
    following = [
        name for kind in reversed(type(value).__mro__) for name, one in vars(kind).items() if isinstance(one, property)
    ]
    return {name: getattr(value, name) for name in [*fields, *following]}
