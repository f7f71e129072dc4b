"""What the tests of the sandbox share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from opaque_keys.edx.locator import CourseLocator

from sandbox.content.olx import import_course
from sandbox.work import enable_completion_tracking

REPO = Path(__file__).resolve().parents[2]
TIDES = REPO / "sandbox" / "content" / "courses" / "tides"
#: A large public course, for who has it; what needs it is not collected elsewhere.
DEMO_ARCHIVE = REPO.parent / "shared/courses/openedx-demo-course.tar.gz"

MINIMAL = {
    "course.xml": '<course url_name="r1" org="Org" course="Small"/>',
    "course/r1.xml": '<course display_name="Small"><chapter url_name="c1"/></course>',
    "chapter/c1.xml": '<chapter display_name="One"><sequential url_name="s1"/></chapter>',
    "sequential/s1.xml": '<sequential graded="true" format="Quiz"><vertical url_name="v1"/></sequential>',
    "vertical/v1.xml": '<vertical>\n  <problem url_name="p1"/>\n  <html url_name="h1"/>\n</vertical>',
    "problem/p1.xml": "<problem><numericalresponse answer='1'/><stringresponse answer='a'/></problem>",
    "html/h1.xml": '<html filename="h1"/>',
    "html/h1.html": "<p>Hello</p>",
    "policies/r1/policy.json": json.dumps({"course/r1": {"start": "2026-01-05T00:00:00Z"}}),
    "policies/r1/grading_policy.json": json.dumps(
        {
            "GRADER": [{"type": "Quiz", "min_count": 1, "drop_count": 0, "weight": 1.0}],
            "GRADE_CUTOFFS": {"Pass": 0.6},
        }
    ),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give ``demo_archive`` to the tests that ask for it, where the file is."""
    if "demo_archive" in metafunc.fixturenames:
        metafunc.parametrize("demo_archive", [DEMO_ARCHIVE], ids=["demo"])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of a course that is not on this machine, so that none of them seems to pass."""
    if not DEMO_ARCHIVE.exists():
        absent = [item for item in items if "demo_archive" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]


@pytest.fixture
def course_folder(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a small course, with files replaced, added or (None) left out."""

    def write(changes: dict[str, str | bytes | None] | None = None, name: str = "export") -> Path:
        for path, content in {**MINIMAL, **(changes or {})}.items():
            if content is not None:
                file = tmp_path / name / "course" / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / name

    return write


@pytest.fixture
def tides_folder() -> Path:
    """Return where the course that comes with the sandbox lies."""
    return TIDES


@pytest.fixture
def tides(db: None) -> CourseLocator:
    """Return the key of the course that comes with the sandbox, imported."""
    enable_completion_tracking()
    return import_course(TIDES).key


@pytest.fixture
def small(db: None, course_folder: Callable[..., Path]) -> CourseLocator:
    """Return the key of a course with one graded problem, imported."""
    enable_completion_tracking()
    return import_course(course_folder()).key


@pytest.fixture
def learner(db: None) -> AbstractBaseUser:
    """Return a learner."""
    return get_user_model().objects.create(username="ada", email="ada@example.com")
