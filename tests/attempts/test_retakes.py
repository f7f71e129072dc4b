"""The report of a course: who takes it again, and how they fare."""

from __future__ import annotations

import random
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.analysis import suppressed
from attempts.analysis.retakes.spreads import spread
from attempts.data import (
    AttemptQuery,
    AttemptsOfNumber,
    GradesOfRecord,
    LearnersWithAttempts,
    ResetsInPeriod,
    RetakeReport,
    Spread,
    SubsectionChange,
)
from attempts.exceptions import CourseNotFound
from attempts.keys import attempt_course_key, attempt_usage_key
from attempts.models import AttemptContext, LearnerCourse
from sandbox.grades.models import PersistentSubsectionGradeOverride
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CompletionFactory,
    CourseFactory,
    CourseGradeFactory,
    SubsectionGradeFactory,
    enrolled,
)

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
SECTION, OTHER_SECTION = (COURSE.make_usage_key("sequential", name) for name in ("s1", "s2"))


def learner_with(*grades: float | None, course_key: Any = COURSE, begin: datetime = NOON) -> Any:
    """A learner with an attempt for each grade, a day between them; the last attempt is the active one."""
    learner = enrolled(course_key)
    identity = LearnerCourse.objects.create(user=learner, course_key=course_key, active_number=len(grades))
    for number, grade in enumerate(grades, 1):
        active = number == len(grades)
        if active and grade is not None:
            passed = {"passing": True} if grade > 0.5 else {}
            CourseGradeFactory(user_id=learner.pk, course_id=course_key, **{**passed, "percent_grade": grade})
        AttemptContext.objects.create(
            learner_course=identity,
            course_key=course_key,
            org=course_key.org,
            number=number,
            uuid=f"{learner.pk:016x}{number:016x}",
            opened_at=begin + timedelta(days=number - 1),
            archived_at=None if active else begin + timedelta(days=number),
            percent_grade=None if active else grade,
            passed=None if active or grade is None else grade > 0.5,
            completion_ratio=None if active else 0.25,
        )
    return learner


def section(learner: Any, number: int | None, earned: float, key: Any = SECTION, **words: Any) -> Any:
    """A grade of a subsection in an archived attempt, or in the active one."""
    course = attempt_course_key(COURSE, number) if number else COURSE
    block = attempt_usage_key(key, course) if number else key
    words = {"first_attempted": NOON, "earned_graded": earned, "possible_graded": 4.0, **words}
    return SubsectionGradeFactory(user_id=learner.pk, course_id=course, usage_key=block, **words)


