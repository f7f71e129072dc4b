"""A support agent who works over the REST API, as an outside service would."""

from __future__ import annotations

from typing import Any

from django.test import Client

_ROOT = "/api/attempts/v1"


class RefusedError(Exception):
    """The API did not do what was asked; the message is what it said."""


class SupportAgent:
    """Support over REST for one learner in one course.

    Args:
        user: The agent's account.
        learner: The learner's username.
        course_id: The course.
    """

    def __init__(self, user: Any, learner: str, course_id: str) -> None:
        self._client = Client(headers={"host": "localhost"})
        self._client.force_login(user)
        self._about = {"learner": learner, "course_id": course_id}

    def rows(self) -> dict[str, int]:
        """Return the rows of the active attempt, by table."""
        preview = self._post("operations/preview/", {"kind": "reset"})
        return {store["store"]: store["archived"] for store in preview["stores"]}

    def switch(self, kind: str, comment: str, override: tuple[str, ...] = ()) -> dict[str, Any]:
        """Ask for a switch, follow it, and return the operation once it is complete."""
        asked = self._post("operations/", {"kind": kind, "comment": comment, "override": list(override)})
        operation = self._client.get(f"{_ROOT}/operations/{asked['uuid']}/").json()
        if operation["status"] != "complete":
            raise RefusedError(f"The {kind} is {operation['status']}: {operation['error']}")
        return operation

    def _post(self, path: str, words: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.post(f"{_ROOT}/{path}", {**self._about, **words}, content_type="application/json")
        if answer.status_code not in (200, 202):
            raise RefusedError(f"{answer.status_code}: {answer.content.decode()}")
        return answer.json()
