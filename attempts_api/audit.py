"""The log of who looked at which learner. Ids and keys only: no names, answers or comments."""

from __future__ import annotations

import logging
from typing import Any

from rest_framework.request import Request

from attempts_api.provenance import provenance_of

log = logging.getLogger("attempts.audit")


def log_read(request: Request, resource: str, role: str, **about: Any) -> None:
    """Write a line: ``attempts.read resource=… actor=… role=… client=… request_id=… learner=… …``.

    The same words are attributes of the log record, for formatters that keep them apart.

    Args:
        request: the request.
        resource: what was looked at.
        role: the role that gave the right.
        about: what it was about, such as ``learner`` (user id) and ``course_id``; None is left out.
    """
    came = provenance_of(request, role)
    words = {
        "resource": resource,
        "actor": request.user.pk,
        "role": role,
        "client": came.client,
        "request_id": came.request_id,
        **{name: value for name, value in about.items() if value is not None},
    }
    line = " ".join(f"{name}={_quoted(value)}" for name, value in words.items())
    log.info("attempts.read %s", line, extra={f"attempts_{name}": value for name, value in words.items()})


def _quoted(value: Any) -> str:
    text = str(value)
    return f'"{text}"' if " " in text else text
