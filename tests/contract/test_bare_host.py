"""A host from which the packages were uninstalled reads every row there is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.keys import attempt_course_key
from sandbox.courseware.models import StudentModule
from tests.bare_host import run_without_packages
from tests.factories import COURSE
from tests.snapshots import read_tables
from tests.work import foreign_state, work

pytestmark = pytest.mark.django_db(transaction=True)
#: Reads every row of every model, as the platform does in many places, and says what it made of the keys.
READ_EVERYTHING = """
import json
from importlib.metadata import distributions
from importlib.util import find_spec
from django.apps import apps
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey, LearningContextKey

def parses(kind, text):
    try:
        return bool(kind.from_string(text))
    except InvalidKeyError:
        return False

found = {
    "has_packages": any(find_spec(name) for name in ("attempts", "attempts_api")),
    "knows_the_type": parses(CourseKey, "attempt-v1:Org+Course+Run+attempt@1"),
    "unreadable": [],
    "rows": 0,
    "no_course": [],
}
for model in apps.get_models():
    try:
        rows = list(model._base_manager.all())
    except InvalidKeyError as error:
        found["unreadable"].append([model._meta.label, str(error)])
        continue
    found["rows"] += len(rows)
    for row in rows:
        for field in model._meta.concrete_fields:
            key = getattr(row, field.attname)
            if isinstance(key, LearningContextKey) and not key.is_course:
                found["no_course"].append(str(key))
from sandbox.courseware.models import StudentModule
found["active"] = StudentModule.objects.filter(course_id="course-v1:Org+Course+Run").count()
print(json.dumps(found))
"""


@pytest.fixture
def worked(learner: Any, reset: Callable[..., Any]) -> Any:
    """A learner with an archived attempt in every store, and work in the active one."""
    rng = random.Random(4)
    work(learner, COURSE, rng)
    foreign_state(learner, COURSE, rng)
    reset(learner)
    work(learner, COURSE, rng)
    return learner


def what_a_bare_host_reads(directory: Path) -> dict[str, Any]:
    """Read everything without the packages."""
    done = run_without_packages(directory, READ_EVERYTHING)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["has_packages"], found["knows_the_type"]) == (False, False)
    return found


def test_a_bare_host_reads_every_row_after_restore_keys(worked: Any, tmp_path: Path) -> None:
    """It cannot before; after, every archived row is in its eyes no course's; and all comes back."""
    unreadable = dict(what_a_bare_host_reads(tmp_path / "before")["unreadable"])
    assert {"courseware.StudentModule", "completion.BlockCompletion", "grades.PersistentCourseGrade"} <= set(unreadable)
    before = read_tables()
    archived = StudentModule.objects.filter(course_id=attempt_course_key(COURSE, 1)).count()
    assert api.restore_keys().left == {}
    found = what_a_bare_host_reads(tmp_path / "after")
    assert found["unreadable"] == []
    assert found["rows"] > sum(map(len, before.values())) / 2
    assert found["no_course"].count("library-v1:Org+Course.Run.attempt.1") >= archived > 0
    assert found["active"] == StudentModule.objects.filter(course_id=CourseKey.from_string(str(COURSE))).count()
    api.restore_keys(back=True)
    assert read_tables() == before
