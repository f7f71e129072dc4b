"""Importing courses: what arrives in the tables."""

from __future__ import annotations

import tarfile
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.keys import CourseKey, UsageKey
from opaque_keys.edx.locator import CourseLocator

from sandbox.content.completable import completable_block_count
from sandbox.content.models import CourseBlock, GradingPolicy
from sandbox.content.olx import import_course
from sandbox.course_overviews.models import CourseOverview
from sandbox.work import load_outline

pytestmark = pytest.mark.django_db

SMALL = "course-v1:Org+Small+r1"


def block(course: str, block_type: str, block_id: str) -> CourseBlock:
    """Return a stored block."""
    return CourseBlock.objects.get(usage_key=CourseKey.from_string(course).make_usage_key(block_type, block_id))


def counts(course_key: CourseLocator) -> Counter[str]:
    """Return the number of blocks of a course by type."""
    present = CourseBlock.objects.filter(course_key=course_key, removed=False)
    return Counter(present.values_list("block_type", flat=True))


def test_tides_has_its_structure(tides: CourseLocator) -> None:
    """The course that comes with the sandbox has all of its blocks."""
    assert str(tides) == "course-v1:OpenAttempts+Tides+2026"
    assert counts(tides) == {
        "course": 1,
        "chapter": 4,
        "sequential": 9,
        "vertical": 15,
        "problem": 22,
        "html": 9,
        "video": 3,
        "poll": 2,
        "word_cloud": 1,
        "library_content": 1,
    }
    graded = CourseBlock.objects.filter(course_key=tides, block_type="sequential", graded=True)
    assert list(graded.values_list("format", flat=True)) == ["Quiz", "Quiz", "Quiz", "Exam"]
    overview = CourseOverview.objects.get(id=tides)
    assert overview.display_name == "Tides: why the sea breathes"
    assert (overview.org, overview.display_number_with_default, overview.language) == ("OpenAttempts", "Tides", "en")
    assert overview.self_paced
    assert overview.has_started()
    assert not overview.has_ended()
    assert overview.lowest_passing_grade == Decimal("0.60")
    assert str(overview._location) == "block-v1:OpenAttempts+Tides+2026+type@course+block@course"


def test_tides_problems_know_their_points_and_responses(tides: CourseLocator) -> None:
    """A problem is worth its weight, or a point for each response."""
    weighted = CourseBlock.objects.get(course_key=tides, usage_key__endswith="block@exam-height")
    assert weighted.max_score == 4.0
    assert weighted.data["responses"] == ["numericalresponse", "numericalresponse"]
    assert CourseBlock.objects.get(course_key=tides, usage_key__endswith="block@quiz-fundy").max_score == 2.0
    assert not CourseBlock.objects.filter(course_key=tides, max_score__isnull=False).exclude(block_type="problem")


def test_completable_blocks_count_a_draw_only_as_far_as_it_goes(tides: CourseLocator) -> None:
    """Of five questions in the bank a learner sees three: 22 - 2 problems, 9 html, 3 video, 2 polls, 1 word cloud."""
    assert completable_block_count(tides) == 35


def test_demo_course_from_its_archive(demo_archive: Path) -> None:
    """A large public course arrives in full."""
    key = import_course(demo_archive).key
    found = counts(key)
    assert str(key) == "course-v1:OpenedX+DemoX+DemoCourse"
    assert {name: found[name] for name in ("chapter", "sequential", "vertical", "problem", "video")} == {
        "chapter": 6,
        "sequential": 17,
        "vertical": 58,
        "problem": 29,
        "video": 11,
    }
    assert (found["library_content"], found["lti"], found["annotatable"], found["html"]) == (1, 2, 1, 266)
    assert CourseOverview.objects.get(id=key).lowest_passing_grade == Decimal("0.50")


def test_positions_follow_a_depth_first_walk(tides: CourseLocator) -> None:
    """Positions are 0, 1, 2 and so on; each block comes after its parent and before its parent's next sibling."""
    blocks = list(CourseBlock.objects.filter(course_key=tides).order_by("position"))
    assert [found.position for found in blocks] == list(range(67))
    assert blocks[0].parent is None
    open_path = [blocks[0].pk]
    for found in blocks[1:]:
        while open_path[-1] != found.parent_id:
            open_path.pop()
        open_path.append(found.pk)


