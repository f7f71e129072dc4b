"""The processes of learners, graders and operators: each takes one job after the other from the controller."""

from __future__ import annotations

import contextvars
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import Any

from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Model
from opaque_keys.edx.keys import CourseKey

from attempts import api, tasks
from attempts.exceptions import AttemptsError
from attempts.fence import unit_of_work
from attempts.fence.work import begin as begin_unit
from attempts.fence.work import current_unit
from tests.faults import seeding, work
from tests.faults.hooks import Faults
from tests.faults.servers import met

Job = dict[str, Any]


class Actor:
    """One such process.

    Args:
        pipe: where jobs come from, and answers go to.
    """

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe
        self.faults = Faults("learner")
        self.faults.install()
        #: Units of work that have read a row and are to save it later, by the name of the job.
        self.held: dict[str, tuple[contextvars.Context, Any]] = {}

    def run(self) -> None:
        """Carry out jobs until the controller is gone."""
        while True:
            try:
                job = self.pipe.recv()
            except EOFError:
                return
            try:
                answer = getattr(self, f"do_{job['do']}")(job)
            except Exception as error:
                answer = _error(error)
            self.faults.end()
            connection.close_if_unusable_or_obsolete()
            self.pipe.send(answer)

    def do_seed(self, job: Job) -> Job:
        """Make learners and what they have done so far."""
        return {"learners": seeding.make_learners(job["names"])}

    def do_work(self, job: Job) -> Job:
        """Write some rows in one transaction, as a request does."""
        with self._unit(job):
            with transaction.atomic():
                self.faults.begin(job["name"], "work", job["faults"], job["clock"])
                user, course = _learner(job), CourseKey.from_string(job["course"])
                written = [
                    (token, row)
                    for table, block, token in job["writes"]
                    for row in work.WRITERS[table](user, course, block, token)
                ]
            return {"acks": [_ack(token, row) for token, row in written]}

    def do_hold(self, job: Job) -> Job:
        """Begin a unit of work that reads a row, or that is about to insert one."""
        context = contextvars.copy_context()

        def begin() -> Any:
            # As a task begins, which has no end that is seen from here.
            begin_unit()
            course = CourseKey.from_string(job["course"])
            return None if job["insert"] else work.load(job["table"], _learner(job), course, job["block"])

        row = context.run(begin)
        self.held[job["name"]] = (context, row)
        return {"held": row.pk if row is not None else None}

    def do_release(self, job: Job) -> Job:
        """Let such a unit write what it has computed."""
        context, row = self.held.pop(job["name"])

        def write() -> Any:
            self.faults.begin(job["name"], "late", job["faults"], job["clock"])
            if row is not None:
                work.save(row, job["token"], some_columns=job["some_columns"])
                return [row]
            course = CourseKey.from_string(job["course"])
            return work.WRITERS[job["table"]](_learner(job), course, job["block"], job["token"])

        return {"acks": [_ack(job["token"], one) for one in context.run(write)]}

    def do_ask(self, job: Job) -> Job:
        """Ask for a switch by a call, as another app in the process of the host does."""
        words = {"requested_by": None, "comment": job["comment"], "idempotency_key": job["key"]}
        user = _learner(job)
        with transaction.atomic():
            if job["kind"] == "reset":
                operation = api.request_reset(user, job["course"], **words)
            elif job["kind"] == "undo":
                operation = api.request_undo(user, job["course"], override=job["override"], **words)
            else:
                operation = api.request_activate(user, job["course"], job["to"], override=job["override"], **words)
        return {"uuid": operation.uuid.hex}

    def do_publish(self, job: Job) -> Job:
        """Send messages to the worker once more, in the order given."""
        for uuid in job["uuids"]:
            tasks.enqueue_operation(uuid)
        return {}

    def do_recover(self, job: Job) -> Job:
        """Do what is on the beat."""
        taken = api.recover(older_than=timedelta(seconds=job["older_than"]))
        api.recover_follow_ups(older_than=timedelta(seconds=job["older_than"]))
        return {"taken": len(taken)}

    def do_sweep(self, job: Job) -> Job:
        """Sweep a learner."""
        reports = list(api.sweep(job["user"], job["course"]))
        return {
            "moved": sum(sum(report.moved.values()) for report in reports),
            "findings": [(found.code, found.detail) for report in reports for found in report.findings],
        }

    def do_verify(self, job: Job) -> Job:
        """Let the product prove its invariants for a learner."""
        return {"findings": [(found.code, found.detail) for found in api.verify(job["user"], job["course"])]}

    @contextmanager
    def _unit(self, job: Job) -> Iterator[None]:
        with unit_of_work():
            # The clock that says when the unit began is this host's too.
            current_unit().began += job["clock"]
            yield


def _error(error: Exception) -> Job:
    lost = isinstance(error, OperationalError | InterfaceError) and met(error) in (None, "connection_lost")
    return {
        "error": type(error).__name__,
        "detail": f"{error}"[:300],
        "code": getattr(error, "code", None) if isinstance(error, AttemptsError) else None,
        # The connection may have been lost while it was told to commit.
        "in_doubt": lost,
        "trace": traceback.format_exc(),
    }


def _learner(job: Job) -> Any:
    return get_user_model()(pk=job["user"], username=job["username"])


def _ack(token: int, row: Model) -> Job:
    return {"table": row._meta.db_table, "pk": row.pk, "token": token, "image": work.image(row)}
