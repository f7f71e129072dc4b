"""System checks, through Django's own entry."""

from __future__ import annotations

from typing import Any

from django.core.checks import run_checks


def ids() -> list[str | None]:
    """Which checks complain."""
    return [message.id for message in run_checks(tags=["attempts"])]


def test_the_sandbox_is_configured() -> None:
    """Nothing to complain of."""
    assert ids() == []


def test_a_site_without_a_name(settings: Any) -> None:
    """Neither a namespace nor a root URL, or no UUID."""
    del settings.LMS_ROOT_URL
    assert ids() == ["attempts.E001"]
    settings.ATTEMPTS_UUID_NAMESPACE = "nonsense"
    assert ids() == ["attempts.E001"]


def test_stores_that_cannot_be_loaded(settings: Any) -> None:
    """A path that leads nowhere, a table twice."""
    settings.ATTEMPTS_STORES = ["nowhere.STORES"]
    assert ids() == ["attempts.E002"]
    settings.ATTEMPTS_STORES = ["attempts.stores.platform.PLATFORM_STORES"] * 2
    assert ids() == ["attempts.E002"]


class Elsewhere:
    """A router that keeps block state in a database of its own."""

    def db_for_write(self, model: Any, **_hints: Any) -> str | None:
        """Say where."""
        return "elsewhere" if model._meta.label == "courseware.StudentModule" else None


def test_a_store_in_another_database(settings: Any) -> None:
    """It could not be part of the transaction."""
    settings.DATABASE_ROUTERS = [Elsewhere()]
    assert ids() == ["attempts.E003"]
