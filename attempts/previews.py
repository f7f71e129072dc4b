"""What a switch would do, said without writing anything."""

from __future__ import annotations

from attempts.data import Eligibility, LearnerData, Preview, Reason, StorePreview
from attempts.keys import KeyRewrite, attempt_course_key
from attempts.policies import Situation, objections, resets_used
from attempts.stores import installed_stores, survey_stores


def eligibility_of(situation: Situation) -> Eligibility:
    """Return every reason against a switch, and how many resets are left."""
    limit, used = situation.policy.max_resets, resets_used(situation.switches)
    return Eligibility(
        kind=situation.kind,
        reasons=tuple(Reason(found.code, found.detail, found.overridable) for found in objections(situation)),
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
    )


def _store_previews(situation: Situation) -> tuple[StorePreview, ...]:
    restored = _restored_rows(situation)
    return tuple(
        StorePreview(
            store=store.name,
            label=store.label,
            archived=situation.surveys[store.name].rows,
            restored=restored.get(store.name, 0),
            foreign=situation.surveys[store.name].foreign,
        )
        for store in installed_stores()
    )


def _restored_rows(situation: Situation) -> dict[str, int]:
    if not situation.to_number or situation.to_number == situation.active_number:
        return {}
    course_key = situation.place.course_key
    restoring = KeyRewrite(attempt_course_key(course_key, situation.to_number), course_key)
    surveys = survey_stores(installed_stores(), situation.names, restoring)
    return {table: survey.rows for table, survey in surveys.items()}