def test_command_imports_and_prints(course_folder: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    """``manage.py load_course`` says what it imported."""
    call_command("load_course", str(course_folder()))
    output = capsys.readouterr().out
    assert f"Small ({SMALL})" in output
    assert "6 blocks created, 0 updated, 0 removed" in output


def test_look_alike_key_stands_beside(tides: CourseLocator, tides_folder: Path) -> None:
    """The same files under another key make a second course, and leave the first alone."""
    before = list(CourseBlock.objects.filter(course_key=tides).values().order_by("id"))
    call_command("load_course", str(tides_folder), key=f"{tides}b")
    twin = CourseKey.from_string(f"{tides}b")
    assert counts(twin) == counts(tides)
    assert list(CourseBlock.objects.filter(course_key=tides).values().order_by("id")) == before
    assert GradingPolicy.objects.get(course_key=twin).cutoffs == {"Pass": 0.6}


@pytest.mark.parametrize("inside", ["", "course"], ids=["folder above", "course folder"])
def test_both_layouts_are_found(course_folder: Callable[..., Path], inside: str) -> None:
    """The path may be the export or the ``course`` folder in it."""
    assert str(import_course(course_folder() / inside).key) == SMALL


def test_run_called_course(course_folder: Callable[..., Path]) -> None:
    """A run called "course" has ``course/course.xml`` below its own top as well."""
    folder = course_folder(
        {
            "course.xml": '<course url_name="course" org="Org" course="Small"/>',
            "course/course.xml": MINIMAL_COURSE,
        }
    )
    assert str(import_course(folder / "course").key) == "course-v1:Org+Small+course"


MINIMAL_COURSE = '<course display_name="Small"><chapter url_name="c1"/></course>'


def test_archive_and_folder_give_the_same(course_folder: Callable[..., Path], tmp_path: Path) -> None:
    """A ``.tar.gz`` and the folder that it was made from are imported alike."""
    folder = course_folder()
    archive = tmp_path / "export.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(folder / "course", "./course")
    import_course(folder)
    first = list(CourseBlock.objects.values())
    imported = import_course(archive)
    assert (imported.created, imported.updated, imported.removed) == (0, 6, 0)
    assert list(CourseBlock.objects.values()) == first


def test_import_again_changes_in_place(course_folder: Callable[..., Path]) -> None:
    """Blocks keep their ids; those that vanished are marked, and come back; nothing is deleted."""
    import_course(course_folder())
    ids = dict(CourseBlock.objects.values_list("usage_key", "id"))
    changed = course_folder(
        {
            "vertical/v1.xml": '<vertical display_name="New"><problem url_name="p2"/>'
            '<problem url_name="p1"/></vertical>',
            "problem/p1.xml": '<problem weight="5"><stringresponse answer="a"/></problem>',
            "problem/p2.xml": "<problem><stringresponse answer='a'/></problem>",
        },
        name="second",
    )
    with CaptureQueriesContext(connection) as queries:
        imported = import_course(changed)
    assert not [query["sql"] for query in queries if query["sql"].lstrip().upper().startswith("DELETE")]
    assert (imported.created, imported.updated, imported.removed) == (1, 5, 1)
    assert {key: pk for key, pk in CourseBlock.objects.values_list("usage_key", "id") if key in ids} == ids
    assert block(SMALL, "html", "h1").removed
    assert block(SMALL, "vertical", "v1").display_name == "New"
    assert block(SMALL, "problem", "p1").max_score == 5.0
    assert block(SMALL, "problem", "p2").position < block(SMALL, "problem", "p1").position
    assert "html" not in {found.block_type for found in load_outline(CourseKey.from_string(SMALL)).blocks}

    back = import_course(course_folder(name="third"))
    assert (back.created, back.updated, back.removed) == (1, 5, 1)
    assert not block(SMALL, "html", "h1").removed
    assert block(SMALL, "html", "h1").pk == ids[block(SMALL, "html", "h1").usage_key]


def test_statements_do_not_grow_with_the_blocks(
    tides: CourseLocator, tides_folder: Path, course_folder: Callable[..., Path]
) -> None:
    """Importing 67 blocks takes as many statements as importing 6, but for one level that is deeper."""
    import_course(course_folder())
    statements = []
    for folder in (tides_folder, course_folder()):
        with CaptureQueriesContext(connection) as queries:
            import_course(folder)
        statements.append(len(queries))
    assert statements[0] - statements[1] <= 4


def test_every_usage_key_belongs_to_the_course(tides: CourseLocator) -> None:
    """Keys parse, and map to the course that they are stored with."""
    for key in CourseBlock.objects.filter(course_key=tides).values_list("usage_key", flat=True):
        assert UsageKey.from_string(str(key)).course_key == tides
