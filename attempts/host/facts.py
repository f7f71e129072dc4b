"""What the host knows of one learner in some courses, as far as a switch is judged by it: one statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import CharField, FloatField, QuerySet, Value
from django.db.models.functions import Cast
from opaque_keys.edx.keys import CourseKey

from attempts.data import GradeData
from attempts.host.learners import EXTERNAL_IDS
from attempts.host.models import host_model, is_installed
from attempts.host.results import CERTIFICATES, EARNED_STATUSES, GRADES
from attempts.prepared import PreparedQuery


@dataclass(frozen=True)
class HostFacts:
    """What the host knows.

    Attributes:
        results: the stored course grade, by course, where there is one.
        certificates: the status of the certificate, by course, where it is an earned one.
        anonymous_ids: the ids that hide the learner from block code, by course, oldest first.
        external_ids: the ids under which tools of others know the learner, the same in every course, oldest first.
    """

    results: dict[CourseKey, GradeData]
    certificates: dict[CourseKey, str]
    anonymous_ids: dict[CourseKey, tuple[str, ...]]
    external_ids: tuple[str, ...]


def host_facts(user_id: int, course_keys: Collection[CourseKey]) -> HostFacts:
    """Return what the host knows of a learner in some courses; one statement."""
    by_text = {str(key): key for key in course_keys}
    results: dict[CourseKey, GradeData] = {}
    certificates: dict[CourseKey, str] = {}
    anonymous: dict[CourseKey, tuple[str, ...]] = dict.fromkeys(course_keys, ())
    external: list[str] = []
    for kind, course, text, number, _pk in sorted(_known(user_id, tuple(course_keys)), key=lambda row: row[4]):
        # The host's columns may not tell case apart; keys do.
        key = by_text.get(course)
        if kind == "external":
            external.append(str(UUID(text)))
        elif key and kind == "grade":
            results[key] = GradeData.of(number, text)
        elif key and kind == "certificate":
            certificates[key] = text
        elif key:
            anonymous[key] += (text,)
    return HostFacts(results, certificates, anonymous, tuple(external))


@PreparedQuery
def _known(user_id: int, course_keys: tuple[CourseKey, ...]) -> QuerySet:
    own = {"user_id": user_id, "course_id__in": course_keys}
    parts = [
        _rows("grade", host_model(GRADES).objects.filter(**own), "letter_grade", number="percent_grade"),
        _rows("anonymous", host_model("student.AnonymousUserId").objects.filter(**own), "anonymous_user_id"),
    ]
    if is_installed(CERTIFICATES):
        earned = host_model(CERTIFICATES).objects.filter(status__in=EARNED_STATUSES, **own)
        parts.append(_rows("certificate", earned, "status"))
    if is_installed(EXTERNAL_IDS):
        parts.append(_rows("external", host_model(EXTERNAL_IDS).objects.filter(user_id=user_id), "external_user_id"))
    return parts[0].union(*parts[1:], all=True)


def _rows(kind: str, rows: QuerySet, text: str, number: str = "") -> QuerySet:
    """Rows in the shape that all have in common; as texts of one type, since columns differ in type and collation."""
    course = Value("") if kind == "external" else _text("course_id")
    values = rows.order_by().values(
        fact=Value(kind, output_field=CharField()),
        fact_course=course,
        fact_text=_text(text),
        fact_number=Cast(number or Value(None), FloatField()),
    )
    return values.values_list("fact", "fact_course", "fact_text", "fact_number", "pk")


def _text(field: str) -> Any:
    return Cast(field, CharField(max_length=255))
