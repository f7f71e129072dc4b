"""Celery tasks. Thin: they parse their arguments and call one function."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from random import SystemRandom
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import DatabaseError, InterfaceError
from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.exceptions import CourseNotFound
from attempts.exports import jobs as exports
from attempts.keys import checked_course_key
from attempts.operations import TRANSIENT_ERRORS, execute, give_up, recover, recover_follow_ups, refusal_code
from attempts.operations import run_follow_up as run_one
from attempts.policies import take_course_settings as take
from attempts.telemetry import about_operation, without_text
from attempts.telemetry import operations as telemetry
from attempts.telemetry.recovery import recovered

log = logging.getLogger(__name__)


@shared_task(
    bind=True,
    name="attempts.run_operation",
    acks_late=True,
    reject_on_worker_lost=True,
    ignore_result=True,
    max_retries=None,
)
def run_operation(self: Any, uuid: str) -> None:
    """Carry out the operation ``uuid``; try again, ever later, while the database is in the way."""
    operation, retries = UUID(uuid), self.request.retries
    with about_operation(operation, retry=retries), _quiet_errors():
        try:
            execute(operation, dispatch=enqueue_follow_up)
        except TRANSIENT_ERRORS as error:
            if retries >= conf.max_retries():
                give_up(operation, error)
                return
            jitter = SystemRandom().uniform(0.5, 1.5)
            wait = conf.retry_base_seconds() * 2**retries * jitter
            telemetry.retried(operation, error, refusal_code(error), wait)
            raise self.retry(exc=without_text(error), countdown=wait, throw=False) from None


@shared_task(name="attempts.run_follow_up", acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def run_follow_up(uuid: str, name: str) -> None:
    """Carry out the follow-up ``name`` of the operation ``uuid``."""
    with _quiet_errors():
        run_one(UUID(uuid), name, dispatch=enqueue_follow_up)


@shared_task(name="attempts.recover", ignore_result=True)
def recover_operations() -> list[str]:
    """Carry out what is stuck, and follow-ups that are overdue; meant for Celery beat, every few minutes.

    Exports that were left behind are handed to workers again, and the files of those that have expired are removed.

    Returns:
        The uuids of the operations.
    """
    with _quiet_errors():
        uuids = [str(uuid) for uuid in recover(dispatch=enqueue_follow_up)]
        followed = recover_follow_ups(dispatch=enqueue_follow_up)
        exports.recover_exports(enqueue_export)
    recovered(len(uuids), len(followed))
    return uuids


@shared_task(
    bind=True,
    name="attempts.run_export",
    acks_late=True,
    reject_on_worker_lost=True,
    ignore_result=True,
    max_retries=None,
)
def run_export(self: Any, uuid: str) -> None:
    """Carry out the export ``uuid``; go on with it, ever later, while database, disk or storage are in the way."""
    export, retries = UUID(uuid), self.request.retries
    with _quiet_errors():
        try:
            exports.run_export(export)
        except exports.TRANSIENT as error:
            if retries >= conf.max_retries():
                exports.give_up(export, error)
                return
            raise self.retry(
                exc=without_text(error), countdown=conf.retry_base_seconds() * 2**retries, throw=False
            ) from None


@contextmanager
def _quiet_errors() -> Iterator[None]:
    """Keep what a database says out of what Celery logs of a task: it can quote the rows of learners."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        raise without_text(error) from None


def enqueue_operation(uuid: UUID) -> None:
    """Send an operation to a worker, on the queue of attempts if there is one.

    Raises:
        kombu.exceptions.OperationalError: there is no broker.
    """
    run_operation.apply_async(args=(str(uuid),), **_queue())


def enqueue_recovery() -> None:
    """Have a worker take up what is stuck, as the beat does, on the queue of attempts if there is one.

    Raises:
        kombu.exceptions.OperationalError: there is no broker.
    """
    recover_operations.apply_async(**_queue())


def enqueue_export(uuid: UUID) -> None:
    """Send an export to a worker, on the queue for exports if there is one.

    Raises:
        kombu.exceptions.OperationalError: there is no broker.
    """
    run_export.apply_async(args=(str(uuid),), **_on(conf.export_queue()))


def enqueue_follow_up(uuid: UUID, name: str, seconds: float) -> None:
    """Send a follow-up of an operation to a worker, to be run after so many seconds.

    Raises:
        kombu.exceptions.OperationalError: there is no broker.
    """
    run_follow_up.apply_async(args=(str(uuid), name), countdown=seconds, **_queue())


@shared_task(
    name="attempts.take_course_settings",
    ignore_result=True,
    autoretry_for=TRANSIENT_ERRORS,
    retry_backoff=2,
    max_retries=6,
)
def take_course_settings(course_key: str) -> None:
    """Take what the authors of a course decide into its policy."""
    try:
        take(checked_course_key(course_key))
    except CourseNotFound as error:
        log.warning("attempts: %s was published and cannot be read: %s", course_key, error.detail)


def enqueue_course_settings(course_key: CourseKey) -> None:
    """Send the settings of a course to a worker of Studio, on its queue if there is one.

    Raises:
        kombu.exceptions.OperationalError: there is no broker.
    """
    take_course_settings.apply_async(args=(str(course_key),), **_on(conf.studio_queue()))


def _queue() -> dict[str, Any]:
    return _on(conf.queue())


def _on(queue: str | None) -> dict[str, Any]:
    # Named with each message because the platform's production settings overwrite the routes of plugins.
    return {"queue": queue} if queue else {}
