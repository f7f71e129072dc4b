"""Which form the keys of archived attempts have now."""

from __future__ import annotations

from django.db.models import QuerySet

from attempts.exceptions import KeysRestored
from attempts.models import KeyRestoration, RestorationDirection, RestorationStatus
from attempts.prepared import PreparedQuery


def last_restoration() -> KeyRestoration | None:
    """Return the restoration that counts, None if there never was one; one statement."""
    return _last.first()


@PreparedQuery
def _last() -> QuerySet:
    return KeyRestoration.objects.exclude(status=RestorationStatus.ABANDONED).order_by("-pk")[:1]


def keys_are_restored() -> bool:
    """Tell whether keys of archived attempts are in the bare form, or some of them are; one statement."""
    last = last_restoration()
    if last is None:
        return False
    return last.direction == RestorationDirection.BARE or last.status != RestorationStatus.COMPLETE


def refuse_while_restored() -> None:
    """Refuse what needs the keys of archived attempts; one statement.

    Raises:
        KeysRestored: they are in the bare form, or some of them are.
    """
    if keys_are_restored():
        raise KeysRestored()