@pytest.mark.django_db
class TestFigures:
    """What is counted."""

    @pytest.fixture(autouse=True)
    def course(self) -> None:
        CourseFactory(id=COURSE)
        CourseFactory(id=LOOKALIKE)

    def test_learners_attempts_and_grades_by_number(self) -> None:
        """Archived grades as frozen, active ones as they are now."""
        for grades in [(0.1, 0.6), (0.3, 0.9, 0.8), (0.2, None), (0.4,)]:
            learner_with(*grades)
        learner_with(0.9, 0.9, course_key=LOOKALIKE)
        enrolled()
        found = api.retake_report(COURSE)
        assert (found.learners, found.retaking) == (4, 3)
        assert [(one.attempts, one.learners) for one in found.attempts] == [(1, 1), (2, 2), (3, 1)]
        assert [(one.number, one.attempts, one.passed) for one in found.numbers] == [(1, 4, 0), (2, 3, 2), (3, 1, 1)]
        grades = [
            (grade.count, grade.lower, grade.median, grade.upper) for one in found.numbers if (grade := one.grade)
        ]
        assert grades == [
            (4, *map(pytest.approx, (0.175, 0.25, 0.325))),
            (2, *map(pytest.approx, (0.675, 0.75, 0.825))),
            (1, 0.8, 0.8, 0.8),
        ]
        assert found.days_between == Spread(3, 1.0, 1.0, 1.0)

    @pytest.mark.parametrize(
        ("period", "expected"),
        [
            ("day", {date(2026, 2, 1): (2, 2), date(2026, 2, 2): (1, 1)}),
            ("week", {date(2026, 1, 26): (2, 2), date(2026, 2, 2): (1, 1)}),
            ("month", {date(2026, 2, 1): (3, 2)}),
        ],
    )
    def test_resets_by_period(self, period: Any, expected: Any) -> None:
        """In UTC; and of how many learners."""
        learner_with(None, None, None)
        learner_with(None, None)
        found = api.retake_report(COURSE, period=period)
        assert {one.begins: (one.resets, one.learners) for one in found.resets} == expected

    def test_completion(self, settings: Any) -> None:
        """Of the active attempt as it is now, if the host can tell how much there is."""
        learner = learner_with(None, None)
        learner_with(None, None)
        for done in (1.0, 0.5, 0.0):
            CompletionFactory(user=learner, completion=done)
        assert [one.completion for one in api.retake_report(COURSE).numbers] == [Spread(2, 0.25, 0.25, 0.25), None]
        settings.ATTEMPTS_COMPLETABLE_BLOCKS = "tests.attempts.test_retakes.four_blocks"
        assert api.retake_report(COURSE).numbers[1].completion == Spread(2, 0.125, 0.25, 0.375)

    def test_change_of_subsections(self) -> None:
        """From the first attempt in which the learner came to it to the latest, each learner once."""
        one, two, three = learner_with(0.1, 0.2, 0.3), learner_with(0.1, 0.2), learner_with(0.1, 0.2)
        section(one, 1, 1.0)
        section(one, 2, 4.0)
        section(one, None, 3.0)
        section(two, 1, 2.0)
        section(two, None, 2.0)
        section(three, 1, 4.0)
        # Not come to, of another course, of a learner never reset, without points to be earned.
        section(three, None, 0.0, first_attempted=None)
        section(two, 1, 1.0, OTHER_SECTION)
        section(two, None, 1.0, OTHER_SECTION, possible_graded=0.0, possible_all=0.0)
        section(two, None, 1.0, LOOKALIKE.make_usage_key("sequential", "s1"))
        section(enrolled(), None, 4.0)
        (found,) = api.retake_report(COURSE).subsections
        assert found.block_key == SECTION
        assert (found.first, found.latest) == (Spread(2, 0.3125, 0.375, 0.4375), Spread(2, 0.5625, 0.625, 0.6875))
        assert found.change == Spread(2, 0.125, 0.25, 0.375)

    def test_points_set_by_hand_count(self) -> None:
        """Also where the learner never came; and without graded points, all points."""
        learner = learner_with(0.1, 0.2)
        section(learner, 1, 1.0)
        by_hand = section(learner, None, 0.0, first_attempted=None)
        PersistentSubsectionGradeOverride.objects.create(grade=by_hand, earned_graded_override=3.0)
        section(learner, 1, 0.0, OTHER_SECTION, possible_graded=0.0, earned_all=1.0, possible_all=2.0)
        section(learner, None, 0.0, OTHER_SECTION, possible_graded=0.0, earned_all=2.0, possible_all=2.0)
        found = {one.block_key: one.change.median for one in api.retake_report(COURSE).subsections}
        assert found == {SECTION: 0.5, OTHER_SECTION: 0.5}

    @pytest.mark.parametrize(
        ("query", "numbers", "sections"),
        [
            (AttemptQuery(number=2), {2: 3}, 0),
            (AttemptQuery(state="archived"), {1: 3, 2: 1}, 1),
            (AttemptQuery(state="active"), {2: 2, 3: 1}, 0),
            (AttemptQuery(minimum_grade=0.2), {2: 1}, 0),
            (AttemptQuery(passed=True), {2: 1}, 0),
            (AttemptQuery(opened_after=NOON + timedelta(days=1)), {2: 3, 3: 1}, 1),
            (AttemptQuery(archived_before=NOON + timedelta(days=1)), {1: 3}, 0),
            (AttemptQuery(state="active", passed=True), {}, 0),
        ],
    )
    def test_filters_are_those_of_the_list(self, query: AttemptQuery, numbers: Any, sections: int) -> None:
        """What they leave out does not count anywhere."""
        one = learner_with(0.1, 0.6, 0.3)
        section(one, 1, 1.0)
        section(one, 2, 2.0)
        section(one, None, 3.0)
        learner_with(0.1, 0.2)
        learner_with(0.1, 0.2)
        found = api.retake_report(COURSE, query=query)
        assert {each.number: each.attempts for each in found.numbers} == numbers
        assert len(found.subsections) == sections
        listed = [(each.learner.id, each.number) for each in api.search_attempts(query).items]
        assert sum(each.attempts for each in found.numbers) == len(listed)

    def test_a_course_without_resets_and_one_that_is_not(self) -> None:
        """Nothing, and an error."""
        found = api.retake_report(COURSE)
        assert (found.learners, found.attempts, found.resets, found.numbers) == (0, [], [], [])
        assert (found.days_between, found.subsections) == (None, [])
        with pytest.raises(CourseNotFound):
            api.retake_report("course-v1:No+Such+Course")

    def test_the_number_of_statements_is_constant(self, settings: Any) -> None:
        """Whatever there is."""
        settings.ATTEMPTS_COMPLETABLE_BLOCKS = "tests.attempts.test_retakes.four_blocks"

        def asked() -> int:
            with CaptureQueriesContext(connection) as captured:
                api.retake_report(COURSE)
            return len(captured)

        few = asked()
        for _ in range(20):
            learner = learner_with(0.1, 0.2, 0.3)
            section(learner, 1, 1.0)
            section(learner, None, 1.0)
        assert few == asked() == 7

    def test_the_same_as_counted_by_hand(self) -> None:
        """Of random work, from the adapters and the list."""
        lot = random.Random(11)
        for _ in range(25):
            learner = learner_with(*(lot.choice((None, lot.random())) for _ in range(lot.randint(1, 4))))
            for attempt in api.attempts(learner, COURSE):
                if lot.random() < 0.7:
                    section(learner, None if attempt.is_active else attempt.number, lot.randint(0, 4))
        expected = []
        for identity in LearnerCourse.objects.all():
            ratios = [
                graded.ratio
                for attempt in api.attempts(identity.user_id, COURSE)
                for graded in api.grades(attempt).subsections
            ]
            if len(ratios) > 1:
                expected.append((ratios[0], ratios[-1]))
        (found,) = api.retake_report(COURSE).subsections
        assert found.first.count == len(expected) > 5
        assert found.first.median == pytest.approx(median(first for first, _ in expected))
        assert found.change.median == pytest.approx(median(last - first for first, last in expected))


