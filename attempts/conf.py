"""One function per setting: its name, default and meaning. Nothing else reads the settings of attempts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from opaque_keys.edx.keys import CourseKey


def uuid_namespace() -> UUID:
    """The namespace of this site's attempt uuids.

    ``ATTEMPTS_UUID_NAMESPACE`` (a UUID or its text), or else derived from ``LMS_ROOT_URL``, which the LMS and
    Studio share.
    """
    configured = getattr(settings, "ATTEMPTS_UUID_NAMESPACE", None)
    if configured:
        return configured if isinstance(configured, UUID) else UUID(str(configured))
    root_url = getattr(settings, "LMS_ROOT_URL", None)
    if not root_url:
        raise ImproperlyConfigured("Set ATTEMPTS_UUID_NAMESPACE to a UUID of this site's own, or set LMS_ROOT_URL.")
    return uuid5(NAMESPACE_URL, root_url)


def store_paths() -> Sequence[str]:
    """``ATTEMPTS_STORES``: dotted paths of stores or lists of stores, in the order in which a switch takes them."""
    return getattr(settings, "ATTEMPTS_STORES", ("attempts.stores.platform.PLATFORM_STORES",))


def completable_blocks() -> Callable[[CourseKey], int] | None:
    """``ATTEMPTS_COMPLETABLE_BLOCKS``: dotted path of a function from a course key to its number of completable blocks.

    Unset, archived attempts have a number of completed blocks but no completion ratio.
    """
    path = getattr(settings, "ATTEMPTS_COMPLETABLE_BLOCKS", None)
    return import_string(path) if path else None


def queue() -> str | None:
    """``ATTEMPTS_QUEUE``: the Celery queue for operations; the default queue if unset."""
    return getattr(settings, "ATTEMPTS_QUEUE", None)


def max_retries() -> int:
    """``ATTEMPTS_MAX_RETRIES``: how often an operation that met a deadlock or a lost connection is tried again."""
    return getattr(settings, "ATTEMPTS_MAX_RETRIES", 6)


def retry_base_seconds() -> float:
    """``ATTEMPTS_RETRY_BASE_SECONDS``: the wait before the first retry; it doubles each time, with jitter."""
    return getattr(settings, "ATTEMPTS_RETRY_BASE_SECONDS", 0.2)


def stuck_after() -> timedelta:
    """``ATTEMPTS_STUCK_AFTER``: seconds after which an unfinished operation counts as left behind by its worker."""
    return timedelta(seconds=getattr(settings, "ATTEMPTS_STUCK_AFTER", 600))
