"""Celery tasks. Thin: they parse their arguments and call one function."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

from celery import shared_task

from attempts import conf
from attempts.operations import TRANSIENT_ERRORS, execute, give_up, recover


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
    try:
        execute(UUID(uuid))
    except TRANSIENT_ERRORS as error:
        if self.request.retries >= conf.max_retries():
            give_up(UUID(uuid), error)
            return
        wait = conf.retry_base_seconds() * 2**self.request.retries
        raise self.retry(exc=error, countdown=wait * random.uniform(0.5, 1.5)) from error  # noqa: S311 - jitter


@shared_task(name="attempts.recover", ignore_result=True)
def recover_operations() -> list[str]:
    """Carry out what is stuck; meant for Celery beat, every few minutes."""
    return [str(uuid) for uuid in recover()]


def enqueue_operation(uuid: UUID) -> None:
    """Send an operation to a worker, on the queue of attempts if there is one.

    Raises:
        kombu.exceptions.OperationalError: there is no broker.
    """
    # Named here because the platform's production settings overwrite the routes of plugins.
    options: dict[str, Any] = {"queue": conf.queue()} if conf.queue() else {}
    run_operation.apply_async(args=(str(uuid),), **options)
