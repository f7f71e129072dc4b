"""How many writes one user may ask for."""

from __future__ import annotations

import logging
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

from attempts_api import conf

log = logging.getLogger(__name__)
_SAFE = ("GET", "HEAD", "OPTIONS")


class WriteThrottle(UserRateThrottle):
    """Counts the writes of a user by the view's ``throttle_scope``, in the host's default cache."""

    def __init__(self) -> None:
        """Wait for the view: it says the scope, and with it the rate."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Tell whether a request may go on; reading always may."""
        if request.method in _SAFE or view.throttle_scope is None:
            return True
        self.scope = f"attempts_{view.throttle_scope}"
        self.rate = conf.throttle_rates()[view.throttle_scope]
        self.num_requests, self.duration = self.parse_rate(self.rate)
        try:
            return super().allow_request(request, view)
        except Exception:
            # Whatever the cache raises: support must not be kept from working by a cache that is away.
            log.warning("attempts: writes are not limited, for the cache cannot be reached", exc_info=True)
            return True
