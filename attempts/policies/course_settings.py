"""What a course's authors decide in Studio: taken into the policy of the course as far as they may.

The value is an object of fields under ``attempts`` in the advanced setting ``other_course_settings``. If anything in it
is wrong, nothing of it is taken. A field that a wider policy locks, or that somebody decided otherwise for this course,
is left as it is, and the others are taken. What the authors remove is taken back if it came from them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.data import INHERIT, CourseSettingsProblem, Provenance
from attempts.data import CourseSettingsReport as Report
from attempts.exceptions import InvalidPolicy, PolicyLocked
from attempts.host.course_settings import other_course_settings
from attempts.models import CourseSettingsReport, ResetPolicy
from attempts.policies.changes import columns_of, locking_policies, save_policy, wider_locks
from attempts.policies.effective import POLICY_FIELDS, own_values
from attempts.rows import locked_row

log = logging.getLogger("attempts.course_settings")

#: The name of our value in ``other_course_settings``.
SETTINGS_KEY = "attempts"
BY_STUDIO = Provenance(client="studio")
_EXAMPLE = '{"active": true, "max_resets": 2}'
_NOTHING: Mapping[str, Any] = {}
#: Problems of one value that are reported.
_MOST = 25


def take_course_settings(course_key: CourseKey) -> Report | None:
    """Take what the authors of a course decide into its policy, and report what was not taken.

    Two that run at once, in whatever order, leave what was published last: the settings are read under a lock.

    Args:
        course_key: the plain key of the course.

    Returns:
        The report; None for a course that does not use these settings and never did.

    Raises:
        CourseNotFound: the content store has no such course; its policy stays as it is.
    """
    name = str(course_key)
    if _value(course_key) is None and not _used(name):
        return None
    with transaction.atomic():
        report = locked_row(CourseSettingsReport, course_key=name)
        problems = _take(name, _value(course_key))
        if report.reported_at is None or report.problems != problems:
            report.problems, report.reported_at = problems, timezone.now()
            report.save()
            _tell(name, problems)
    return _data(report)


def course_settings_report(course_key: CourseKey) -> Report | None:
    """Return what became of the settings of a course; None if it does not use them."""
    row = CourseSettingsReport.objects.filter(course_key=str(course_key), reported_at__isnull=False).first()
    return _data(row) if row else None


def _value(course_key: CourseKey) -> Any:
    """What the authors wrote for us: None if nothing."""
    found = other_course_settings(course_key)
    if not isinstance(found, Mapping) or SETTINGS_KEY not in found:
        return None
    # An explicit null is something that they wrote.
    return found[SETTINGS_KEY] if found[SETTINGS_KEY] is not None else ""


def _used(course_key: str) -> bool:
    return CourseSettingsReport.objects.filter(course_key=course_key).exists()


def _take(course_key: str, value: Any) -> list[dict[str, str]]:
    """Bring the policy of the course in line with the value; return what was not taken."""
    wanted = _NOTHING if value is None else value
    problems = _wrong(wanted) or _apply(course_key, _read(wanted))
    if len(problems) > _MOST:
        more = CourseSettingsProblem("wrong_value", "", f"There are {len(problems) - _MOST} more problems.")
        problems = [*problems[:_MOST], more]
    return [{name: _storable(text) for name, text in asdict(problem).items()} for problem in problems]


def _storable(text: str) -> str:
    """A text without what PostgreSQL may not hold, NUL and halves of characters, nor a log or terminal: controls."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _wrong(value: Any) -> list[CourseSettingsProblem]:
    """Everything in the value that no policy can hold, or that authors may not decide."""
    if not isinstance(value, Mapping):
        detail = f"{SETTINGS_KEY} is an object of fields, such as {_EXAMPLE}, not '{str(value)[:100]}'."
        return [CourseSettingsProblem("wrong_value", "", detail)]
    found = (_problem(name, one) for name, one in _in_order(value))
    return [problem for problem in found if problem]


