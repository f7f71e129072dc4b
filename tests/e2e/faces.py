"""Every page that a person may open, as whom, and where: for what has to hold of all of them, and for pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote

from tests.running import COURSE, Sandbox


@dataclass(frozen=True)
class Face:
    """A page.

    Attributes:
        name: what its picture is called.
        username: who opens it.
        path: where, with the names of :class:`Stage` in braces.
    """

    name: str
    username: str
    path: str


@dataclass(frozen=True)
class Stage:
    """What there is to see: a learner who was reset, and one who may be.

    Attributes:
        learner: the username of somebody with an archived attempt and an active one.
        archived, active: the uuids of these.
        other: the username of somebody who may be reset.
        course: the key of the course, as it is in an address.
    """

    learner: str
    archived: str
    active: str
    other: str
    course: str


def set_stage(sandbox: Sandbox) -> Stage:
    """Reset a learner, and wait until it is done."""
    learner = sandbox.failing_learner()
    words = ("--actor", "support", "--comment", "Illness: was in hospital", "--wait")
    done = sandbox.manage("attempts", "reset", learner, COURSE, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    shown = json.loads(sandbox.manage("attempts", "show", learner, COURSE, "--format", "json").stdout)
    archived, active = (attempt["uuid"] for attempt in shown)
    return Stage(learner, archived, active, sandbox.failing_learner(), quote(COURSE))


def address(sandbox: Sandbox, stage: Stage, face: Face) -> str:
    """Return where a page is."""
    return sandbox.url + face.path.format(**vars(stage))


#: The pages of the console, and those of the sandbox on which learners work.
FACES = (
    Face("home", "support", "/attempts/"),
    Face("learners", "support", "/attempts/learners/?q=learner"),
    Face("learner", "support", "/attempts/learners/{learner}/"),
    Face("learner-staff", "instructor", "/attempts/learners/{learner}/"),
    Face("reset", "support", "/attempts/learners/{other}/courses/{course}/reset/"),
    Face("undo", "support", "/attempts/learners/{learner}/courses/{course}/undo/"),
    Face("attempt", "support", "/attempts/attempts/{archived}/"),
    Face("comparison", "support", "/attempts/attempts/{archived}/compare/{active}/"),
    Face("courses", "support", "/attempts/courses/"),
    Face("course", "support", "/attempts/courses/{course}/"),
    Face("course-operations", "support", "/attempts/courses/{course}/operations/"),
    Face("course-team", "instructor", "/attempts/courses/{course}/"),
    Face("policy", "support", "/attempts/courses/{course}/policy/"),
    Face("report", "support", "/attempts/courses/{course}/report/"),
    Face("report-public", "instructor", "/attempts/courses/{course}/report/"),
    Face("operator", "admin", "/attempts/operator/"),
    Face("operations", "admin", "/attempts/operator/operations/"),
    Face("coverage", "admin", "/attempts/operator/coverage/"),
    Face("versions", "admin", "/attempts/operator/versions/"),
    Face("own", "learner0001", "/attempts/me/"),
    Face("refused", "learner0001", "/attempts/operator/"),
    Face("nowhere", "support", "/attempts/nowhere/"),
)
