"""The log of who looked at which learner. Ids and keys only: no names, answers or comments."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Collection
from typing import Any

from attempts_api.provenance import AnyRequest, provenance_of

#: Words that need no quotes: whoever reads the line must see where each ends.
_PLAIN = re.compile(r"[^\s\"=\\\x00-\x1f\x7f]+")
log = logging.getLogger("attempts.audit")


def log_read(request: AnyRequest, resource: str, role: str, **about: Any) -> None:
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


def log_list(request: AnyRequest, resource: str, role: str, learners: Collection[int], **about: Any) -> None:
    """Write the line for a page of a list: ``learners`` are the user ids of those who are on it.

    Other arguments are those of :func:`log_read`.
    """
    log_read(request, resource, role, learners=",".join(map(str, sorted(learners))), **about)


def _quoted(value: Any) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
