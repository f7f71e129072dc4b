"""One function per setting: its name, default and meaning. Nothing else reads the settings of attempts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string
from opaque_keys.edx.keys import CourseKey

from attempts.data import PERMISSIONS, Permission

if TYPE_CHECKING:
    from django.core.files.storage import Storage

    from attempts.permissions.base import RoleSource

#: Whatever is kept of the models of the host and of the databases they are in depends on these settings.
HOST_SETTINGS = ("INSTALLED_APPS", "DATABASES", "DATABASE_ROUTERS")
_COURSE_TEAM: Mapping[str, Sequence[Permission]] = {
    "instructor": ("view_attempts", "view_reports", "reset", "undo"),
    "staff": ("view_attempts", "view_reports"),
    # The platform counts it as staff everywhere but in Studio.
    "limited_staff": ("view_attempts", "view_reports"),
    "data_researcher": ("view_attempts", "view_attempt_data", "view_reports", "export"),
}
DEFAULT_FOLLOW_UPS: Sequence[str] = (
    "attempts.caches.CLEAR_CACHES",
    "attempts.events.follow_ups.EVENTS",
    "attempts.tracking.TRACKING",
    "attempts.mail.follow_up.MAIL",
    "attempts.streams.aspects.follow_up.FOLLOW_UPS",
    "attempts.sweeping.follow_ups.SWEEPS",
    "attempts.proofs.follow_up.PROOF",
)
#: Support sees who learners are, one by one; to take out lists of them is another matter.
_SUPPORT: Sequence[Permission] = tuple(name for name in PERMISSIONS if name != "export_identities")
DEFAULT_ROLES: Mapping[str, Mapping[str, Sequence[Permission]]] = {
    "global": {"is_superuser": PERMISSIONS, "is_staff": PERMISSIONS, "support": _SUPPORT},
    "org": _COURSE_TEAM,
    "course": _COURSE_TEAM,
}
#: Where block types keep a learner's answers: fields of their state. Those of xblock-poll are "poll" and "survey".
DEFAULT_ANSWER_FIELDS: Mapping[str, Sequence[str]] = {
    "done": ("done",),
    "drag-and-drop-v2": ("item_state",),
    "poll": ("choice",),
    "poll_question": ("poll_answer",),
    "problem": ("student_answers",),
    "survey": ("choices",),
    "word_cloud": ("student_words",),
}
#: When a reset makes sense in the course. Not who may ask for one, nor what protects what a learner has earned.
DEFAULT_COURSE_SETTINGS_FIELDS = (
    "active",
    "max_resets",
    "require_started",
    "require_not_ended",
    "require_not_passing",
    "pacing",
    "notify_learner",
)


def when_changed(forget: Callable[[], object], *names: str) -> None:
    """Have something forgotten when one of these settings is changed in a running process, as tests do.

    Args:
        forget: takes nothing.
        names: the settings that what it forgets depends on.
    """

    def look(setting: str, **_kwargs: object) -> None:
        if setting in names:
            forget()

    setting_changed.connect(look, weak=False)


def is_set(name: str) -> bool:
    """Tell whether a site has given a setting a value; of what is secret no more is told to anybody."""
    return bool(getattr(settings, name, None))


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

    Asked once a minute for each course and process. Unset, archived attempts have a number of completed blocks but no
    completion ratio.
    """
    path = getattr(settings, "ATTEMPTS_COMPLETABLE_BLOCKS", None)
    return import_string(path) if path else None


def course_outline() -> Callable[[CourseKey], Iterable[Mapping[str, Any]]]:
    """``ATTEMPTS_COURSE_OUTLINE``: dotted path of a function from a plain course key to the blocks of the course.

    A mapping for each block, parents before their children and these in the order of the course: ``key``, ``parent``
    (the key of the block it lies in, None for the course itself), ``name`` (for people), ``completable`` (whether
    learners complete it) and ``shown`` (how many of its children each learner gets to see, None for all). Nothing, if
    there is no such course. By default the platform's own block structure is asked.
    """
    return import_string(getattr(settings, "ATTEMPTS_COURSE_OUTLINE", "attempts.host.outlines.blocks_by_platform"))


