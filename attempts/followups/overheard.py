"""What libraries only log: some catch every error of those they call, and return as if all were well."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Errors(logging.Handler):
    """Collects what this thread logs as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []
        self.thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Collect one."""
        if record.thread == self.thread:
            self.found.append(record.getMessage())


@contextmanager
def errors_logged_by(logger: str) -> Iterator[list[str]]:
    """Collect the errors that this thread logs under a name meanwhile; they are logged as ever, too."""
    handler = _Errors()
    named = logging.getLogger(logger)
    named.addHandler(handler)
    try:
        yield handler.found
    finally:
        named.removeHandler(handler)
