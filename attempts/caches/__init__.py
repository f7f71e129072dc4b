"""Shared caches of the host that hold what a switch has changed: cleared after it, for this learner only."""

from attempts.caches.clearing import ClearCaches, clear_caches

#: The follow-up that does it.
CLEAR_CACHES = ClearCaches()

__all__ = ["CLEAR_CACHES", "ClearCaches", "clear_caches"]
