"""Whether all is well: a few quick looks at what operations need, each with an answer of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from pkgutil import iter_modules

from celery import current_app
from django.core.cache import caches
from django.db import DatabaseError, InterfaceError, connections, router
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import import_string

from attempts import conf
from attempts.data import HealthCheck
from attempts.fence.marks import is_shared
from attempts.models import AttemptOperation
from attempts.monitoring.state import count_stuck
from attempts.telemetry import Event, EventLog, described
from attempts.telemetry.counts import last_recovery

log = EventLog(__name__)

#: Seconds after which a broker that does not answer counts as away.
BROKER_TIMEOUT = 2
#: Seconds for which what was found serves others who ask.
MAX_AGE = 5
_KEY = "attempts.health.1"


class Unwell(Exception):
    """Something is not as it should be; the text says what, and what to do."""


def recent_health() -> tuple[HealthCheck, ...]:
    """Return what was found within the last five seconds, by whichever process; look anew if nobody has looked."""
    try:
        known = caches[conf.fence_cache()].get(_KEY)
    except Exception:
        # A cache that is away must not keep us from telling.
        return health()
    return known if known is not None else health()


def health() -> tuple[HealthCheck, ...]:
    """Look at the database, our tables, the broker, what is in flight and `recover`; return what was found."""
    looks = {
        "database": _database,
        "migrations": _migrations,
        "broker": _broker,
        "operations": _operations,
        "recover": _recover,
    }
    found = tuple(_checked(name, look) for name, look in looks.items())
    wrong = [check.name for check in found if not check.ok]
    if wrong:
        log.warning(Event.HEALTH_CHECK_FAILED, checks=",".join(wrong))
    _keep(found)
    return found


def _checked(name: str, look: Callable[[], str]) -> HealthCheck:
    try:
        return HealthCheck(name, ok=True, message=look())
    except Unwell as found:
        return HealthCheck(name, ok=False, message=str(found))
    except (DatabaseError, InterfaceError) as error:
        return HealthCheck(name, ok=False, message=f"The database does not answer ({described(error)}).")
    except Exception as error:
        # Brokers and caches raise what they like.
        return HealthCheck(name, ok=False, message=f"It cannot be told ({described(error)}).")


def _keep(found: tuple[HealthCheck, ...]) -> None:
    try:
        caches[conf.fence_cache()].set(_KEY, found, MAX_AGE)
    except Exception:
        # As above.
        return


def _database() -> str:
    with connections[_alias()].cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return "It answers."


def _migrations() -> str:
    module, _explicit = MigrationLoader.migrations_module("attempts")
    known = {found.name for found in iter_modules(import_string(f"{module}.__path__")) if found.name[0] not in "_~"}
    recorder = MigrationRecorder(connections[_alias()])
    applied = {name for app, name in recorder.applied_migrations() if app == "attempts"}
    missing = sorted(known - applied)
    if missing:
        raise Unwell(f"Not applied: {', '.join(missing)}. Run: manage.py lms migrate attempts")
    return f"All {len(known)} are applied."


def _broker() -> str:
    options = {"socket_connect_timeout": BROKER_TIMEOUT, "socket_timeout": BROKER_TIMEOUT}
    with current_app.connection_for_write(connect_timeout=BROKER_TIMEOUT, transport_options=options) as connection:
        try:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_TIMEOUT)
        except Exception as error:
            # Transports raise what they like; what they say can name hosts and accounts.
            raise Unwell(f"It does not answer ({described(error)}). Requests wait for `recover` meanwhile.") from None
    return "It answers."


def _operations() -> str:
    stuck = count_stuck()
    if stuck:
        seconds = conf.stuck_after().total_seconds()
        raise Unwell(
            f"{stuck} are in flight for more than {seconds:g} seconds. Does a worker listen? Does recover run?"
        )
    return "None is stuck."


def _recover() -> str:
    if not is_shared():
        return "It cannot be told: the cache is not shared (attempts.W010)."
    seconds, limit = time.time() - last_recovery(), conf.recover_within().total_seconds()
    if seconds > limit:
        raise Unwell(f"attempts.recover has not run for {seconds:.0f} seconds. Put it on Celery's beat.")
    return f"It last ran {max(0, seconds):.0f} seconds ago, or has been awaited for as long since the start."


def _alias() -> str:
    return router.db_for_write(AttemptOperation)
