"""What a switch would do, in words: only what there is of this learner at this course."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attempts.data import PolicyData, Preview

_CERTIFICATES = "certificates_generatedcertificate"
_DATES = "edx_when_userdate"
_EXPERIMENTS = "user_api_usercoursetag"
_GATES = "milestones_usermilestone"
_SCHEDULES = "schedules_schedule"
_TEAMS = "teams_"
_TEAM_WORK = ("submissions_teamsubmission", "assessment_sharedfileupload")
_TOOLS = "lti_consumer_ltiagsscore"


def effects(preview: Preview, policy: PolicyData) -> list[str]:
    """Return the sentences.

    Args:
        preview: what the switch would do.
        policy: the policy in force.
    """
    return [*_attempts(preview), *_values(preview, policy), *_what_stays(preview), *_mail(policy)]


def _attempts(preview: Preview) -> Iterator[str]:
    """Which attempt becomes active, which is archived, and what the learner will see."""
    archived = sum(store.archived for store in preview.stores)
    restored = sum(store.restored for store in preview.stores)
    words = {"old": preview.from_number, "new": preview.to_number, "count": archived}
    yield (
        ngettext(
            "Attempt %(old)d is archived whole, with %(count)d record; it can be read, and made active again.",
            "Attempt %(old)d is archived whole, with %(count)d records; it can be read, and made active again.",
            archived,
        )
        % words
    )
    if preview.to_number is None:
        return
    if preview.kind == "reset":
        yield (
            _(
                "Attempt %(new)d becomes active: the learner sees a fresh course, with no answers, nothing completed,"
                " and all grades at zero."
            )
            % words
        )
        return
    yield (
        ngettext(
            "Attempt %(new)d becomes active again, with %(count)d record: the learner sees the answers, grades and"
            " completion of that attempt.",
            "Attempt %(new)d becomes active again, with %(count)d records: the learner sees the answers, grades and"
            " completion of that attempt.",
            restored,
        )
        % {**words, "count": restored}
    )


def _values(preview: Preview, policy: PolicyData) -> Iterator[str]:
    """What exists once and has another value in each attempt."""
    touched = {store.store for store in preview.stores if store.archived or store.restored}
    fresh = preview.kind == "reset"
    if _GATES in touched:
        yield (
            _("Gated content closes until the learner has met its prerequisites anew.")
            if fresh
            else _("Gated content is as open as it was in that attempt.")
        )
    if _SCHEDULES in touched:
        if not fresh:
            yield _("The personal schedule is that of the attempt again.")
        elif policy.schedule == "restart":
            yield _("In a self-paced course the personal schedule starts today, and due dates move with it.")
        else:
            yield _("The personal schedule stays as it is, as the policy says.")
    if _DATES in touched:
        yield (
            _("Individual due dates end; give new ones if they are needed.")
            if fresh
            else _("Individual due dates are those of the attempt again.")
        )
    if _EXPERIMENTS in touched:
        if not fresh:
            yield _("The groups of experiments are those of the attempt again.")
        elif policy.experiments == "redraw":
            yield _("The learner is put into groups of experiments anew.")
        else:
            yield _("The learner stays in the same groups of experiments.")
    if _TOOLS in touched:
        yield (
            _("Scores that external tools have sent are emptied; the tools themselves keep what they have.")
            if fresh
            else _("Scores that external tools have sent are those of the attempt again.")
        )


def _what_stays(preview: Preview) -> Iterator[str]:
    """What belongs to no attempt."""
    stays = {one.table for one in preview.stays if one.rows}
    against = {reason.code for reason in preview.eligibility.reasons}
    if "certificate_issued" in against:
        yield _("The learner has a certificate. Nothing is done to it: if you go on, it stays valid.")
    elif _CERTIFICATES in stays:
        yield _("The certificate stays valid, as the policy says, whatever the grade of the new attempt.")
    teams = any(table.startswith(_TEAMS) for table in stays)
    if "team_work" in against or any(store.store in _TEAM_WORK and store.archived for store in preview.stores):
        yield _("Work that was handed in with a team stays with the team, for all its members.")
    elif teams:
        yield _("The learner stays in the team.")


def _mail(policy: PolicyData) -> Iterator[str]:
    if policy.notify_learner:
        yield _("The learner is told by e-mail.")
