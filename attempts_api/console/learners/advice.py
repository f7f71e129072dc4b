"""What to do about a reason against a switch, and about an operation that has failed: a sentence for each code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: By the codes of ``docs/reasons.csv``.
REASONS: Mapping[str, Promise] = {
    "already_active": _("Nothing is to be done: it is active."),
    "certificate_issued": _("Decide first what is to become of the certificate; support can go on in spite of it."),
    "course_ended": _("Support can go on in spite of it, if the learner can still work in the course."),
    "course_not_opted_in": _("Ask whoever manages the policy of the course to switch resets on."),
    "course_not_started": _("Wait for the start, or let support go on in spite of it."),
    "credit_granted": _("Ask whoever grants credit; support can go on in spite of it."),
    "exam_sitting": _("Ask the course team whether the exam is to be sat again; support can go on in spite of it."),
    "files_uploaded": _(
        "Ask the operators: a setting of the site has to change before such an attempt can be archived."
    ),
    "key_too_long": _("Tell the operators the row that is named; they have to make room for its key."),
    "keys_restored": _("Tell the operators; until the keys are back, nobody can be switched."),
    "learner_passing": _("Ask the course team whether a passing attempt is to be put away; support can go on."),
    "not_enrolled": _("Enrol the learner in the course, then ask again."),
    "nothing_to_undo": _("Nothing is to be done."),
    "requested_by_others": _("Staff can undo it."),
    "reset_limit_reached": _("Support can go on in spite of it, or the policy can allow more resets."),
    "store_elsewhere": _("Tell the operators the table that is named."),
    "team_work": _("Ask the team first; support can go on, and what belongs to the team stays."),
    "veto_unknown": _("Tell the operators, whose log says what failed, and ask again later."),
    "vetoed": _("Ask whoever made that rule."),
    "worked_since": _("Ask the learner whether that work may be archived; it is kept and can be activated again."),
    "wrong_pacing": _("Support can go on in spite of it, or the policy can allow it."),
}
#: By what else an operation can end with.
FAILURES: Mapping[str, Promise] = {
    "write_conflict": _("The learner's records were being written all the time. Ask again in a few minutes."),
    "database_unavailable": _(
        "The database did not answer. Ask again in a few minutes; if it fails again, tell the operators."
    ),
    "rows_in_the_way": _(
        "Tell the operators: rows lie where the attempt would be archived, and a sweep names all of them."
    ),
    "internal_error": _("Tell the operators the number of the operation; the log of the worker has the details."),
    "not_eligible": _(
        "Something came to stand against it after it was asked for. See what is said above, then ask again."
    ),
}
_UNKNOWN = _("Tell the operators the number of the operation, and ask again when they have looked.")


def about_reason(code: str) -> Promise | str:
    """Return what to do about a reason; empty for one of another app's stores, whose own sentence has to do."""
    return REASONS.get(code, "")


def about_failure(code: str) -> Promise:
    """Return what to do about an operation that has failed."""
    return FAILURES.get(code) or REASONS.get(code) or _UNKNOWN
