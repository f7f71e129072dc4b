"""Factories of the host's rows, and of our policies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from completion.models import BlockCompletion
from django.contrib.auth import get_user_model
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts.models import ResetPolicy
from sandbox.certificates.models import GeneratedCertificate
from sandbox.course_overviews.models import CourseOverview
from sandbox.courseware.models import StudentModule
from sandbox.grades.models import PersistentCourseGrade, PersistentSubsectionGrade, VisibleBlocks
from sandbox.student.models import CourseEnrollment

COURSE = CourseKey.from_string("course-v1:Org+Course+Run")
LOOKALIKE = CourseKey.from_string("course-v1:Org+Course+Run2")


class UserFactory(factory.django.DjangoModelFactory):
    """A learner, or anybody with an account."""

    class Meta:
        model = get_user_model()

    username = factory.Sequence(lambda n: f"learner{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")


class CourseFactory(factory.django.DjangoModelFactory):
    """A course that started last year and ends next year."""

    class Meta:
        model = CourseOverview
        django_get_or_create = ("id",)

    id = COURSE
    _location = COURSE.make_usage_key("course", "course")
    org = factory.LazyAttribute(lambda course: course.id.org)
    display_name = factory.LazyAttribute(lambda course: f"About {course.id.run}")
    start = factory.LazyFunction(lambda: datetime(2025, 1, 1, tzinfo=UTC))
    end = factory.LazyFunction(lambda: timezone.now() + timedelta(days=365))


class EnrolmentFactory(factory.django.DjangoModelFactory):
    """A learner's active enrolment."""

    class Meta:
        model = CourseEnrollment

    user = factory.SubFactory(UserFactory)
    course = factory.SubFactory(CourseFactory)


class PolicyFactory(factory.django.DjangoModelFactory):
    """A policy of the instance that switches resets on, as often as anybody likes."""

    class Meta:
        model = ResetPolicy

    active = True
    resets_limited = False


class StateFactory(factory.django.DjangoModelFactory):
    """A learner's state of a problem."""

    class Meta:
        model = StudentModule

    student = factory.SubFactory(UserFactory)
    course_id = COURSE
    module_type = "problem"
    module_state_key = factory.LazyAttributeSequence(
        lambda row, n: row.course_id.make_usage_key(row.module_type, f"p{n}")
    )
    state = '{"attempts": 1}'


class CompletionFactory(factory.django.DjangoModelFactory):
    """A completed block."""

    class Meta:
        model = BlockCompletion

    user = factory.SubFactory(UserFactory)
    context_key = COURSE
    block_type = "problem"
    block_key = factory.LazyAttributeSequence(lambda row, n: row.context_key.make_usage_key(row.block_type, f"p{n}"))
    completion = 1.0


class VisibleBlocksFactory(factory.django.DjangoModelFactory):
    """A list of blocks, shared by learners."""

    class Meta:
        model = VisibleBlocks
        django_get_or_create = ("hashed",)

    course_id = COURSE
    hashed = factory.LazyAttribute(lambda row: f"hash of {row.course_id}")
    blocks_json = "[]"


class SubsectionGradeFactory(factory.django.DjangoModelFactory):
    """A grade in a subsection."""

    class Meta:
        model = PersistentSubsectionGrade

    course_id = COURSE
    usage_key = factory.LazyAttributeSequence(lambda row, n: row.course_id.make_usage_key("sequential", f"s{n}"))
    earned_all = 1.0
    possible_all = 2.0
    earned_graded = 1.0
    possible_graded = 2.0
    visible_blocks = factory.LazyAttribute(lambda row: VisibleBlocksFactory(course_id=row.course_id))


class CourseGradeFactory(factory.django.DjangoModelFactory):
    """A failing course grade; ``passing=True`` for the other kind."""

    class Meta:
        model = PersistentCourseGrade

    class Params:
        passing = factory.Trait(percent_grade=0.9, letter_grade="Pass", passed_timestamp=timezone.now())

    course_id = COURSE
    percent_grade = 0.3
    letter_grade = ""
    grading_policy_hash = "hash"


class CertificateFactory(factory.django.DjangoModelFactory):
    """An issued certificate."""

    class Meta:
        model = GeneratedCertificate

    user = factory.SubFactory(UserFactory)
    course_id = COURSE
    status = "downloadable"


def enrolled(course_key: CourseKey = COURSE, **user: Any) -> Any:
    """Return a new learner, enrolled in a course."""
    learner = UserFactory(**user)
    EnrolmentFactory(user=learner, course=CourseFactory(id=course_key))
    return learner
