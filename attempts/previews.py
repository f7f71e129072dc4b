"""What a switch would do, said without writing anything."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from attempts.coverage import what_stays
from attempts.data import Eligibility, LearnerData, Preview, Reason, Stays, StorePreview
from attempts.exceptions import NotEligible
from attempts.policies import Situation, objections, resets_used
from attempts.stores import StoreSurvey, installed_stores, moving_stores


def eligibility_of(situation: Situation) -> Eligibility:
    """Return every reason against a switch, and how many resets are left."""
    limit, used = situation.policy.max_resets, resets_used(situation.switches)
    return Eligibility(
        kind=situation.kind,
        reasons=tuple(_reason(found) for found in objections(situation)),
        resets_used=used,
        resets_left=None if limit is None else max(0, limit - used),
    )


def preview_of(learner: LearnerData, situation: Situation) -> Preview:
    """Return what a switch would move, store by store."""
    to_number = situation.to_number
    if situation.kind == "reset":
        to_number = max([situation.active_number, *(done.to_number for done in situation.switches)]) + 1
    return Preview(
        kind=situation.kind,
        learner=learner,
        course_key=situation.place.course_key,
        from_number=situation.active_number,
        to_number=to_number,
        eligibility=eligibility_of(situation),
        stores=_store_previews(situation),
        stays=_stays(situation),
    )


def _store_previews(situation: Situation) -> tuple[StorePreview, ...]:
    return tuple(
        StorePreview(
            store=store.name,
            label=store.label,
            archived=situation.surveys[store.name].rows,
            restored=situation.surveys[store.name].restorable,
            foreign=situation.surveys[store.name].foreign,
            reasons=_reasons_in(situation.surveys[store.name]),
        )
        for store in installed_stores()
        if store in moving_stores() or situation.surveys[store.name].problem
    )


def _reasons_in(survey: StoreSurvey) -> tuple[Reason, ...]:
    return (_reason(survey.problem),) if survey.problem else ()


def _reason(found: NotEligible) -> Reason:
    return Reason(found.code, found.detail, found.overridable, found.sentence, found.values)


def _stays(situation: Situation) -> tuple[Stays, ...]:
    """What is known of the learner at the course and is not part of an attempt; the enrolment comes first."""
    is_active, enrolments = situation.place.is_active, 1 if situation.place.enrolled_at else 0
    enrolled = _("The learner stays enrolled.") if is_active else _("The learner is not enrolled now.")
    found = [Stays("student_courseenrollment", _("Enrolment"), enrolments, enrolled, enrolled)]
    if situation.certificate and situation.policy.certificates == "keep":
        sentence = _("The certificate (status: %(status)s) is kept, as the policy says.")
        values = {"status": situation.certificate}
        found.append(
            Stays("certificates_generatedcertificate", _("Certificate"), 1, sentence % values, sentence, values)
        )
    said = {stays.table for stays in found}
    kept = what_stays(situation.names, situation.move)
    return (*found, *(stays for stays in kept if stays.table not in said))
