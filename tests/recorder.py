"""Watches every statement for a DELETE."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

#: The tables that Django itself, not the product, may delete from.
_EXEMPT = {"django_session"}
_DELETE = re.compile(r"^\s*DELETE\s+FROM\s+[\"`]?(\w+)", re.IGNORECASE)


class DeleteRecorder:
    """An execute wrapper that notes each DELETE and, so that nobody can swallow it, reports at the end."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Pass the statement on, noting it if it deletes."""
        match = _DELETE.match(sql)
        if match and match[1] not in _EXEMPT:
            self.seen.append(sql)
        return execute(sql, params, many, context)