def roles() -> Mapping[str, Mapping[str, Sequence[Permission]]]:
    """``ATTEMPTS_ROLES``: what the host's roles permit, by where they are held: ``global``, ``org`` or ``course``.

    ``is_staff`` and ``is_superuser`` count as global roles. A scope that is left out has its default.
    """
    return {**DEFAULT_ROLES, **getattr(settings, "ATTEMPTS_ROLES", {})}


def role_source() -> RoleSource:
    """``ATTEMPTS_ROLE_SOURCE``: dotted path of what knows the roles, by default the platform's ``CourseAccessRole``."""
    return import_string(getattr(settings, "ATTEMPTS_ROLE_SOURCE", "attempts.permissions.host_roles.HostRoles"))()


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
    """``ATTEMPTS_STUCK_AFTER``: seconds after which an unfinished operation, or follow-up, counts as left behind."""
    return timedelta(seconds=getattr(settings, "ATTEMPTS_STUCK_AFTER", 600))


def service() -> Literal["lms", "studio"]:
    """``ATTEMPTS_SERVICE``: which service of the host this process belongs to; Studio's plugin settings say so."""
    return getattr(settings, "ATTEMPTS_SERVICE", "lms")


def follow_up_paths() -> Sequence[str]:
    """``ATTEMPTS_FOLLOW_UPS``: dotted paths of follow-ups or lists of them, in the order in which they are begun."""
    return getattr(settings, "ATTEMPTS_FOLLOW_UPS", DEFAULT_FOLLOW_UPS)


def follow_up_tries() -> int:
    """``ATTEMPTS_FOLLOW_UP_TRIES``: how often a follow-up is tried before it is given up."""
    return getattr(settings, "ATTEMPTS_FOLLOW_UP_TRIES", 8)


def follow_up_retry_seconds() -> float:
    """``ATTEMPTS_FOLLOW_UP_RETRY_SECONDS``: the wait before the second try; it doubles each time, with jitter."""
    return getattr(settings, "ATTEMPTS_FOLLOW_UP_RETRY_SECONDS", 30)


def course_settings_fields() -> Collection[str]:
    """``ATTEMPTS_COURSE_SETTINGS_FIELDS``: what of a policy the authors of a course may decide in Studio."""
    return getattr(settings, "ATTEMPTS_COURSE_SETTINGS_FIELDS", DEFAULT_COURSE_SETTINGS_FIELDS)


def studio_queue() -> str | None:
    """``ATTEMPTS_STUDIO_QUEUE``: the Celery queue for what follows a publication; Studio's default queue if unset."""
    return getattr(settings, "ATTEMPTS_STUDIO_QUEUE", None)


def fence_cache() -> str:
    """``ATTEMPTS_FENCE_CACHE``: alias of a cache that all processes of the LMS share; ``default`` if unset."""
    return getattr(settings, "ATTEMPTS_FENCE_CACHE", "default")


def clock_skew() -> timedelta:
    """``ATTEMPTS_CLOCK_SKEW``: seconds by which the clocks of two hosts may differ.

    Work that began this much later than the latest switch of the site saves without a look at the database.
    """
    return timedelta(seconds=getattr(settings, "ATTEMPTS_CLOCK_SKEW", 60))


def commit_margin() -> timedelta:
    """``ATTEMPTS_COMMIT_MARGIN``: seconds that a switch may take from its last statement to the end of its commit."""
    return timedelta(seconds=getattr(settings, "ATTEMPTS_COMMIT_MARGIN", 1))


def events_have_attempts() -> bool:
    """``ATTEMPTS_IN_EVENTS``: whether tracking events, and statements made of them, name the learner's attempt."""
    return getattr(settings, "ATTEMPTS_IN_EVENTS", True)


def answer_fields() -> Mapping[str, Sequence[str]]:
    """``ATTEMPTS_ANSWER_FIELDS``: which fields of a block's state hold answers, by block type.

    A type that is left out has its default. Types whose answers are submissions need no fields.
    """
    return {**DEFAULT_ANSWER_FIELDS, **getattr(settings, "ATTEMPTS_ANSWER_FIELDS", {})}


