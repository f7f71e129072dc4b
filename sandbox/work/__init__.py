"""Learners at work: what the platform writes when people enrol, study, answer and are graded.

Everything goes through the host's own models and packages, under plain course keys, as on the platform.
Import this once Django is set up.
"""

from sandbox.work.completion import enable_completion_tracking
from sandbox.work.enrolment import enrol
from sandbox.work.grades import CourseResult, grade, override_grade
from sandbox.work.outline import Outline, load_outline
from sandbox.work.session import WorkDone, work

__all__ = [
    "CourseResult",
    "Outline",
    "WorkDone",
    "enable_completion_tracking",
    "enrol",
    "grade",
    "load_outline",
    "override_grade",
    "work",
]
