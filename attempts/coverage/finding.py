"""Which tables hold data of a learner in a course, read off their columns and what those point at.

A table is meant if it leads to a learner and to a course. It leads there by a column of its own or, at any depth, by a
foreign key, or a column that links by value, to a table that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from attempts.coverage.description import Column, Table, by_name

#: Columns that name a learner without a foreign key: by number, or by a text that stands for the account.
LEARNER_NUMBERS = frozenset({"user_id", "userid", "student_id", "learner_id", "lms_user_id", "lms_user"})
LEARNER_TEXTS = frozenset(
    {
        "anonymous_id",
        "anonymous_user_id",
        "author_id",
        "author_username",
        "email",
        "learner_id",
        "owner_id",
        "student_id",
        "user_email",
        "user_id",
        "user_name",
        "username",
    }
)
#: Text columns with the key of a course, of a block, or of whatever learners work in.
COURSE_TEXTS = frozenset(
    {
        "block_id",
        "block_key",
        "content_id",
        "content_key",
        "context_id",
        "context_key",
        "course",
        "course_id",
        "course_key",
        "course_run",
        "course_run_id",
        "course_run_key",
        "courserun_key",
        "item_id",
        "module_id",
        "resource_link_id",
        "usage_id",
        "usage_key",
    }
)
#: No key of a course fits in less; languages, countries and the like do.
SHORTEST_KEY_COLUMN = 64
#: Columns that link by value, by name, and the tables they link to: the first of them that is installed.
LINKS = {
    "enterprise_course_enrollment_id": ("enterprise_enterprisecourseenrollment",),
    "proctored_exam_attempt_id": ("proctoring_proctoredexamstudentattempt",),
    "submission_uuid": ("submissions_submission",),
    "team_submission_uuid": ("submissions_teamsubmission",),
    "team_id": ("teams_courseteammembership",),
}
#: Tables that get their course from others that point at them, and which.
NAMED_BY = {"milestones_milestone": ("milestones_coursemilestone", "milestones_coursecontentmilestone")}


@dataclass(frozen=True)
class Way:
    """How a table leads to a learner or a course.

    Attributes:
        column: the column of the table itself that the way begins with.
        through: the tables on the way, the nearest first; empty if the column itself says it.
    """

    column: str
    through: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " → ".join([self.column, *self.through])


@dataclass
class Finder:
    """Ways from tables to learners and courses."""

    tables: Iterable[Table]
    _learners: dict[str, Way | None] = field(default_factory=dict)
    _courses: dict[str, Way | None] = field(default_factory=dict)

    @cached_property
    def known(self) -> dict[str, Table]:
        """The tables by name."""
        return by_name(self.tables)

    def learner(self, name: str) -> Way | None:
        """Return the shortest way from a table to a learner."""
        return self._way(name, self._learners, self._names_learner)

    def course(self, name: str) -> Way | None:
        """Return the shortest way from a table to a course."""
        return self._way(name, self._courses, self._names_course)

    def keeps_course_itself(self, name: str) -> bool:
        """Whether a table has a column of its own with the key of a course or block."""
        return any(self._names_course(column) for column in self.known[name].columns)

    def links(self, name: str) -> list[tuple[Column, str]]:
        """Return the columns of a table that point at another that is known, and which."""
        found = []
        for column in self.known[name].columns:
            targets = [column.points_at] if column.points_at else self._linked(column, name)
            target = next((target for target in targets if target in self.known), None)
            if target and target != name and not _is_actor(column, self.known[name]):
                found.append((column, target))
                found += [(column, other) for other in NAMED_BY.get(target, ()) if other in self.known]
        return found

    def _linked(self, column: Column, name: str) -> list[str]:
        """Where a column without a foreign key leads; not to rows that point at the table themselves."""
        if column.kind not in ("text", "uuid", "integer"):
            return []
        return [
            target
            for target in LINKS.get(column.column, ())
            if target in self.known and name not in {other.points_at for other in self.known[target].columns}
        ]

    def _names_learner(self, column: Column) -> bool:
        if column.points_at:
            target = self.known.get(column.points_at)
            return bool(target and target.is_user)
        if column.kind == "integer":
            return column.column in LEARNER_NUMBERS
        return column.kind == "text" and column.column in LEARNER_TEXTS

    def _names_course(self, column: Column) -> bool:
        if column.points_at:
            return False
        if column.kind == "key":
            return True
        long_enough = column.length is None or column.length >= SHORTEST_KEY_COLUMN
        return column.kind == "text" and long_enough and column.column in COURSE_TEXTS

    def _way(self, name: str, ways: dict[str, Way | None], says: Callable[[Column], bool]) -> Way | None:
        """Look at the table's own columns, then, breadth first, at what they point at."""
        if name in ways:
            return ways[name]
        table = self.known[name]
        ways[name] = next(
            (Way(column.column) for column in table.columns if says(column) and not _is_actor(column, table)), None
        )
        seen = {name}
        reached = [(target, Way(column.column, (target,))) for column, target in self.links(name)]
        while ways[name] is None and reached:
            target, way = reached.pop(0)
            if target in seen:
                continue
            seen.add(target)
            itself = self.known[target]
            if any(says(column) and not _is_actor(column, itself) for column in itself.columns):
                ways[name] = way
            reached += [(further, Way(way.column, (*way.through, further))) for _, further in self.links(target)]
        return ways[name]


def _is_actor(column: Column, table: Table) -> bool:
    """Whether a column names who changed a row, not whom it is about.

    Two libraries say so themselves: the history of django-simple-history, and the versions of django-config-models.
    """
    if column.name == "history_user":
        return any(other.name == "history_id" for other in table.columns)
    names = {other.name for other in table.columns}
    return column.name == "changed_by" and {"change_date", "enabled"} <= names
