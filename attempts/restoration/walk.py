"""Bringing all keys to the other form: a batch of rows at a time, as often as it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import router, transaction
from django.db.models import QuerySet
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts.exceptions import RestorationRefused
from attempts.keys import KeyRewrite, bare_course_key
from attempts.models import AttemptOperation, BareKey, KeyRestoration, RestorationDirection, RestorationStatus
from attempts.restoration.forms import ATTEMPT_FORM, BARE_FORM, KeyForm
from attempts.restoration.standing import keys_are_restored, last_restoration
from attempts.restoration.survey import FormSurvey, survey_form
from attempts.restoration.tables import KeyTable, key_tables

#: Told after each batch: the table, and how many of its rows are done so far.
Report = Callable[[str, int], None]
_MOST_FAULTS = 20


@dataclass(frozen=True)
class _Course:
    """One attempt's key on its way: the rewrite, and whether its blocks have to be looked for everywhere."""

    rewrite: KeyRewrite
    is_loose: bool


def refuse_restoration(survey: FormSurvey) -> None:
    """Refuse to bring keys to the bare form, if something stands against it; nothing is written.

    Args:
        survey: what there is of keys of attempts.

    Raises:
        RestorationRefused: a switch is in flight, a text is no key, or two keys would be one; the rows are named.
    """
    _refuse_in_flight()
    faults = [*survey.faults, *_clashes(survey)]
    if faults:
        more = f" And {len(faults) - _MOST_FAULTS} more." if len(faults) > _MOST_FAULTS else ""
        raise RestorationRefused(f"Nothing was written: {'; '.join(faults[:_MOST_FAULTS])}.{more} Correct them first.")


def refuse_return() -> None:
    """Refuse to bring keys back that are not in the bare form.

    Raises:
        RestorationRefused: they are not.
    """
    if not keys_are_restored():
        raise RestorationRefused("There is nothing to bring back: the keys are those of attempts.")


def restore_keys(*, back: bool, batch: int, report: Report) -> KeyRestoration:
    """Bring the keys of all archived attempts to the bare form, or back; return the record of it.

    From its first statement on switches are refused. Each batch is a transaction; what a killed process has left is
    done by the next call. Two calls at once take turns.

    Args:
        back: from the bare form to that of attempts.
        batch: how many rows a transaction may rewrite.
        report: told after each batch.

    Raises:
        RestorationRefused: see :func:`refuse_restoration`; or there is nothing to bring back; or another call has
            ended this one.
    """
    if back:
        run = _begin_back()
    else:
        survey = survey_form(ATTEMPT_FORM)
        refuse_restoration(survey)
        run = _begin_bare(survey)
    courses = _courses(back=back)
    for table in key_tables():
        for rows, rewrite in _shares(table, BARE_FORM if back else ATTEMPT_FORM, courses):
            _rewrite_all(run, table, rows, rewrite, batch, report)
    with transaction.atomic(using=router.db_for_write(KeyRestoration)):
        run = _held(run)
        run.status, run.completed_at = RestorationStatus.COMPLETE, timezone.now()
        run.save()
    return run


def bare_courses() -> frozenset[str]:
    """Return the texts of all course keys that attempts were ever given in the bare form; one statement."""
    return frozenset(BareKey.objects.values_list("bare_key", flat=True))


def _refuse_in_flight() -> None:
    count = AttemptOperation.objects.filter(in_flight=True).count()
    if count:
        raise RestorationRefused(
            f"Nothing was written: {count} operations are not finished. Let the workers carry them out, or do it with: "
            "manage.py attempts recover --older-than 0."
        )


def _clashes(survey: FormSurvey) -> Iterator[str]:
    """Bare keys that two attempts would share, or that somebody else's rows have."""
    owners = dict(BareKey.objects.values_list("bare_key", "attempt_key"))
    # Of an interrupted restoration: what lies under these bare keys is its own.
    begun = set(owners.values()) if keys_are_restored() else set()
    for text, is_loose in sorted(survey.courses.items()):
        rewrite = _to_bare(text)
        bare = str(rewrite.target)
        owner = owners.setdefault(bare, text)
        if owner != text:
            yield f"{owner} and {text} would both be {bare}"
        for table in key_tables() if text not in begun else ():
            if table.is_taken(rewrite, loose=is_loose):
                yield f"{text} would be {bare}, which is in {table.name} already"


