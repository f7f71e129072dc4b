"""What a host's own tables hold of learners' work, attempt by attempt."""

from __future__ import annotations

from attempts.datasets.columns import Column
from attempts.datasets.dataset import IDENTITY_JOIN, Dataset, host_words

_COMMON = (
    Column("learner", "integer", "who: a user id; in exports a pseudonym, as text", "{learner}", is_person=True),
    Column("course_key", "text", "the plain key of the course", "{course}"),
    Column("attempt_number", "integer", "which attempt of the learner at the course, from 1", "{number}"),
    Column("is_active", "boolean", "whether that is the learner's active attempt", "{is_active}"),
)
_BLOCK = Column("block_key", "text", "the plain key of the block", "{block}")
_CREATED = Column("created_at", "timestamp", "when the row was first saved", "r.created")
_MODIFIED = Column("modified_at", "timestamp", "when it was last saved", "r.modified")


def _points(name: str, meaning: str) -> Column:
    return Column(name, "float", meaning, f"r.{name}")


def _override(name: str, meaning: str) -> Column:
    column = f"o.{name.removeprefix('override_')}_override"
    return Column(name, "float", f"{meaning}, set by hand; none unless somebody did", column, is_optional=True)


STATES = Dataset(
    name="states",
    meaning="What learners did in blocks: one row for each learner, attempt and block.",
    model="courseware.StudentModule",
    columns=(
        *_COMMON,
        _BLOCK,
        Column("block_type", "text", "the type of the block, such as problem", "r.module_type"),
        Column("score", "float", "points earned; none if the block was never graded", "r.grade", is_optional=True),
        Column("max_score", "float", "points possible; none as above", "r.max_grade", is_optional=True),
        Column("state", "text", "what the block keeps, a JSON object; answers are in it", "r.state", is_optional=True),
        _CREATED,
        _MODIFIED,
    ),
    source="courseware_studentmodule r" + IDENTITY_JOIN,
    learner="r.student_id",
    course="r.course_id",
    words=host_words("r.student_id", "r.course_id", "r.module_id"),
)

COURSE_GRADES = Dataset(
    name="course_grades",
    meaning="The grade of each attempt at a course, as the host computed it last.",
    model="grades.PersistentCourseGrade",
    columns=(
        *_COMMON,
        _points("percent_grade", "the grade, 0.0 to 1.0"),
        Column("letter_grade", "text", "the letter; empty if failing", "r.letter_grade"),
        Column(
            "passed_at", "timestamp", "when it was first passing; none if never", "r.passed_timestamp", is_optional=True
        ),
        _CREATED,
        _MODIFIED,
    ),
    source="grades_persistentcoursegrade r" + IDENTITY_JOIN,
    learner="r.user_id",
    course="r.course_id",
    words=host_words("r.user_id", "r.course_id"),
)

SUBSECTION_GRADES = Dataset(
    name="subsection_grades",
    meaning="The points of each attempt in each subsection, and those that staff set by hand, which count before them.",
    model="grades.PersistentSubsectionGrade",
    columns=(
        *_COMMON,
        _BLOCK,
        _points("earned_graded", "points earned in graded blocks"),
        _points("possible_graded", "points possible in them"),
        _points("earned_all", "points earned in all blocks"),
        _points("possible_all", "points possible in them"),
        _override("override_earned_graded", "points earned in graded blocks"),
        _override("override_possible_graded", "points possible in graded blocks"),
        _override("override_earned_all", "points earned in all blocks"),
        _override("override_possible_all", "points possible in all blocks"),
        Column(
            "first_attempted_at",
            "timestamp",
            "when the learner first came to it; none if she never did",
            "r.first_attempted",
            is_optional=True,
        ),
        _CREATED,
        _MODIFIED,
    ),
    source="grades_persistentsubsectiongrade r\n"
    "  LEFT JOIN grades_persistentsubsectiongradeoverride o ON o.grade_id = r.id" + IDENTITY_JOIN,
    learner="r.user_id",
    course="r.course_id",
    words=host_words("r.user_id", "r.course_id", "r.usage_key"),
)

COMPLETIONS = Dataset(
    name="completions",
    meaning="How far each block was completed in each attempt.",
    model="completion.BlockCompletion",
    columns=(
        *_COMMON,
        _BLOCK,
        Column("block_type", "text", "the type of the block, such as video", "r.block_type"),
        Column("completion", "float", "0.0 to 1.0", "r.completion"),
        _CREATED,
        _MODIFIED,
    ),
    source="completion_blockcompletion r" + IDENTITY_JOIN,
    learner="r.user_id",
    course="r.course_key",
    words=host_words("r.user_id", "r.course_key", "r.block_key"),
)
