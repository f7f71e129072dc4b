"""Importing what is no course: one clear sentence, and nothing in the tables."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from sandbox.content.models import CourseBlock, GradingPolicy
from sandbox.content.olx import archive as archive_module
from sandbox.content.olx import import_course
from sandbox.course_overviews.models import CourseOverview

pytestmark = pytest.mark.django_db

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    "<vertical><html>&b;</html></vertical>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n<vertical><html>&a;</html></vertical>'


def refused(path: Path, **options: str) -> str:
    """Return the message with which an import is refused, once it is sure that nothing was written."""
    before = [CourseBlock.objects.count(), CourseOverview.objects.count(), GradingPolicy.objects.count()]
    with pytest.raises(CommandError) as caught:
        call_command("load_course", str(path), **options)
    assert [CourseBlock.objects.count(), CourseOverview.objects.count(), GradingPolicy.objects.count()] == before
    message = str(caught.value)
    assert message.endswith(". Nothing was imported.")
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"course.xml": None}, "no course.xml"),
        ({"course.xml": None, "../library/library.xml": "<library/>"}, "content library"),
        ({"course.xml": "<library/>"}, "course/course.xml, line 1: its top element is <library>"),
        ({"course.xml": '<course org="Org" course="Small"><chapter/></course>'}, "give its key with --key"),
        ({"course.xml": '<course url_name="r 1" org="Org" course="Small"/>'}, "make no course key"),
        ({"course/r1.xml": None}, "it points to course/course/r1.xml, which is not there"),
        ({"course/r1.xml": "<chapter/>"}, "course/course/r1.xml, line 1: its top element is <chapter>"),
        ({"problem/p1.xml": None}, "course/vertical/v1.xml, line 2: it points to course/problem/p1.xml"),
        ({"html/h1.html": None}, "course/html/h1.xml, line 1: it points to course/html/h1.html"),
        ({"html/h1.xml": '<html filename="../../../x"/>'}, "points outside the course"),
        ({"vertical/v1.xml": '<vertical><problem url_name=":..:..:..:x"/></vertical>'}, "points outside the course"),
        ({"html/h1.html": b"<p>\n\xff\xfe</p>"}, "course/html/h1.html, line 2: this is not UTF-8"),
        ({"html/h1.html": b"<p>\0</p>"}, "NUL character"),
        (
            {"vertical/v1.xml": "<vertical>\n<html>\n</vertical>"},
            "course/vertical/v1.xml, line 3: this is not well-formed",
        ),
        ({"vertical/v1.xml": ""}, "course/vertical/v1.xml, line 1: this is not well-formed"),
        ({"vertical/v1.xml": '<?xml version="1.0" encoding="klingon"?><vertical/>'}, "course/vertical/v1.xml, line 1"),
        ({"vertical/v1.xml": BOMB}, "course/vertical/v1.xml, line 1: it declares entities"),
        ({"vertical/v1.xml": OUTSIDE}, "course/vertical/v1.xml, line 1: it declares entities"),
        ({"vertical/v1.xml": "<vertical>" + "<html>" * 300 + "</html>" * 300 + "</vertical>"}, "more than 200 deep"),
        ({"vertical/v1.xml": "<vertical>" * 40 + "</vertical>" * 40}, "more than 30 deep"),
        (
            {"vertical/v1.xml": '<vertical>\n<problem url_name="p1"/>\n<problem url_name="p1"/>\n</vertical>'},
            "course/vertical/v1.xml, line 3: the block block-v1:Org+Small+r1+type@problem+block@p1 is there twice, "
            "first at course/vertical/v1.xml, line 2",
        ),
        (
            {"vertical/v1.xml": '<vertical><html url_name="a">x</html><html url_name="A">y</html></vertical>'},
            "there twice",
        ),
        ({"vertical/v1.xml": '<vertical><sequential url_name="s1"/></vertical>'}, "there twice"),
        ({"vertical/v1.xml": '<vertical><html url_name="a b">x</html></vertical>'}, "makes no valid key"),
        ({"vertical/v1.xml": f'<vertical><html url_name="{"a" * 250}">x</html></vertical>'}, "longer than 255"),
        ({"vertical/v1.xml": f"<vertical><{'t' * 40}/></vertical>"}, "longer than 32"),
        ({"problem/p1.xml": "<html>x</html>"}, "course/problem/p1.xml, line 1: its top element is <html>"),
        ({"problem/p1.xml": '<problem weight="heavy"/>'}, "course/problem/p1.xml, line 1: the attribute weight"),
        ({"problem/p1.xml": '<problem weight="nan"/>'}, "the attribute weight"),
        (
            {"course/r1.xml": '<course start="soon"><chapter/></course>', "policies/r1/policy.json": None},
            "like 2026-01-31",
        ),
        ({"policies/r1/policy.json": '{"course/r1": {"end": "2025-02-30"}}'}, "the attribute end"),
        (
            {"policies/r1/policy.json": '{"course/r1": {"start": "2026-02-01", "end": "2026-01-01"}}'},
            "before it starts",
        ),
        (
            {"policies/r1/policy.json": '{\n"course/r1": {]}'},
            "course/policies/r1/policy.json, line 2: this is not JSON",
        ),
        ({"policies/r1/policy.json": "[]"}, "not a JSON object"),
        ({"policies/r1/policy.json": '{"course/r1": 7}'}, "the entry 'course/r1'"),
        ({"policies/r1/policy.json": '{"course/r1": {"display_name": "\\ud800"}}'}, "cannot be read"),
        ({"policies/r1/policy.json": '{"course/r1": {"display_name": "\\u0000"}}'}, "cannot be read"),
        ({"policies/r1/policy.json": "[" * 100_000}, "cannot be read"),
        ({"policies/r1/grading_policy.json": "{"}, "course/policies/r1/grading_policy.json, line 1: this is not JSON"),
        ({"policies/r1/grading_policy.json": '{"GRADER": {}}'}, "GRADER is not a list"),
        ({"policies/r1/grading_policy.json": '{"GRADER": [{"weight": 1}]}'}, "has no name"),
        ({"policies/r1/grading_policy.json": '{"GRADER": [{"type": "Quiz", "weight": NaN}]}'}, "NaN is not a number"),
        ({"policies/r1/grading_policy.json": '{"GRADER": [{"type": "Quiz", "weight": 3}]}'}, "the weight of 'Quiz'"),
        (
            {"policies/r1/grading_policy.json": '{"GRADER": [{"type": "Q", "weight": 1, "drop_count": -1}]}'},
            "drop_count",
        ),
        ({"policies/r1/grading_policy.json": '{"GRADE_CUTOFFS": {"Pass": "half"}}'}, "GRADE_CUTOFFS"),
    ],
)
def test_broken_files(course_folder: Callable[..., Path], changes: dict, expected: str) -> None:
    """Whatever is wrong in the files is named, with the file and where known the line."""
    assert expected in refused(course_folder(changes))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("nonsense", "not a course key"),
        ("course-v1:Org+Small", "not a course key"),
        ("Org/Small/r1", "deprecated form"),
        ("library-v1:Org+Small", "not the key of a plain course run"),
        ("ccx-v1:Org+Small+r1+ccx@1", "not the key of a plain course run"),
        ("course-v1:Org+Small+r1+branch@draft", "not the key of a plain course run"),
        (f"course-v1:Org+Small+{'r' * 250}", "longer than 255"),
    ],
)
def test_keys_that_no_course_can_have(course_folder: Callable[..., Path], key: str, expected: str) -> None:
    """Only the key of a plain course run is taken."""
    assert expected in refused(course_folder(), key=key)


def test_failure_leaves_an_imported_course_alone(course_folder: Callable[..., Path]) -> None:
    """A broken new version of a course changes nothing of the one that is there."""
    import_course(course_folder())
    before = list(CourseBlock.objects.order_by("id").values())
    renamed = '<course display_name="New"><chapter url_name="c1"/></course>'
    refused(course_folder({"course/r1.xml": renamed, "html/h1.html": None}, name="second"))
    refused(course_folder({"policies/r1/grading_policy.json": "{"}, name="third"))
    assert list(CourseBlock.objects.order_by("id").values()) == before


def test_no_such_path(tmp_path: Path) -> None:
    """A path that is not there is named."""
    assert f"{tmp_path / 'gone'}: there is no such file" in refused(tmp_path / "gone")


def test_link_out_of_the_folder(course_folder: Callable[..., Path], tmp_path: Path) -> None:
    """A link in a folder may not lead out of it."""
    folder = course_folder({"html/h1.html": None})
    (tmp_path / "secret.html").write_text("secret")
    (folder / "course/html/h1.html").symlink_to(tmp_path / "secret.html")
    assert "a link to outside" in refused(folder)


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> tarfile.TarInfo:
    """Return the header of a member."""
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, link
    return info


def pack(path: Path, *headers: tarfile.TarInfo) -> Path:
    """Write an archive of these headers, with zeros for content up to 1 MiB and none beyond."""
    raw = io.BytesIO()
    for header in headers:
        raw.write(header.tobuf())
        if header.size <= 1024**2:
            raw.write(bytes(header.size + -header.size % 512))
    path.write_bytes(gzip.compress(raw.getvalue() + bytes(1024)))
    return path


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (member("../evil.xml"), "points outside the archive"),
        (member("course/../../evil.xml"), "points outside the archive"),
        (member("/etc/evil.xml"), "points outside the archive"),
        (member("course/link.xml", tarfile.SYMTYPE, link="/etc/passwd"), "a link or a device"),
        (member("course/link.xml", tarfile.LNKTYPE, link="course.xml"), "a link or a device"),
        (member("course/null", tarfile.CHRTYPE), "a link or a device"),
        (member("course/pipe", tarfile.FIFOTYPE), "a link or a device"),
        (member("course/static/huge.mp4", size=8 * 1024**3 - 1), "it is too large"),
        (member("course/course.xml", size=17 * 1024**2), "the member 'course/course.xml' is too large"),
    ],
    ids=["parent", "middle", "absolute", "symlink", "hard link", "device", "fifo", "huge asset", "huge file"],
)
def test_archives_with_members_that_no_export_has(tmp_path: Path, header: tarfile.TarInfo, expected: str) -> None:
    """Such members are refused by their headers, before anything of them is read."""
    assert expected in refused(pack(tmp_path / "evil.tar.gz", header))


def test_archive_with_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of members has a limit."""
    monkeypatch.setattr(archive_module, "MAX_MEMBERS", 5)
    headers = [member(f"course/{number}.txt") for number in range(6)]
    assert "the limits are 5 members" in refused(pack(tmp_path / "many.tar.gz", *headers))


