"""Bringing an archived attempt back on trial, and writing down what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from attempts.data import AttemptSummary
from attempts.exceptions import AttemptActive, AttemptNotFound, CourseNotFound, NotEligible, RowsInTheWay
from attempts.host.courses import enrolment
from attempts.host.learners import find_learner
from attempts.host.service import require_lms
from attempts.keys import attempt_course_key
from attempts.models import AttemptContext, AttemptProof, LearnerCourse
from attempts.policies import Situation, survey_situation
from attempts.proofs.checksums import Checksum, checksums, differing
from attempts.switching import Stamp, lock_identity, switch

_NOTHING = AttemptSummary(None, "", None, 0, None, {})


@dataclass(frozen=True)
class _Trial:
    """What came of a trial.

    Attributes:
        held: checksums of the attempt as it is archived.
        problem_code, problem: what stands against bringing it back; empty if nothing does.
    """

    held: Mapping[str, Checksum]
    problem_code: str = ""
    problem: str = ""


class _TakenBack(Exception):
    """Ends the transaction of a trial that went well."""


def prove(context_id: int) -> AttemptProof:
    """Bring an archived attempt back on trial, take that back, and write down what came of it.

    The trial is the switch that activating the attempt would be, whatever the policy has to say to it. It holds the
    locks that such a switch holds, for as long as reading the attempt's rows twice takes, and commits nothing but the
    proof.

    Args:
        context_id: primary key of the attempt's row.

    Raises:
        AttemptNotFound: there is no such row.
        AttemptActive: the attempt is not archived.
        NotInStudio: this is Studio.
    """
    require_lms()
    found = LearnerCourse.objects.filter(attempts=context_id).first()
    if found is None:
        raise AttemptNotFound(context_id)
    with transaction.atomic():
        identity = lock_identity(found.user_id, found.course_key)
        context = identity.attempts.get(pk=context_id)
        if context.number == identity.active_number:
            raise AttemptActive(context.uuid)
        now = timezone.now()
        return _write(context, _trial(identity, context, now), now)


def provable_attempts(checked_before: datetime | None = None) -> Iterator[int]:
    """Yield the archived attempts of everybody that have no proof of their last archiving, or an old one.

    Args:
        checked_before: when the last check must have been for it to be old (UTC); None: no proof is old.

    Yields:
        Primary keys of their rows, in order.
    """
    rows = AttemptContext.objects.filter(archived_at__isnull=False).select_related("learner_course", "proof")
    rows = rows.defer("proof__checksums")
    for row in rows.order_by("pk").iterator(1000):
        proof = getattr(row, "proof", None)
        if row.number != row.learner_course.active_number and not (proof and _is_fresh(proof, row, checked_before)):
            yield row.pk


def _is_fresh(proof: AttemptProof, context: AttemptContext, checked_before: datetime | None) -> bool:
    of_this_archiving = proof.archived_at == context.archived_at
    return of_this_archiving and (checked_before is None or proof.checked_at >= checked_before)


def _trial(identity: LearnerCourse, context: AttemptContext, now: datetime) -> _Trial:
    try:
        place = enrolment(identity.user_id, identity.course_key)
    except CourseNotFound as error:
        return _Trial({}, error.code, error.detail)
    situation = survey_situation(
        "activate",
        find_learner(identity.user_id),
        place,
        active_number=identity.active_number,
        to_number=context.number,
    )
    key = attempt_course_key(identity.course_key, context.number)
    held = checksums(situation.names, key, identity.course_key)
    against = _objection(situation)
    if against:
        return _Trial(held, against.code, against.detail)
    try:
        brought_back = _bring_back(identity, situation, now)
    except IntegrityError:
        detail = "Rows of the active attempt stand where archived ones belong: sweep the learner, then check again."
        return _Trial(held, RowsInTheWay.code, detail)
    wrong = differing(held, brought_back)
    if wrong:
        return _Trial(held, "not_the_same", f"Brought back, rows differ in {', '.join(wrong)}.")
    return _Trial(held)


def _objection(situation: Situation) -> NotEligible | None:
    """What no right overrides."""
    return next((problem for problem in situation.problems if not problem.overridable), None)


def _bring_back(identity: LearnerCourse, situation: Situation, now: datetime) -> dict[str, Checksum]:
    """Switch to the attempt, read what is then under the plain key, and take the switch back."""
    try:
        with transaction.atomic():
            switch(
                identity,
                situation.names,
                situation.move,
                stamp=Stamp(now, None, "trial"),
                opened_first=situation.place.enrolled_at,
                summary=_NOTHING,
                surveys=situation.surveys,
            )
            found = checksums(situation.names, identity.course_key, identity.course_key)
            raise _TakenBack
    except _TakenBack:
        return found


def _write(context: AttemptContext, trial: _Trial, now: datetime) -> AttemptProof:
    proof = AttemptProof.objects.filter(context=context).first()
    if proof is None:
        proof = AttemptProof(context=context)
    if proof.archived_at != context.archived_at or not proof.checksums:
        proof.archived_at, proof.made_at = context.archived_at, now
        proof.checksums = {table: asdict(checksum) for table, checksum in trial.held.items()}
    proof.checked_at = now
    proof.restorable = not trial.problem_code
    proof.problem_code, proof.problem = trial.problem_code, trial.problem
    proof.changed = differing({table: Checksum(**said) for table, said in proof.checksums.items()}, trial.held)
    proof.save()
    return proof
