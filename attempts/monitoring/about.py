"""What this process consists of: versions, stores, follow-ups, settings. Meant for operators, and free of secrets."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.db import DatabaseError, connections, router

from attempts import __version__, conf
from attempts.coverage import store_answers
from attempts.data import SiteInfo, StoreInfo
from attempts.followups import installed_follow_ups
from attempts.models import AttemptOperation
from attempts.stores import installed_stores

#: Packages whose versions matter when something is not as expected.
_PACKAGES = (
    "Django",
    "djangorestframework",
    "celery",
    "edx-opaque-keys",
    "edx-completion",
    "edx-submissions",
    "openedx-events",
    "openedx-filters",
    "django-simple-history",
)
#: Settings that are shown as they are in force. Whatever is not named here is not shown.
SHOWN: Mapping[str, Callable[[], Any]] = {
    "ATTEMPTS_ANSWER_FIELDS": conf.answer_fields,
    "ATTEMPTS_CLOCK_SKEW": conf.clock_skew,
    "ATTEMPTS_COMMIT_MARGIN": conf.commit_margin,
    "ATTEMPTS_COMPLETABLE_BLOCKS": conf.completable_blocks,
    "ATTEMPTS_COURSE_OUTLINE": conf.course_outline,
    "ATTEMPTS_COURSE_SETTINGS_FIELDS": conf.course_settings_fields,
    "ATTEMPTS_EXPORT_DAYS": conf.export_lifetime,
    "ATTEMPTS_EXPORT_QUEUE": conf.export_queue,
    "ATTEMPTS_EXPORT_WORK_DIR": conf.export_work_directory,
    "ATTEMPTS_FENCE_CACHE": conf.fence_cache,
    "ATTEMPTS_FOLLOW_UPS": conf.follow_up_paths,
    "ATTEMPTS_FOLLOW_UP_RETRY_SECONDS": conf.follow_up_retry_seconds,
    "ATTEMPTS_FOLLOW_UP_TRIES": conf.follow_up_tries,
    "ATTEMPTS_IN_EVENTS": conf.events_have_attempts,
    "ATTEMPTS_LONGEST_WORK": conf.longest_work,
    "ATTEMPTS_MAX_RETRIES": conf.max_retries,
    "ATTEMPTS_METRICS_MAX_AGE": conf.metrics_max_age,
    "ATTEMPTS_MINIMUM_GROUP": conf.minimum_group,
    "ATTEMPTS_PROOF_DELAY": conf.proof_delay,
    "ATTEMPTS_QUEUE": conf.queue,
    "ATTEMPTS_RECOMPUTE_GRADES": conf.recompute_grades,
    "ATTEMPTS_RECOVER_WITHIN": conf.recover_within,
    "ATTEMPTS_RETRY_BASE_SECONDS": conf.retry_base_seconds,
    "ATTEMPTS_ROLES": conf.roles,
    "ATTEMPTS_ROLE_SOURCE": lambda: type(conf.role_source()),
    "ATTEMPTS_SERVICE": conf.service,
    "ATTEMPTS_STORES": conf.store_paths,
    "ATTEMPTS_STUCK_AFTER": conf.stuck_after,
    "ATTEMPTS_STUDIO_QUEUE": conf.studio_queue,
    "ATTEMPTS_SWEEP_DELAYS": conf.sweep_delays,
}
#: Settings of which it is said whether they are set: they are secrets, or have some among their options.
SECRETS = ("ATTEMPTS_EXPORT_STORAGE", "ATTEMPTS_PSEUDONYM_KEY", "ATTEMPTS_UUID_NAMESPACE")


def about_site() -> SiteInfo:
    """Return what this process consists of.

    Raises:
        ImproperlyConfigured, ImportError: stores or follow-ups cannot be loaded.
    """
    answers = store_answers()
    shown = {name: _in_force(value) for name, value in SHOWN.items()}
    secrets = {name: "set" if conf.is_set(name) else "not set" for name in SECRETS}
    return SiteInfo(
        versions=_versions(),
        stores=tuple(StoreInfo(store.name, store.label, answers[store.name]) for store in installed_stores()),
        follow_ups=tuple(installed_follow_ups()),
        settings=dict(sorted({**shown, **secrets}.items())),
    )


def _versions() -> dict[str, str]:
    found = {"openedx-attempts": __version__, "Python": platform.python_version(), **_database()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _database() -> dict[str, str]:
    connection = connections[router.db_for_write(AttemptOperation)]
    try:
        number = ".".join(map(str, connection.get_database_version()))
    except DatabaseError:
        number = "?"
    return {connection.display_name: number}


def _in_force(read: Callable[[], Any]) -> str:
    try:
        return _text(read())
    except Exception as error:
        # A path that leads nowhere: what it takes with it, the system checks say.
        return f"cannot be used: {type(error).__name__}"


def _text(value: Any) -> str:
    """A value as operators write it: several of them side by side, and by its path what a path leads to."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_text(one)}" for name, one in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(map(_text, value))
    return f"{value.__module__}.{value.__qualname__}" if callable(value) else str(value)