def four_blocks(_course_key: Any) -> int:
    """The number of blocks of each course."""
    return 4


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=50))
def test_quartiles_are_ordered_and_within(values: list[float]) -> None:
    """And the median is the median."""
    found = spread(values)
    assert found is not None
    assert min(values) <= found.lower <= found.median <= found.upper <= max(values)
    assert (found.count, found.median) == (len(values), pytest.approx(median(values)))


# ---------------------------------------------------------------------------------------------------------------------
# For a wide audience

MINIMUM = 10
_ratios = st.floats(0, 1)


@st.composite
def spreads(draw: Any) -> Spread:
    return Spread(draw(st.integers(1, 40)), *sorted(draw(st.tuples(_ratios, _ratios, _ratios))))


@st.composite
def reports(draw: Any) -> RetakeReport:
    count, small = st.integers(0, 40), st.integers(1, 40)
    one = draw(spreads())
    return RetakeReport(
        course_key=COURSE,
        made_at=NOON,
        learners=draw(count),
        retaking=draw(count),
        attempts=[LearnersWithAttempts(n, draw(small)) for n in range(1, 4)],
        period="month",
        resets=[ResetsInPeriod(NOON.date(), draw(st.integers(40, 80)), draw(small))],
        numbers=[AttemptsOfNumber(n, draw(small), draw(count), draw(spreads()), None) for n in range(1, 4)],
        days_between=draw(spreads()),
        of_record=GradesOfRecord("best", draw(count), draw(spreads())),
        subsections=[SubsectionChange(SECTION, one, one, one)],
    )


