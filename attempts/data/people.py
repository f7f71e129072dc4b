"""Learners, and by which right and through what somebody asked."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Provenance:
    """By which right and through what a write came; who asked is said beside it.

    Attributes:
        role: the role that gave the right, as :func:`attempts.api.role_for` names it; empty for the system.
        client: what the request came through.
        request_id: the id under which the host's logs know the request.
    """

    role: str = ""
    client: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class LearnerData:
    """A learner.

    Attributes:
        id: the host's user id.
        username: the name the account has now; it changes when the account is retired.
        email: the account's e-mail address.
        name: the learner's full name, empty if unknown.
    """

    id: int
    username: str
    email: str = field(repr=False, default="")
    name: str = field(repr=False, default="")