def test_archive_that_unpacks_to_more_than_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long name is read as a whole by the tar format itself; the limit on unpacked bytes holds for it, too."""
    monkeypatch.setattr(archive_module, "MAX_UNPACKED_BYTES", 100_000)
    name = member("././@LongLink", tarfile.GNUTYPE_LONGNAME, size=1024**2)
    assert "it is too large" in refused(pack(tmp_path / "bomb.tar.gz", name))


def test_archive_cut_short(course_folder: Callable[..., Path], tmp_path: Path) -> None:
    """Half an archive is no archive, wherever it was cut."""
    whole = tmp_path / "whole.tar.gz"
    with tarfile.open(whole, "w:gz") as packed:
        packed.add(course_folder() / "course", "course")
    content = whole.read_bytes()
    for length in (5, 15, len(content) // 2, len(content) - 4):
        cut = tmp_path / f"cut{length}.tar.gz"
        cut.write_bytes(content[:length])
        assert "damaged or cut short" in refused(cut)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "damaged or cut short"),
        (b"just some text, not an archive", "not a gzip file"),
        (gzip.compress(b"just some text, not a tar archive" * 100), "damaged or cut short"),
        (gzip.compress(b""), "damaged or cut short"),
        (gzip.compress(bytes(10240)), "no course.xml"),
        (gzip.compress(bytes(10240))[:10] + bytes([255] * 40), "damaged or cut short"),
    ],
    ids=["empty", "text", "no tar", "empty tar", "tar without members", "bad deflate"],
)
def test_files_that_are_no_archive(tmp_path: Path, content: bytes, expected: str) -> None:
    """A file that is no ``.tar.gz`` is refused."""
    path = tmp_path / "file.tar.gz"
    path.write_bytes(content)
    assert expected in refused(path)


def test_refusal_by_the_database_is_explained(course_folder: Callable[..., Path]) -> None:
    """When the database refuses, the message says so and names the likely cause; what was written goes."""

    def refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "sandbox_content_courseblock" in sql:
            raise OperationalError("no such table")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse), pytest.raises(CommandError, match=r"no such table.*migrate first"):
        call_command("load_course", str(course_folder()))
    assert not CourseOverview.objects.exists()
