"""The invariants of one learner at one course, and of everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from opaque_keys.edx.keys import CourseKey

from attempts.data import Finding
from attempts.host.learners import anonymous_ids, find_learner
from attempts.keys import AttemptCourseLocator, attempt_course_key, bare_course_key
from attempts.models import AttemptContext, LearnerCourse
from attempts.restoration import keys_are_restored
from attempts.stores import LearnerNames, RekeyedStore, installed_stores, learner_names
from attempts.verification.keys import attempt_key_or_none, objection_to_course_text, objection_to_usage_text


def verify_identity(user_id: int, course_key: CourseKey) -> Iterator[Finding]:
    """Yield what is wrong with a learner's attempts at a course; nothing if all is well.

    Checks that the attempts are numbered without gaps and the active one is among them; that every row lies under
    the plain key or that of an archived attempt, with usage keys to match; and that no archived attempt has fewer
    rows than when it was archived. It reads every row of the learner in the course. While keys are in the bare form,
    the rows of archived attempts are counted under those keys.
    """
    identity = LearnerCourse.objects.filter(user_id=user_id, course_key=course_key).first()
    contexts = list(identity.attempts.order_by("number")) if identity else []
    yield from _numbering(user_id, course_key, identity, contexts)
    active = identity.active_number if identity else 1
    archived = {context.number: context for context in contexts if context.number != active}
    hidden_names = anonymous_ids(user_id, [course_key])[course_key]
    names = learner_names(find_learner(user_id), hidden_names, installed_stores())
    bare = keys_are_restored()
    for store in installed_stores():
        if isinstance(store, RekeyedStore):
            yield from _rows(store, names, course_key, archived, bare=bare)


def verify_site(course_key: CourseKey | None = None) -> Iterator[Finding]:
    """Yield what is wrong with the attempts of every learner who was ever reset, at one course or at all.

    Also finds rows under keys of attempts of learners who have none.
    """
    identities = LearnerCourse.objects.order_by("pk")
    if course_key is not None:
        identities = identities.filter(course_key=course_key)
    for user_id, key in identities.values_list("user_id", "course_key").iterator(1000):
        yield from verify_identity(user_id, key)
    for store in installed_stores():
        if isinstance(store, RekeyedStore):
            yield from _strangers(store, course_key)


def _numbering(
    user_id: int, course_key: CourseKey, identity: LearnerCourse | None, contexts: list[AttemptContext]
) -> Iterator[Finding]:
    numbers = [context.number for context in contexts]
    if numbers != list(range(1, len(numbers) + 1)):
        detail = f"The attempts are numbered {numbers}; they should be 1 to {len(numbers)}."
        yield Finding("numbers_have_gaps", detail, user_id, str(course_key), "attempts_attemptcontext")
    for context in contexts:
        if context.course_key != course_key or context.org != course_key.org:
            detail = f"Attempt {context.number} is listed under {context.course_key} of {context.org}."
            yield Finding("wrong_course", detail, user_id, str(course_key), "attempts_attemptcontext", str(context.pk))
    if identity and identity.active_number not in numbers:
        detail = f"The active attempt {identity.active_number} has no row; there are {numbers}."
        yield Finding(
            "active_attempt_missing", detail, user_id, str(course_key), "attempts_learnercourse", str(identity.pk)
        )


def _rows(
    store: RekeyedStore,
    names: LearnerNames,
    course_key: CourseKey,
    archived: dict[int, AttemptContext],
    *,
    bare: bool,
) -> Iterator[Finding]:
    counts: Counter[str] = Counter()
    parsed = store.usage_is_parsed
    for pk, course_text, usage_texts in store.key_texts(names, course_key):
        counts[course_text] += 1
        objections = [objection_to_course_text(course_text, course_key, archived)]
        objections += [objection_to_usage_text(text, course_text, parsed=parsed) for text in usage_texts if text]
        for objection in filter(None, objections):
            detail = f"Row {pk} of {store.name}: {objection}."
            yield Finding("wrong_key", detail, names.user_id, str(course_key), store.name, str(pk))
    for number, context in archived.items():
        key = attempt_course_key(course_key, number)
        now, then = counts[str(key)], context.rows.get(store.name, 0)
        if bare:
            now += store.rows(names, bare_course_key(key)).count()
        if now < then and not store.is_emptied:
            detail = f"Attempt {number} had {then} rows in {store.name} when it was archived and has {now} now."
            yield Finding("rows_missing", detail, names.user_id, str(course_key), store.name)


def _has_attempt(user_id: int, key: AttemptCourseLocator) -> bool:
    return AttemptContext.objects.filter(
        learner_course__user_id=user_id, learner_course__course_key=key.plain, number=key.attempt
    ).exists()


def _strangers(store: RekeyedStore, course_key: CourseKey | None) -> Iterator[Finding]:
    """Rows under attempt keys that belong to no attempt we know; one row is named for each learner and key."""
    for pk, user_id, text in store.archived_learners():
        key = attempt_key_or_none(text)
        if course_key is not None and (key is None or key.plain != course_key):
            continue
        if key is None or user_id is None or not _has_attempt(user_id, key):
            detail = f"Row {pk} of {store.name} lies under '{text}', but the learner has no such attempt."
            yield Finding("row_of_no_attempt", detail, user_id, str(key.plain) if key else "", store.name, str(pk))