def counts(value: Any, name: str = "") -> dict[str, int]:
    """Every count in a report by where it is; the number of an attempt, or of attempts each, is none."""
    if isinstance(value, list):
        found: dict[str, int] = {}
        for one in value:
            found |= counts(one, f"{name}/{getattr(one, 'number', getattr(one, 'attempts', ''))}")
        return found
    if is_dataclass(value):
        here = {field.name: getattr(value, field.name) for field in fields(value)}
        here.pop("number", None)
        here.pop("minimum", None)
        if "learners" in here and "attempts" in here and not isinstance(value, RetakeReport):
            here.pop("attempts")
        return {key: n for word, part in here.items() for key, n in counts(part, f"{name}/{word}").items()}
    return {name: value} if isinstance(value, int) else {}


@given(reports())
def test_no_count_is_small_or_exact(report: RetakeReport) -> None:
    """All are multiples of the minimum; groups below it are gone, and what is known of few learners with them."""
    public = suppressed(report, MINIMUM)
    assert {count % MINIMUM for count in counts(public).values()} <= {0}
    assert {one.attempts for one in public.attempts} == {one.attempts for one in report.attempts if one.learners >= 10}
    for one in [*public.resets, *public.attempts]:
        assert one.learners >= MINIMUM
    for number in public.numbers:
        assert number.attempts >= MINIMUM
        assert number.grade is None or number.grade.count >= MINIMUM
    assert (public.days_between is None) == (report.days_between is None or report.days_between.count < MINIMUM)
    assert bool(public.subsections) == (report.subsections[0].first.count >= MINIMUM)
    assert (public.of_record.grade is None) >= (
        report.of_record.grade is None or report.of_record.grade.count < MINIMUM
    )
    assert public.minimum == MINIMUM


@given(reports())
def test_quartiles_come_in_steps(report: RetakeReport) -> None:
    """Of five points: one learner among ten hardly moves them, and not by what she had."""
    for number in suppressed(report, MINIMUM).numbers:
        for value in (number.grade.lower, number.grade.median, number.grade.upper) if number.grade else ():
            assert value * 20 == pytest.approx(round(value * 20))


@pytest.mark.django_db
def test_who_asks_twice_learns_nothing_of_one_learner() -> None:
    """Before and after one more learner was reset, of every number of learners, whatever her grades."""
    CourseFactory(id=COURSE)
    lot, seen = random.Random(5), []
    for _ in range(31):
        seen.append(replace(api.public_retake_report(COURSE), made_at=NOON))
        assert seen[-1].minimum == MINIMUM
        learner = learner_with(lot.random(), lot.random())
        section(learner, 1, lot.randint(0, 4))
        section(learner, None, lot.randint(0, 4))
    assert [one.learners for one in seen] == [n - n % MINIMUM for n in range(31)]
    assert len({repr(one.subsections) for one in seen}) == 4
    assert len({repr([each.grade for each in one.numbers]) for one in seen}) == 4


@pytest.mark.django_db
def test_the_minimum_is_a_setting(settings: Any) -> None:
    """Of one, nothing would be left out; the least is two."""
    CourseFactory(id=COURSE)
    for _ in range(3):
        learner_with(0.1, 0.6)
    assert api.public_retake_report(COURSE).learners == 0
    settings.ATTEMPTS_MINIMUM_GROUP = 1
    assert (api.public_retake_report(COURSE).learners, api.public_retake_report(COURSE).minimum) == (2, 2)
    settings.ATTEMPTS_MINIMUM_GROUP = 3
    assert [one.learners for one in api.public_retake_report(COURSE).attempts] == [3]


@pytest.mark.django_db
def test_keys_that_look_alike_do_not_count(policy: Any) -> None:
    """Upper and lower case, and a run that begins like this one."""
    CourseFactory(id=COURSE)
    learner = learner_with(0.1, 0.2)
    section(learner, 1, 1.0)
    section(learner, None, 2.0)
    for text in ("course-v1:Org+Course+run", "course-v1:Org+Course+Run2", "attempt-v1:Org+Course+run+attempt@1"):
        key = CourseKey.from_string(text)
        block = key.make_usage_key("sequential", "another")
        SubsectionGradeFactory(user_id=learner.pk, course_id=key, usage_key=block, first_attempted=NOON)
    (found,) = api.retake_report(COURSE).subsections
    assert found.change == Spread(1, 0.25, 0.25, 0.25)