def _to_bare(text: str) -> KeyRewrite:
    key: Any = CourseKey.from_string(text)
    return KeyRewrite(key, bare_course_key(key))


def _begin_bare(survey: FormSurvey) -> KeyRestoration:
    """Write down that keys are being restored, and what each of them becomes."""
    last, was_restored = last_restoration(), keys_are_restored()
    with transaction.atomic(using=router.db_for_write(KeyRestoration)):
        run = _resumed_or_new(last if was_restored else None, RestorationDirection.BARE)
        for text, is_loose in survey.courses.items():
            row, _created = BareKey.objects.get_or_create(
                attempt_key=text, defaults={"bare_key": str(_to_bare(text).target)}
            )
            if is_loose and not row.is_loose:
                BareKey.objects.filter(pk=row.pk).update(is_loose=True)
    try:
        # Again: a request may have been written between the first look and our row, which later ones see.
        _refuse_in_flight()
    except RestorationRefused:
        if not was_restored:
            KeyRestoration.objects.filter(pk=run.pk).update(status=RestorationStatus.ABANDONED)
        raise
    return run


def _begin_back() -> KeyRestoration:
    refuse_return()
    with transaction.atomic(using=router.db_for_write(KeyRestoration)):
        return _resumed_or_new(last_restoration(), RestorationDirection.BACK)


def _resumed_or_new(last: KeyRestoration | None, direction: RestorationDirection) -> KeyRestoration:
    if last is not None and last.direction == direction:
        last.status = RestorationStatus.RUNNING
        last.save()
        return last
    if last is not None and last.status == RestorationStatus.RUNNING:
        # Its process, if it is alive, finds out with its next batch.
        KeyRestoration.objects.filter(pk=last.pk).update(status=RestorationStatus.ABANDONED)
    return KeyRestoration.objects.create(direction=direction)


def _courses(*, back: bool) -> dict[str, _Course]:
    """Return what is to be rewritten, by the text it has now."""
    found = {}
    for attempt_key, bare_key, is_loose in BareKey.objects.values_list("attempt_key", "bare_key", "is_loose"):
        source, target = (bare_key, attempt_key) if back else (attempt_key, bare_key)
        rewrite = KeyRewrite(CourseKey.from_string(source), CourseKey.from_string(target))
        found[source] = _Course(rewrite, is_loose)
    return found


def _shares(table: KeyTable, form: KeyForm, courses: Mapping[str, _Course]) -> Iterator[tuple[QuerySet, KeyRewrite]]:
    """Yield rows of a table, and how their keys are to be rewritten."""
    for field in table.course_fields:
        for text in table.courses(field, form):
            if text in courses:
                rewrite = courses[text].rewrite
                yield table.under(field, rewrite.source), rewrite
    loose = [course.rewrite for course in courses.values() if course.is_loose]
    for field in table.usage_fields:
        for rewrite in loose:
            for old, _new in rewrite.usage_prefixes:
                yield table.starting_with(field, old), rewrite


def _rewrite_all(
    run: KeyRestoration, table: KeyTable, rows: QuerySet, rewrite: KeyRewrite, batch: int, report: Report
) -> None:
    """Rewrite rows until none is left."""
    found: list[Any] = [None] * batch
    while len(found) == batch:
        with transaction.atomic(using=router.db_for_write(KeyRestoration)):
            held = _held(run)
            with transaction.atomic(using=table.database):
                found = list(rows.values_list("pk", flat=True)[:batch])
                done = table.rewrite(found, rewrite) if found else 0
            held.rows[table.name] = held.rows.get(table.name, 0) + done
            if done:
                held.save(update_fields=["rows"])
        if done:
            report(table.name, held.rows[table.name])


def _held(run: KeyRestoration) -> KeyRestoration:
    """Lock the record of a restoration for the rest of the transaction.

    Raises:
        RestorationRefused: another call has ended it.
    """
    held = KeyRestoration.objects.select_for_update().get(pk=run.pk)
    if held.status != RestorationStatus.RUNNING:
        raise RestorationRefused("Another call of restore-keys has ended this one. Look at what it says.")
    return held
