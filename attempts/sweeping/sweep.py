"""Bringing rows home, and having grades computed anew that nothing stands behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from django.db import DataError, IntegrityError, transaction
from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.caches import clear_caches
from attempts.data import Finding, SweepReport
from attempts.exceptions import AttemptsError
from attempts.fence import announce_switch
from attempts.host.grading import grades_without_scores
from attempts.host.learners import anonymous_ids, find_learner
from attempts.keys import KeyRewrite
from attempts.models import AttemptContext, LearnerCourse
from attempts.restoration import refuse_while_restored
from attempts.stores import LearnerNames, RekeyedStore, installed_stores, learner_names
from attempts.sweeping.strays import Places, Stray, left_under_old_key, strays_in
from attempts.sweeping.timeline import timeline_of
from attempts.telemetry import Event, EventLog

log = EventLog(__name__)

#: The code of what makes the next switch of the learner fail.
ROW_IN_THE_WAY = "row_in_the_way"


def sweep(user_id: int, course_key: CourseKey) -> SweepReport:
    """Put the rows of a learner at a course where they belong; return what was moved and what is left to look at.

    Holds the lock of a switch meanwhile. Doing it again finds nothing. Grades without a score are computed anew by the
    host once that is committed.

    Raises:
        KeysRestored: archived rows have keys for a host without this package.
        Exception: whatever the host raises when it is asked to compute the grades.
    """
    refuse_while_restored()
    with transaction.atomic():
        identity = LearnerCourse.objects.select_for_update().filter(user_id=user_id, course_key=course_key).first()
        timeline = timeline_of(identity) if identity else None
        if identity is None or timeline is None:
            return SweepReport(user_id, str(course_key), {}, (), recomputed=False)
        names = _names(user_id, course_key)
        contexts = {context.number: context for context in identity.attempts.order_by("number")}
        places = Places(identity, tuple(contexts))
        moved: Counter[str] = Counter()
        left: list[Finding] = []
        for store in installed_stores():
            if isinstance(store, RekeyedStore):
                left += _bring_home(list(left_under_old_key(store, names, places)), names, places, contexts, moved)
                strays = list(strays_in(store, names, places, timeline))
                left += _bring_home(strays, names, places, contexts, moved)
    baseless = list(_baseless(user_id, names, course_key))
    if baseless:
        conf.recompute_grades()(user_id, course_key)
    for found in (*left, *baseless):
        about = {"table": found.table, "row": found.row, "code": found.code, "detail": found.detail}
        log.warning(Event.SWEEP_FINDING, None, learner=user_id, course=course_key, **about)
    # Though nothing was moved: a request that began before the switch may have filled them since they were cleared.
    clear_caches(user_id, course_key)
    return SweepReport(user_id, str(course_key), dict(moved), (*left, *baseless), recomputed=bool(baseless))


def sweep_site(user_id: int | None = None, course_key: CourseKey | None = None) -> Iterator[SweepReport]:
    """Sweep everybody who was ever switched; yield the reports that say something.

    What the host raises for one learner is a finding, and does not keep the others from being swept.

    Args:
        user_id: only this learner.
        course_key: only this course.

    Raises:
        KeysRestored: archived rows have keys for a host without this package.
    """
    identities = LearnerCourse.objects.order_by("pk")
    identities = identities if user_id is None else identities.filter(user_id=user_id)
    identities = identities if course_key is None else identities.filter(course_key=course_key)
    for learner_id, key in list(identities.values_list("user_id", "course_key")):
        try:
            report = sweep(learner_id, key)
        except AttemptsError:
            raise
        except Exception as error:
            log.error(Event.SWEEP_FAILED, error, learner=learner_id, course=key)
            report = _failed(learner_id, key, error)
        if report.moved or report.findings:
            yield report


def _failed(user_id: int, course_key: CourseKey, error: Exception) -> SweepReport:
    detail = f"The sweep ended in {type(error).__name__}; the log has the details. Mend that, and sweep again."
    found = Finding("sweep_failed", detail, user_id, str(course_key))
    return SweepReport(user_id, str(course_key), {}, (found,), recomputed=False)


def _names(user_id: int, course_key: CourseKey) -> LearnerNames:
    hidden = anonymous_ids(user_id, [course_key])[course_key]
    return learner_names(find_learner(user_id), hidden, installed_stores())


def _bring_home(
    strays: Sequence[Stray],
    names: LearnerNames,
    places: Places,
    contexts: dict[int, AttemptContext],
    moved: Counter[str],
) -> Iterator[Finding]:
    """Rewrite the keys of rows to those of their own attempt; yield those whose place is taken."""
    if strays:
        # A late write may have one of them in hand right now.
        announce_switch()
    for stray in strays:
        rewrite = KeyRewrite(stray.under, places.key(stray.belongs_to))
        try:
            with transaction.atomic():
                done = stray.store.rewrite(names, rewrite, pk=stray.pk)
        except (IntegrityError, DataError):
            yield _left(stray, names, places)
            continue
        if done:
            where = {"learner": names.user_id, "course": places.identity.course_key}
            log.info(Event.SWEEP_ROW_MOVED, table=stray.store.name, row=stray.pk, target=rewrite.target, **where)
            moved[stray.store.name] += 1
            _recount(stray, names, places, contexts)


def _recount(stray: Stray, names: LearnerNames, places: Places, contexts: dict[int, AttemptContext]) -> None:
    """Keep the numbers of rows that both attempts had when they were archived true, for ``verify``.

    A row that came back out of an archive was counted there; one that a switch missed was not. Those of the active
    attempt are counted when it is archived again.
    """
    if stray.lies_in == stray.belongs_to:
        return
    table, before, after = stray.store.name, contexts[stray.lies_in], contexts[stray.belongs_to]
    if table in before.rows:
        before.rows[table] -= 1
    if table in after.rows:
        after.rows[table] = max(after.rows[table], stray.store.rows(names, places.key(after.number)).count())
    for context in (before, after):
        AttemptContext.objects.filter(pk=context.pk).update(rows=context.rows)


def _left(stray: Stray, names: LearnerNames, places: Places) -> Finding:
    if stray.lies_in == stray.belongs_to:
        return _in_the_way(stray, names, places)
    detail = (
        f"Row {stray.pk} of {stray.store.name} lies in attempt {stray.lies_in} and belongs to attempt "
        f"{stray.belongs_to}, which has a row of that key already. It was left."
    )
    course = str(places.identity.course_key)
    return Finding("late_row_left", detail, names.user_id, course, stray.store.name, str(stray.pk))


def _in_the_way(stray: Stray, names: LearnerNames, places: Places) -> Finding:
    """Both rows have the same claim to the key, and nobody but a person can say which of them counts."""
    course = str(places.identity.course_key)
    detail = (
        f"Row {stray.pk} of {stray.store.name} lies under {stray.under}, though that attempt is the active one, which "
        "has another row of that key. Both were left. The attempt cannot be archived before one of the two is removed "
        "by the host's own means, such as its Django admin."
    )
    return Finding(ROW_IN_THE_WAY, detail, names.user_id, course, stray.store.name, str(stray.pk))


def _baseless(user_id: int, names: LearnerNames, course_key: CourseKey) -> Iterator[Finding]:
    for table, pk in grades_without_scores(user_id, names.anonymous_ids, course_key):
        detail = f"Row {pk} of {table} is a grade of the active attempt with no score behind it; it is computed anew."
        yield Finding("grade_without_score", detail, user_id, str(course_key), table, str(pk))
