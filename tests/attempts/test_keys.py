"""Keys: round trips, refusals, and the platform's own ways of handling them."""

from __future__ import annotations

import copy
import pickle
import string
from typing import Any

import pytest
from ccx_keys.locator import CCXLocator
from hypothesis import given
from hypothesis import strategies as st
from opaque_keys import InvalidKeyError
from opaque_keys.edx.asides import AsideUsageKeyV1, AsideUsageKeyV2
from opaque_keys.edx.keys import CourseKey, LearningContextKey, UsageKey
from opaque_keys.edx.locator import CourseLocator

from attempts.exceptions import DeprecatedCourseKey, InvalidCourseKey
from attempts.keys import (
    AttemptBlockUsageLocator,
    AttemptCourseLocator,
    KeyRewrite,
    attempt_course_key,
    attempt_usage_key,
    checked_course_key,
    plain_course_key,
    plain_usage_key,
)

COURSE = CourseKey.from_string("course-v1:Org+Course+Run")
#: What the platform lets parts of keys be made of, with the characters that are special to SQL and to keys.
part = st.text(st.sampled_from(string.ascii_letters + string.digits + "_-~.:éñ"), min_size=1, max_size=12)
numbers = st.integers(1, 999_999_999)
plain_courses = st.builds(CourseLocator, org=part, course=part, run=part)
ccx_courses = st.builds(CCXLocator, org=part, course=part, run=part, ccx=st.integers(1, 10**6).map(str))
courses = st.one_of(plain_courses, ccx_courses)


@st.composite
def blocks(draw: Any) -> UsageKey:
    """A key of a block or of one of its asides."""
    key = draw(courses).make_usage_key(draw(part), draw(part))
    wrap = draw(st.sampled_from([None, AsideUsageKeyV1, AsideUsageKeyV2]))
    if wrap is AsideUsageKeyV1 and ("::" in str(key) or str(key).endswith(":")):
        wrap = AsideUsageKeyV2
    return key if wrap is None else wrap(key, draw(part))


@given(courses, numbers)
def test_course_keys_make_the_round_trip(course_key: CourseKey, number: int) -> None:
    """Text and back, attempt and back."""
    key = attempt_course_key(course_key, number)
    for key_class in (CourseKey, LearningContextKey):
        parsed = key_class.from_string(str(key))
        assert parsed == key
        assert str(parsed) == str(key)
    assert plain_course_key(key) == course_key
    assert str(plain_course_key(key)) == str(course_key)


@given(blocks(), numbers)
def test_usage_keys_make_the_round_trip(usage_key: UsageKey, number: int) -> None:
    """Behaviour 1.3. Blocks and both kinds of asides: text and back, attempt and back."""
    attempt_key = attempt_course_key(usage_key.course_key, number)
    key = attempt_usage_key(usage_key, attempt_key)
    assert key != usage_key
    assert UsageKey.from_string(str(key)) == key
    assert key.course_key == attempt_key
    assert plain_usage_key(key) == usage_key
    assert str(plain_usage_key(key)) == str(usage_key)


@given(st.lists(st.tuples(courses, numbers), min_size=2, max_size=8, unique=True))
def test_no_two_attempts_share_a_key(attempts: list[tuple[CourseKey, int]]) -> None:
    """Different course or different number: different key, different text."""
    keys = [attempt_course_key(course_key, number) for course_key, number in attempts]
    assert len(set(keys)) == len(keys)
    assert len({str(key) for key in keys}) == len({(str(course), number) for course, number in attempts})


@given(blocks(), numbers)
def test_a_rewrite_of_text_is_the_rewrite_of_keys(usage_key: UsageKey, number: int) -> None:
    """Behaviour 1.8. What stores do to text is what the key classes do to keys."""
    attempt_key = attempt_course_key(usage_key.course_key, number)
    there = KeyRewrite(usage_key.course_key, attempt_key)
    back = KeyRewrite(attempt_key, usage_key.course_key)
    rewritten = _replace_prefix(str(usage_key), there)
    assert rewritten == str(attempt_usage_key(usage_key, attempt_key))
    assert _replace_prefix(rewritten, back) == str(usage_key)


@given(plain_courses, part, part, numbers)
def test_a_longer_run_is_never_rewritten(course_key: CourseLocator, more: str, block: str, number: int) -> None:
    """Behaviour 1.8. The prefix of run `R` is not one of run `R2`, nor the other way round."""
    longer = course_key.replace(run=course_key.run + more)
    rewrite = KeyRewrite(course_key, attempt_course_key(course_key, number))
    assert _replace_prefix(str(longer.make_usage_key("problem", block)), rewrite) is None
    rewrite = KeyRewrite(longer, attempt_course_key(longer, number))
    assert _replace_prefix(str(course_key.make_usage_key("problem", block)), rewrite) is None


def _replace_prefix(text: str, rewrite: KeyRewrite) -> str | None:
    for old, new in rewrite.usage_prefixes:
        if text.startswith(old):
            return new + text.removeprefix(old)
    return None


