"""When a part of a page that changes by itself is to be asked for again."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

#: Seconds from one look to the next; the last for all that follow.
WAITS = (1, 2, 3, 5, 8, 10)
_NAME = "look"


@dataclass(frozen=True)
class NextLook:
    """The next time a part is asked for.

    Attributes:
        seconds: how long to wait until then.
        query: what its address has behind the ``?``.
        is_slow: whether it has been looked at for so long that somebody wonders.
    """

    seconds: int
    query: str
    is_slow: bool


def next_look(request: HttpRequest) -> NextLook:
    """Return when to look again, later each time; the request says how often that was."""
    text = request.GET.get(_NAME, "")
    looks = min(int(text), len(WAITS)) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return NextLook(WAITS[min(looks, len(WAITS) - 1)], f"{_NAME}={looks + 1}", is_slow=looks == len(WAITS))
