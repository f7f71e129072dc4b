"""Caches for tests: one that counts, one that is down."""

from __future__ import annotations

import os
from typing import Any, ClassVar

from django.conf import settings
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.filebased import FileBasedCache


class CountedCache(FileBasedCache):
    """A cache that all processes share, which notes what is asked of it."""

    #: ``get``, ``set`` and ``add``, in order.
    calls: ClassVar[list[str]] = []

    def get(self, *arguments: Any, **words: Any) -> Any:
        """Look something up."""
        self.calls.append("get")
        return super().get(*arguments, **words)

    def set(self, *arguments: Any, **words: Any) -> Any:
        """Set something."""
        self.calls.append("set")
        return super().set(*arguments, **words)

    def add(self, key: Any, *arguments: Any, **words: Any) -> Any:
        """Set something that is not there; a look and a write of its own in this backend."""
        self.calls.append("add")
        return FileBasedCache.set(self, key, *arguments, **words) if not self.has_key(key) else False


class DownCache(BaseCache):
    """A cache whose server is away."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def _away(self, *_arguments: Any, **_words: Any) -> Any:
        raise ConnectionError("no cache")

    get = set = add = get_many = incr = get_or_set = _away


def _shared() -> dict[str, Any]:
    redis = os.environ.get("REDIS_URL")
    if redis:
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis}
    return dict(settings.CACHES["shared"])


#: The caches of the sandbox, with the shared one in Redis where there is one.
SHARED = {**settings.CACHES, "shared": _shared()}