def test_the_forms_are_those_of_the_documentation() -> None:
    """Plain, CCX, block and both asides."""
    key = attempt_course_key(COURSE, 1)
    block = COURSE.make_usage_key("problem", "abc")
    assert str(key) == "attempt-v1:Org+Course+Run+attempt@1"
    assert str(attempt_usage_key(block, key)) == "attempt-block-v1:Org+Course+Run+attempt@1+type@problem+block@abc"
    ccx = CourseKey.from_string("ccx-v1:Org+Course+Run+ccx@7")
    assert str(attempt_course_key(ccx, 12)) == "attempt-v1:Org+Course+Run+ccx@7+attempt@12"
    aside = attempt_usage_key(AsideUsageKeyV2(block, "note"), key)
    assert str(aside) == "aside-usage-v2:attempt-block-v1$:Org+Course+Run+attempt@1+type@problem+block@abc::note"


def test_an_attempt_is_not_a_course() -> None:
    """The platform steps over rows whose key says so."""
    assert attempt_course_key(COURSE, 1).is_course is False
    assert isinstance(attempt_course_key(COURSE, 1), CourseLocator)


def test_case_makes_a_difference() -> None:
    """Two courses whose keys differ in case have different attempts."""
    lower = CourseKey.from_string("course-v1:Org+Course+run")
    assert attempt_course_key(COURSE, 1) != attempt_course_key(lower, 1)
    assert str(attempt_course_key(COURSE, 1)) != str(attempt_course_key(lower, 1))


def test_blocks_map_between_attempts_and_courses() -> None:
    """Behaviour 1.2. `map_into_course` and `replace` give keys of the kind that the target has."""
    first, second = attempt_course_key(COURSE, 1), attempt_course_key(COURSE, 2)
    key = first.make_usage_key("problem", "abc")
    assert key.map_into_course(second) == second.make_usage_key("problem", "abc")
    assert key.map_into_course(COURSE) == COURSE.make_usage_key("problem", "abc")
    assert key.replace(attempt=2) == second.make_usage_key("problem", "abc")
    assert key.replace(block_id="def") == first.make_usage_key("problem", "def")
    assert key.replace(course_key=COURSE, block_id="def") == COURSE.make_usage_key("problem", "def")
    assert key.version_agnostic() == key
    assert key.for_branch(None) == key
    assert AsideUsageKeyV2(key, "note").map_into_course(COURSE).usage_key == COURSE.make_usage_key("problem", "abc")
    assert key.attempt == 1


def test_assets_belong_to_the_course() -> None:
    """An asset has no attempt."""
    assert attempt_course_key(COURSE, 1).make_asset_key("asset", "a.png") == COURSE.make_asset_key("asset", "a.png")


def test_keys_can_be_copied_and_pickled() -> None:
    """Caches and task queues do both."""
    key = attempt_course_key(COURSE, 1).make_usage_key("problem", "abc")
    assert copy.deepcopy(key) == key
    assert pickle.loads(pickle.dumps(key)) == key
    assert hash(pickle.loads(pickle.dumps(key))) == hash(key)


def test_branch_and_version_are_dropped() -> None:
    """Behaviour 1.8. They say nothing about an attempt, and key columns do not keep them."""
    key = CourseKey.from_string("course-v1:Org+Course+Run+branch@draft-branch+version@519665f6223ebd6980884f2b")
    assert str(attempt_course_key(key, 1)) == "attempt-v1:Org+Course+Run+attempt@1"
    in_draft = attempt_course_key(COURSE, 1).for_branch("draft-branch")
    assert CourseKey.from_string(str(in_draft)) == in_draft


def test_a_block_of_another_course_keeps_its_key() -> None:
    """It has no counterpart in the attempt."""
    other = CourseKey.from_string("course-v1:Org+Course+Run2").make_usage_key("problem", "abc")
    library = UsageKey.from_string("lib-block-v1:Org+Lib+type@problem+block@abc")
    for key in (other, library, AsideUsageKeyV2(other, "note")):
        assert attempt_usage_key(key, attempt_course_key(COURSE, 1)) == key
        assert plain_usage_key(key) == key


@pytest.mark.parametrize(
    "text",
    [
        "block-v1:Org+Course+Run+type@problem+block@abc",
        "block-v1:Other+Course+Run+type@problem+block@abc",
        "i4x://Org/Course/problem/abc",
        "lib-block-v1:Org+Lib+type@problem+block@abc",
        "aside-usage-v2:block-v1$:Org+Course+Run+type@problem+block@abc::note",
    ],
)
def test_behaviour_1_8_a_plain_block_mapped_into_an_attempt(text: str) -> None:
    """The class of the plain key decides, which is not ours: what it gives names the attempt and is no text to keep."""
    attempt_key = attempt_course_key(COURSE, 1)
    mapped = UsageKey.from_string(text).map_into_course(attempt_key)
    assert mapped.course_key == attempt_key
    with pytest.raises(InvalidKeyError):
        UsageKey.from_string(str(mapped))


