"""The named checks: each looks at one fact and the policy that governs it, and may object to a switch."""

from __future__ import annotations

from collections.abc import Callable

from attempts import exceptions
from attempts.data import Kind
from attempts.exceptions import NotEligible
from attempts.policies.history import resets_used
from attempts.policies.situation import Situation

Check = Callable[[Situation], NotEligible | None]


def _enrolled(situation: Situation) -> NotEligible | None:
    return None if situation.place.is_active else exceptions.NotEnrolled()


def _opted_in(situation: Situation) -> NotEligible | None:
    return None if situation.policy.active else exceptions.CourseNotOptedIn()


def _started(situation: Situation) -> NotEligible | None:
    if situation.policy.require_started and not situation.place.started():
        return exceptions.CourseNotStarted(situation.place.start)
    return None


def _not_ended(situation: Situation) -> NotEligible | None:
    if situation.policy.require_not_ended and situation.place.ended():
        return exceptions.CourseEnded(situation.place.end)
    return None


def _right_pacing(situation: Situation) -> NotEligible | None:
    wanted = situation.policy.pacing
    pacing = "self_paced" if situation.place.self_paced else "instructor_paced"
    return exceptions.WrongPacing(wanted) if wanted not in ("any", pacing) else None


def _passing(situation: Situation) -> NotEligible | None:
    """A reset guards a passing grade by one rule of the policy, undo and activate by another."""
    policy = situation.policy
    guarded = policy.require_not_passing if situation.kind == "reset" else policy.protect_passing
    if guarded and situation.result and situation.result.passed:
        return exceptions.LearnerPassing(situation.active_number)
    return None


def _within_limit(situation: Situation) -> NotEligible | None:
    limit, used = situation.policy.max_resets, resets_used(situation.switches)
    if limit is not None and used >= limit:
        return exceptions.ResetLimitReached(used, limit)
    return None


def _certificate(situation: Situation) -> NotEligible | None:
    if situation.policy.certificates == "block" and situation.certificate:
        return exceptions.CertificateIssued(situation.certificate)
    return None


def _no_new_work(situation: Situation) -> NotEligible | None:
    if situation.policy.protect_new_work and situation.active_rows:
        return exceptions.WorkedSince(situation.active_number, situation.active_rows)
    return None


def _something_to_undo(situation: Situation) -> NotEligible | None:
    return None if situation.to_number else exceptions.NothingToUndo()


def _not_active_already(situation: Situation) -> NotEligible | None:
    if situation.to_number == situation.active_number:
        return exceptions.AlreadyActive(situation.active_number)
    return None


def _keys_in_place(situation: Situation) -> NotEligible | None:
    return exceptions.KeysRestored() if situation.keys_are_restored else None


#: The checks of each kind of switch, in the order in which their reasons are given.
CHECKS: dict[Kind, tuple[Check, ...]] = {
    "reset": (_enrolled, _opted_in, _started, _not_ended, _right_pacing, _passing, _within_limit, _certificate),
    "undo": (_something_to_undo, _passing, _certificate, _no_new_work),
    "activate": (_not_active_already, _passing, _certificate, _no_new_work),
}


def overridable_codes() -> frozenset[str]:
    """Return the codes of the reasons that may be overridden, those of other apps' stores among them."""
    return frozenset(error.code for error in NotEligible.__subclasses__() if error.overridable)


def learner_objections(situation: Situation) -> list[NotEligible]:
    """Return what stands against a switch that a learner asks for herself, beside what stands against anybody's.

    A reset that she took back counts: else she could try attempt after attempt and keep the best. What somebody else
    did she cannot take back.
    """
    limit = situation.policy.max_resets
    if situation.kind == "reset":
        used = _own_resets(situation)
        return [exceptions.ResetLimitReached(used, limit)] if limit is not None and used >= limit else []
    last = situation.switches[-1:]
    return [exceptions.RequestedByOthers()] if last and last[0].requested_by_id != situation.names.user_id else []


def learner_resets_left(situation: Situation) -> int | None:
    """Return how many more resets a learner may ask for herself, None for any number; both counts bind her."""
    limit = situation.policy.max_resets
    return None if limit is None else max(0, limit - max(resets_used(situation.switches), _own_resets(situation)))


def _own_resets(situation: Situation) -> int:
    """Return how many resets the learner has asked for herself, those that were taken back among them."""
    learner = situation.names.user_id
    return sum(done.kind == "reset" and done.requested_by_id == learner for done in situation.switches)


def objections(situation: Situation) -> list[NotEligible]:
    """Return every reason against the switch, overridable or not; empty if there is none."""
    found = [check(situation) for check in (_keys_in_place, *CHECKS[situation.kind])]
    return [reason for reason in found if reason] + list(situation.problems)