def _problem(name: str, value: Any) -> CourseSettingsProblem | None:
    allowed = [field for field in POLICY_FIELDS if field in conf.course_settings_fields()]
    known = f"There are: {', '.join(allowed)}." if allowed else "There are none."
    if name not in POLICY_FIELDS:
        return CourseSettingsProblem("unknown_field", name[:100], f"There is no field '{name[:100]}'. {known}")
    if name not in allowed:
        return CourseSettingsProblem("not_allowed", name, f"{name} is not decided by a course's settings. {known}")
    try:
        columns_of(name, _number(value))
    except InvalidPolicy as error:
        return CourseSettingsProblem("wrong_value", name, error.detail)
    return None


def _read(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _number(one) for name, one in _in_order(value)}


def _in_order(value: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    """The fields as policies have them, then the rest: a content store may give them in any order."""
    named = {str(name): one for name, one in value.items()}
    known = [name for name in POLICY_FIELDS if name in named]
    return [(name, named[name]) for name in [*known, *sorted(set(named) - set(known))]]


def _number(value: Any) -> Any:
    """The value; JSON does not tell 3.0 from 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _apply(course_key: str, wanted: Mapping[str, Any]) -> list[CourseSettingsProblem]:
    """Write what can be written of a value in which nothing is wrong; return what cannot."""
    locked = _locked(course_key, wanted)
    open_to_us = {name: value for name, value in wanted.items() if name not in {one.field for one in locked}}
    # A course whose authors decide nothing that counts gets no policy.
    if open_to_us or ResetPolicy.objects.filter(org="", course_key=course_key).exists():
        row = locked_row(ResetPolicy, org="", course_key=course_key)
        decided = _decided(row, open_to_us)
        for problem in decided:
            del open_to_us[problem.field]
        _save(row, open_to_us)
        return [*locked, *decided]
    return locked


def _locked(course_key: str, wanted: Mapping[str, Any]) -> list[CourseSettingsProblem]:
    locks, names = wider_locks(course_key), dict(locking_policies(course_key))
    return [
        CourseSettingsProblem("locked", name, PolicyLocked([name], names[locks[name]]).detail)
        for name in wanted
        if name in locks
    ]


def _decided(row: ResetPolicy, wanted: Mapping[str, Any]) -> list[CourseSettingsProblem]:
    """What somebody with the right to decided otherwise for this very course."""
    own = own_values(row)
    return [
        CourseSettingsProblem(
            "decided", name, f"{name} was decided for this course by its policy, which its settings do not change."
        )
        for name, value in wanted.items()
        if name in own and name not in row.from_course_settings and own[name] != value
    ]


def _save(row: ResetPolicy, wanted: Mapping[str, Any]) -> None:
    """Make the policy's fields that come from the settings exactly these."""
    own = own_values(row)
    ours = [name for name in POLICY_FIELDS if name in wanted and (name not in own or name in row.from_course_settings)]
    gone = {name: INHERIT for name in row.from_course_settings if name not in ours}
    columns: dict[str, Any] = {}
    for name, value in {**{name: wanted[name] for name in ours}, **gone}.items():
        columns.update(columns_of(name, value))
    columns["from_course_settings"] = ours
    # Courses are published many times a day; what changes nothing is no line in the history.
    if any(getattr(row, name) != value for name, value in columns.items()):
        save_policy(row, columns, changed_by=None, provenance=BY_STUDIO)


def _tell(course_key: str, problems: list[dict[str, str]]) -> None:
    if not problems:
        log.info("attempts: the settings of %s are in its policy", course_key)
    for problem in problems:
        log.warning("attempts: settings of %s, %s: %s", course_key, problem["code"], problem["detail"])


def _data(row: CourseSettingsReport) -> Report:
    problems = tuple(CourseSettingsProblem(**problem) for problem in row.problems)
    return Report(course_key=row.course_key, reported_at=cast(datetime, row.reported_at), problems=problems)
