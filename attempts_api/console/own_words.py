"""What a learner is told of her own attempts, in words for learners: reasons for staff name rules and overrides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attempts.data import OperationData

_SITE = gettext_lazy("This site cannot do that at the moment. Ask the support of this site.")
#: By the code of the reason, see ``docs/reasons.csv``.
_SENTENCES = {
    "already_active": gettext_lazy("You are in that attempt already."),
    "certificate_issued": gettext_lazy("You hold a certificate for this course, and this would put it in doubt."),
    "course_ended": gettext_lazy("The course has ended."),
    "course_not_opted_in": gettext_lazy("Fresh starts are not switched on for this course."),
    "course_not_started": gettext_lazy("The course has not started yet."),
    "credit_granted": gettext_lazy("You have credit for this course, or have asked for it."),
    "exam_sitting": gettext_lazy("You have sat a timed or proctored exam of this course."),
    "files_uploaded": gettext_lazy("You have uploaded files that those of a new attempt would overwrite."),
    "key_too_long": _SITE,
    "keys_restored": _SITE,
    "learner_passing": gettext_lazy("You have a passing grade in the attempt that would be put away."),
    "not_enrolled": gettext_lazy("You are not enrolled in this course now."),
    "not_now": gettext_lazy(
        "This cannot be taken back by yourself: others made the last change, or something that you have earned since "
        "would be put away. Ask the course team or the support of this site."
    ),
    "nothing_to_undo": gettext_lazy("There is nothing to take back."),
    "requested_by_others": gettext_lazy("The last change was made by others. Only they or support can take it back."),
    "reset_limit_reached": gettext_lazy("You have used all the fresh starts that this course allows."),
    "store_elsewhere": _SITE,
    "team_work": gettext_lazy("You have handed in work with a team."),
    "veto_unknown": _SITE,
    "worked_since": gettext_lazy("There is work in the attempt that would be put away."),
    "wrong_pacing": gettext_lazy("Fresh starts are not switched on for courses of this kind."),
}
_IS_COMPLETE = {
    "reset": gettext_lazy("Your fresh start is done: you are in attempt %(number)d now."),
    "undo": gettext_lazy("It was taken back: you are in attempt %(number)d again."),
    "activate": gettext_lazy("The course team or support made attempt %(number)d your active one."),
}


def learner_reasons(reasons: Iterable[Any], otherwise: str = "") -> list[str]:
    """Return why something is refused, for the learner herself.

    Args:
        reasons: with ``code`` and ``detail``; a code of another app's keeps its own sentence.
        otherwise: the code that it is for if there is no reason; empty for nothing.
    """
    found = [str(_SENTENCES.get(reason.code, reason.detail)) for reason in reasons]
    return list(dict.fromkeys(found or ([str(_SENTENCES[otherwise])] if otherwise else [])))


def not_allowed() -> str:
    """Return what a learner is told where only others can give her a new attempt."""
    return _(
        "You cannot start this course afresh by yourself. If you need to, ask the course team or the support of this "
        "site."
    )


def outcome_of(operation: OperationData) -> str:
    """Return what became of a learner's last switch, as far as it is news: what failed, and what is done."""
    if operation.status == "failed":
        return _("The last change did not work, and nothing was changed by it. Try again later, or ask support.")
    if operation.to_number is None:
        return ""
    return str(_IS_COMPLETE[operation.kind]) % {"number": operation.to_number}
