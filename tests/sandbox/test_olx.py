"""What the importer makes of each thing that OLX can say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from opaque_keys.edx.keys import CourseKey

from sandbox.content.models import CourseBlock, GradingPolicy
from sandbox.content.olx import import_course
from sandbox.course_overviews.models import CourseOverview

pytestmark = pytest.mark.django_db

SMALL = CourseKey.from_string("course-v1:Org+Small+r1")


def block(block_type: str, block_id: str) -> CourseBlock:
    """Return a stored block."""
    return CourseBlock.objects.get(usage_key=SMALL.make_usage_key(block_type, block_id))


def test_inline_course_in_one_file(course_folder: Callable[..., Path]) -> None:
    """A course may stand in course.xml as a whole; blocks without a name get an id that stays."""
    text = """<course org="Org" course="Small" url_name="r1" display_name="All in one">
      <chapter><sequential><vertical>
        <problem display_name="P"><choiceresponse/></problem><html>Plain <b>text</b></html><html>Second</html>
        <unknown_thing colour="blue"><inner/></unknown_thing>
      </vertical></sequential></chapter></course>"""
    key = import_course(course_folder({"course.xml": text})).key
    ids = dict(CourseBlock.objects.filter(course_key=key).values_list("position", "usage_key"))
    html = CourseBlock.objects.filter(course_key=key, block_type="html").order_by("position")
    assert [found.data["text"] for found in html] == ["Plain <b>text</b>", "Second"]
    unknown = CourseBlock.objects.get(course_key=key, block_type="unknown_thing")
    assert unknown.data == {"attributes": {"colour": "blue"}, "text": "<inner />"}
    import_course(course_folder({"course.xml": text.replace("Plain", "Changed")}, name="second"))
    assert dict(CourseBlock.objects.filter(course_key=key).values_list("position", "usage_key")) == ids


def test_all_containers_hold_blocks(course_folder: Callable[..., Path]) -> None:
    """Split tests, conditionals, random choices and draws have children; what is no block is stepped over."""
    key = import_course(
        course_folder(
            {
                "vertical/v1.xml": """<vertical>
          <split_test url_name="t"><vertical url_name="a"><html url_name="h1"/></vertical></split_test>
          <conditional url_name="k"><show sources="x"/><problem url_name="p1"/></conditional>
          <randomize url_name="z"><html url_name="h2">x</html></randomize>
          <library_content url_name="l"><problem url_name="p3"><optionresponse/></problem></library_content>
          <lti url_name="i" has_score="true" weight="3"/><done url_name="d"/>
          <openassessment url_name="o"><rubric>
            <criterion><option points="3"/><option points="1"/></criterion><criterion><option points="2"/></criterion>
          </rubric></openassessment>
        </vertical>""",
            }
        )
    ).key
    parents = {
        child.usage_key.block_id: child.parent.usage_key.block_id
        for child in CourseBlock.objects.filter(course_key=key, parent__isnull=False).select_related("parent")
    }
    assert (parents["h1"], parents["p1"], parents["h2"], parents["p3"]) == ("a", "k", "z", "l")
    assert not CourseBlock.objects.filter(block_type="show").exists()
    assert block("lti", "i").max_score == 3.0
    assert block("openassessment", "o").max_score == 5.0
    assert block("done", "d").max_score is None


def test_policy_overrides_xml_and_gives_dates(course_folder: Callable[..., Path]) -> None:
    """What policy.json says of a course or a block wins."""
    key = import_course(
        course_folder(
            {
                "policies/r1/policy.json": json.dumps(
                    {
                        "course/r1": {
                            "display_name": "From policy",
                            "self_paced": False,
                            "start": '"2026-02-01T10:00:00+02:00"',
                            "end": "2026-03-01",
                        },
                        "sequential/s1": {"graded": False, "display_name": "Not graded"},
                    }
                ),
            }
        )
    ).key
    overview = CourseOverview.objects.get(id=key)
    assert overview.display_name == "From policy"
    assert not overview.self_paced
    assert overview.start == datetime(2026, 2, 1, 8, tzinfo=UTC)
    assert overview.end == datetime(2026, 3, 1, tzinfo=UTC)
    sequential = block("sequential", "s1")
    assert (sequential.graded, sequential.format, sequential.display_name) == (False, "", "Not graded")


def test_defaults_without_policies(course_folder: Callable[..., Path]) -> None:
    """A course without policies has the platform's grading policy, has started and is self-paced."""
    key = import_course(
        course_folder(
            {
                "policies/r1/policy.json": None,
                "policies/r1/grading_policy.json": None,
            }
        )
    ).key
    policy = GradingPolicy.objects.get(course_key=key)
    assert [entry["type"] for entry in policy.grader] == ["Homework", "Lab", "Midterm Exam", "Final Exam"]
    assert policy.cutoffs == {"Pass": 0.5}
    overview = CourseOverview.objects.get(id=key)
    assert overview.has_started()
    assert overview.end is None
    assert overview.self_paced


def test_graded_is_inherited(course_folder: Callable[..., Path]) -> None:
    """Blocks below a graded subsection are graded, too, unless they say otherwise."""
    import_course(course_folder({"html/h1.xml": '<html filename="h1" graded="false"/>'}))
    assert block("problem", "p1").graded
    assert not block("html", "h1").graded
    assert not block("chapter", "c1").graded
    assert block("problem", "p1").format == ""