def test_behaviour_1_8_a_library_s_block_is_mapped_nowhere() -> None:
    """Neither into a course nor into an attempt."""
    key = UsageKey.from_string("lb:Org:Lib:problem:abc")
    for target in (COURSE, attempt_course_key(COURSE, 1)):
        with pytest.raises(ValueError, match="map_into_course"):
            key.map_into_course(target)


def test_behaviour_1_8_keys_of_both_kinds_are_not_sorted_together() -> None:
    """As with any two kinds of course keys; attempts of one course are sorted by number."""
    first, second, tenth = (attempt_course_key(COURSE, number) for number in (1, 2, 10))
    assert sorted([tenth, second, first]) == [first, second, tenth]
    for other in (first, CourseKey.from_string("library-v1:Org+Lib")):
        with pytest.raises(TypeError):
            sorted([COURSE, other])


@pytest.mark.parametrize(
    "text",
    [
        "attempt-v1:Org+Course+Run",
        "attempt-v1:Org+Course+attempt@1",
        "attempt-v1:Org+Course+Run+attempt@0",
        "attempt-v1:Org+Course+Run+attempt@01",
        "attempt-v1:Org+Course+Run+attempt@-1",
        "attempt-v1:Org+Course+Run+attempt@1234567890",
        "attempt-v1:Org+Course+Run+attempt@١",
        "attempt-v1:Org+Course+Run+attempt@1\n",
        "attempt-v1:Org+Course+Run+attempt@1+",
        "attempt-v1:Org+Course+Run+attempt@1+type@problem+block@abc",
        "attempt-v1:Org+Course+Run+attempt@1+ccx@2",
        "attempt-v1:Org+Course+Run+attempt@1+attempt@2",
        "attempt-v1:Org+Cou rse+Run+attempt@1",
        "attempt-v1:",
    ],
)
def test_malformed_course_keys_are_refused(text: str) -> None:
    """There is one way to write the key of an attempt."""
    with pytest.raises(InvalidKeyError):
        CourseKey.from_string(text)


@pytest.mark.parametrize(
    "text",
    [
        "attempt-block-v1:Org+Course+Run+attempt@1",
        "attempt-block-v1:Org+Course+Run+type@problem+block@abc",
        "attempt-block-v1:Org+Course+Run+attempt@1+type@problem",
        "attempt-block-v1:Org+Course+Run+attempt@1+block@abc",
        "attempt-block-v1:Org+Course+Run+attempt@1+type@problem+block@a b",
    ],
)
def test_malformed_block_keys_are_refused(text: str) -> None:
    """A block of an attempt names the attempt, its type and its id."""
    with pytest.raises(InvalidKeyError):
        UsageKey.from_string(text)


@pytest.mark.parametrize("attempt", [0, -1, True, "1", None, 10**9])
def test_only_numbers_from_one_are_attempts(attempt: Any) -> None:
    """Nothing else can be written into a key."""
    with pytest.raises(InvalidKeyError):
        AttemptCourseLocator(org="Org", course="Course", run="Run", attempt=attempt)


def test_parts_must_be_there() -> None:
    """Neither course keys without a run nor blocks of a plain course."""
    with pytest.raises(InvalidKeyError):
        AttemptCourseLocator(org="Org", course="Course", attempt=1, version_guid="519665f6223ebd6980884f2b")
    with pytest.raises(InvalidKeyError):
        AttemptCourseLocator(org="Org", course="Course", run="Run", attempt=1, ccx="x")
    with pytest.raises(InvalidKeyError):
        AttemptCourseLocator(org="Org", course="Course", run="Run", attempt=1, deprecated=True)
    with pytest.raises(InvalidKeyError):
        AttemptBlockUsageLocator(COURSE, "problem", "abc")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("Org/Course/Run", DeprecatedCourseKey),
        ("library-v1:Org+Lib", InvalidCourseKey),
        ("lib:Org:Lib", InvalidCourseKey),
        ("attempt-v1:Org+Course+Run+attempt@1", InvalidCourseKey),
        ("course-v1:version@519665f6223ebd6980884f2b", InvalidCourseKey),
        ("block-v1:Org+Course+Run+type@problem+block@abc", InvalidCourseKey),
        ("", InvalidCourseKey),
        ("x" * 10_000, InvalidCourseKey),
        ("course-v1:Org+Course+Run\x00", InvalidCourseKey),
        ("course-v1:Org+Course+' OR 1=1 --", InvalidCourseKey),
        ("ccx-v1:Org+Course+Run+ccx@٣", InvalidCourseKey),
    ],
)
def test_what_has_no_attempts_is_refused(text: str, error: type[Exception]) -> None:
    """Behaviour 1.8. Each with a sentence that names the text."""
    with pytest.raises(error) as caught:
        checked_course_key(text)
    assert text in str(caught.value)
