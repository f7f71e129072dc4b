"""System checks: what would go wrong later is said at start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.cache import InvalidCacheBackendError
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured
from django.db import router

from attempts import conf, coverage
from attempts.data import PERMISSIONS
from attempts.fence.marks import is_shared
from attempts.followups import faults
from attempts.models import LearnerCourse
from attempts.permissions.base import RoleSource
from attempts.policies import POLICY_FIELDS
from attempts.settings.common import MIDDLEWARE
from attempts.settings.lms import PROCESSOR
from attempts.stores import installed_stores, stores_elsewhere


@register("attempts")
def check_uuid_namespace(**_kwargs: Any) -> list[CheckMessage]:
    """Report a site that has no name for the uuids of its attempts."""
    try:
        conf.uuid_namespace()
    except (ImproperlyConfigured, ValueError) as error:
        return [Error(f"Attempts cannot have uuids: {error}", id="attempts.E001")]
    return []


@register("attempts")
def check_stores(**_kwargs: Any) -> list[CheckMessage]:
    """Report stores that cannot be loaded, and those a switch cannot reach in its one transaction."""
    try:
        stores = installed_stores()
    except (ImproperlyConfigured, ImportError) as error:
        return [Error(f"The stores of attempts cannot be loaded: {error}", id="attempts.E002")]
    own = router.db_for_write(LearnerCourse)
    return [
        Error(
            f"The store {store.name} is written to the database '{store.database()}', attempts to '{own}'.",
            hint="A switch is one transaction, so none is made. Leave the store out of ATTEMPTS_STORES, or keep both "
            "in one database.",
            id="attempts.E003",
        )
        for store in stores_elsewhere(stores)
    ]


@register("attempts")
def check_roles(**_kwargs: Any) -> list[CheckMessage]:
    """Report permissions and scopes of roles that do not exist: nobody would have what the site meant to give."""
    try:
        table = conf.roles()
    except TypeError:
        wrong = ["it is no mapping"]
    else:
        wrong = [fault for scope, roles in table.items() for fault in _faults(scope, roles)]
    return [
        Error(
            f"ATTEMPTS_ROLES cannot be used: {fault}.",
            hint=f"It says for each of {', '.join(conf.DEFAULT_ROLES)} which roles have which permissions, as lists. "
            f"The permissions are {', '.join(PERMISSIONS)}.",
            id="attempts.E004",
        )
        for fault in wrong
    ]


def _faults(scope: str, roles: Any) -> Iterator[str]:
    """What is wrong with one scope of the table of roles."""
    if scope not in conf.DEFAULT_ROLES:
        yield f"there is no scope {scope!r}"
    elif not isinstance(roles, Mapping):
        yield f"{scope!r} is no mapping"
    else:
        for role, permissions in roles.items():
            if not isinstance(permissions, (list, tuple, set, frozenset)):
                yield f"the permissions of {role!r} in {scope!r} are no list"
            else:
                yield from (
                    f"there is no permission {one!r}, which {role!r} has in {scope!r}"
                    for one in permissions
                    if one not in PERMISSIONS
                )


@register("attempts")
def check_role_source(**_kwargs: Any) -> list[CheckMessage]:
    """Report a source of roles that cannot be loaded: every request would fail."""
    try:
        source: object = conf.role_source()
    except (ImportError, ImproperlyConfigured, TypeError) as error:
        fault = str(error)
    else:
        if isinstance(source, RoleSource):
            return []
        fault = f"{type(source).__name__} is no source of roles"
    return [
        Error(
            f"ATTEMPTS_ROLE_SOURCE cannot be used: {fault}",
            hint="Leave it out for the platform's own roles, or set it to 'attempts.permissions.authz.AuthzRoles' "
            "where openedx-authz is installed.",
            id="attempts.E005",
        )
    ]


@register("attempts")
def check_follow_ups(**_kwargs: Any) -> list[CheckMessage]:
    """Report follow-ups that cannot be loaded: they would be left out after every switch."""
    return [
        Error(
            f"A follow-up of attempts cannot be used: {fault}.",
            hint="See ATTEMPTS_FOLLOW_UPS, and the entry points 'attempts.follow_ups' of the installed packages.",
            id="attempts.E006",
        )
        for fault in faults()
    ]


@register("attempts")
def check_course_settings_fields(**_kwargs: Any) -> list[CheckMessage]:
    """Report fields that authors may decide and that no policy has: their settings would be refused for ever."""
    named: object = conf.course_settings_fields()
    if not isinstance(named, (list, tuple, set, frozenset)):
        wrong = ["it is no list"]
    else:
        wrong = [f"a policy has no field {name!r}" for name in named if name not in POLICY_FIELDS]
    return [
        Error(
            f"ATTEMPTS_COURSE_SETTINGS_FIELDS cannot be used: {fault}.",
            hint=f"It is a list of some of these: {', '.join(POLICY_FIELDS)}.",
            id="attempts.E020",
        )
        for fault in wrong
    ]


@register("attempts")
def check_fence_cache(**_kwargs: Any) -> list[CheckMessage]:
    """Report a cache through which processes cannot tell one another of a switch."""
    try:
        shared = is_shared()
    except InvalidCacheBackendError as error:
        return [Error(f"ATTEMPTS_FENCE_CACHE cannot be used: {error}", id="attempts.E010")]
    if shared:
        return []
    return [
        CheckWarning(
            f"The cache '{conf.fence_cache()}' is seen by one process only, so the fence asks the database about every "
            "save of learners' work.",
            hint="Set ATTEMPTS_FENCE_CACHE to the alias of a cache that all processes of the LMS share.",
            id="attempts.W010",
        )
    ]


@register("attempts")
def check_fence_middleware(**_kwargs: Any) -> list[CheckMessage]:
    """Report requests of which nobody would know when they began: what they insert late would be let through."""
    if MIDDLEWARE in settings.MIDDLEWARE:
        return []
    return [
        CheckWarning(
            f"MIDDLEWARE lacks '{MIDDLEWARE}', so what a request computes from an old attempt may begin the new one.",
            hint="Put it first. The plugin's settings do; a settings file that is read after them replaces the list.",
            id="attempts.W011",
        )
    ]


@register("attempts")
def check_coverage(**_kwargs: Any) -> list[CheckMessage]:
    """Report tables with data of a learner in a course that nobody has thought of: a reset would leave them behind."""
    if check_stores():
        return []
    try:
        found = coverage.audit_host()
    except (ImproperlyConfigured, ImportError) as error:
        return [
            Error(
                f"A declaration of tables cannot be used: {error}",
                hint="See the entry points 'attempts.declarations' of the installed packages.",
                id="attempts.E030",
            )
        ]
    return [
        CheckWarning(
            f"The table {table.table} of {table.model} holds data of learners in courses, and attempts do not know "
            "what to do about it.",
            hint="Add a store by the entry points 'attempts.stores', or declare the table by 'attempts.declarations'. "
            "'manage.py attempts audit' says how the table was found.",
            id="attempts.W030",
        )
        for table in found
        if not table.answer
    ]


@register("attempts")
def check_event_processor(**_kwargs: Any) -> list[CheckMessage]:
    """Report an LMS whose events do not pass our processor: its operator has set the list after the plugins did."""
    processors = getattr(settings, "EVENT_TRACKING_PROCESSORS", None)
    if conf.service() == "studio" or processors is None or any(one.get("ENGINE") == PROCESSOR for one in processors):
        return []
    return [
        CheckWarning(
            "Tracking events do not name the learner's attempt: EVENT_TRACKING_PROCESSORS lacks our processor.",
            hint=f'Add {{"ENGINE": "{PROCESSOR}"}} to it.',
            id="attempts.W040",
        )
    ]