def minimum_group() -> int:
    """``ATTEMPTS_MINIMUM_GROUP``: the least number of learners in a group of a report for a wide audience, from 2."""
    return max(2, getattr(settings, "ATTEMPTS_MINIMUM_GROUP", 10))


def pseudonym_key() -> bytes:
    """``ATTEMPTS_PSEUDONYM_KEY``: the secret that pseudonyms in exports are made with.

    Unset, it is derived from ``SECRET_KEY``. Whoever knows it can find out whose a pseudonym is.
    """
    configured = getattr(settings, "ATTEMPTS_PSEUDONYM_KEY", None)
    return (
        str(configured).encode() if configured else salted_hmac("attempts.pseudonyms", "", algorithm="sha256").digest()
    )


def export_storage() -> Storage | None:
    """``ATTEMPTS_EXPORT_STORAGE``: where the files of exports go, as an entry of Django's ``STORAGES`` has it.

    A mapping with ``BACKEND`` and perhaps ``OPTIONS``. Web servers and workers share it, and nobody else reads it.
    Unset: exports are written by command only.
    """
    configured = getattr(settings, "ATTEMPTS_EXPORT_STORAGE", None)
    return import_string(configured["BACKEND"])(**configured.get("OPTIONS", {})) if configured else None


def export_work_directory() -> str | None:
    """``ATTEMPTS_EXPORT_WORK_DIR``: where workers write exports before they are packed; the system's place if unset."""
    return getattr(settings, "ATTEMPTS_EXPORT_WORK_DIR", None)


def export_queue() -> str | None:
    """``ATTEMPTS_EXPORT_QUEUE``: the Celery queue for exports, which take minutes; that of operations if unset."""
    return getattr(settings, "ATTEMPTS_EXPORT_QUEUE", None) or queue()


def export_lifetime() -> timedelta:
    """``ATTEMPTS_EXPORT_DAYS``: days for which the file of an export is kept."""
    return timedelta(days=getattr(settings, "ATTEMPTS_EXPORT_DAYS", 7))


def longest_work() -> timedelta:
    """``ATTEMPTS_LONGEST_WORK``: seconds for which commands and threads of unknown age may hold rows they have read."""
    return timedelta(seconds=getattr(settings, "ATTEMPTS_LONGEST_WORK", 3600))


def metrics_max_age() -> float:
    """``ATTEMPTS_METRICS_MAX_AGE``: seconds for which numbers that were read for a scrape serve other scrapes."""
    return getattr(settings, "ATTEMPTS_METRICS_MAX_AGE", 10)


def recover_within() -> timedelta:
    """``ATTEMPTS_RECOVER_WITHIN``: seconds within which ``attempts.recover`` has to run for the site to be healthy."""
    return timedelta(seconds=getattr(settings, "ATTEMPTS_RECOVER_WITHIN", 900))


def sweep_delays() -> tuple[float, float]:
    """``ATTEMPTS_SWEEP_DELAYS``: seconds after a switch at which it is swept, and at which it is swept again.

    The second is for the platform's grade tasks, which may run for 300 seconds.
    """
    first, second = getattr(settings, "ATTEMPTS_SWEEP_DELAYS", (5, 330))
    return first, second


def proof_delay() -> float:
    """``ATTEMPTS_PROOF_DELAY``: seconds after a switch at which it is tried whether the attempt can be brought back.

    Best after the last sweep, when late work has found its attempt.
    """
    return getattr(settings, "ATTEMPTS_PROOF_DELAY", 600)


def recompute_grades() -> Callable[[int, CourseKey], None]:
    """``ATTEMPTS_RECOMPUTE_GRADES``: dotted path of a function that has a learner's grades computed anew.

    It takes user id and plain course key. By default it sends the platform's task for it.
    """
    return import_string(getattr(settings, "ATTEMPTS_RECOMPUTE_GRADES", "attempts.host.grading.recompute_by_platform"))
