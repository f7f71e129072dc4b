"""What a dataset is: rows of a host's table, or of our own, by learner, course and attempt, with plain keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from attempts.datasets.columns import Column
from attempts.datasets.dialects import Dialect

#: What the name of each view begins with; that of its dataset follows.
VIEW_PREFIX = "attempts_v_"

_SELECT = "SELECT\n{columns}\nFROM {source}\nWHERE {rows}"

#: What a course key column may hold, as :mod:`attempts.keys.locators` writes it.
_ATTEMPT, _NUMBER = "attempt-v1:", "+attempt@"


@dataclass(frozen=True)
class Dataset:
    """What analysts see as one table.

    The same statement serves as a view for people with SQL and, with conditions, as the source of exports.

    Attributes:
        name: as analysts call it; the view has it with a prefix.
        meaning: for the data dictionary; a sentence.
        model: the model whose rows it has, ``app_label.Model``.
        columns: its columns, in order; learner, course key and number of the attempt come first.
        source: tables and joins, in words of ``words``.
        learner: the column by which rows of a learner are found.
        course: the column by which rows of a course are found; it has keys of attempts, or plain ones only.
        words: what the words in braces stand for, by dialect; ``rows`` is the condition on rows that are in it, if any.
        has_attempts: whether each row belongs to one attempt.
    """

    name: str
    meaning: str
    model: str
    columns: tuple[Column, ...]
    source: str
    learner: str
    course: str
    words: Callable[[Dialect], Mapping[str, str]]
    has_attempts: bool = True

    @property
    def view(self) -> str:
        """The name of its view."""
        return f"{VIEW_PREFIX}{self.name}"

    def select(self, dialect: Dialect, *, course: str | None = None) -> str:
        """Return the statement for all rows; conditions may be added to it.

        Args:
            dialect: of the engine.
            course: an expression of the plain key of the one course whose rows will be asked for, so that joins need
                not compute it for each row; None for rows of any course.
        """
        words = self.words(dialect)
        words = {**words, "joined_course": course or words.get("course", "")}
        columns = (f"  {_expression(column, words, dialect)} AS {column.name}" for column in self.columns)
        source, rows = self.source.format_map(words), words.get("rows", "1 = 1")
        return _SELECT.format(columns=",\n".join(columns), source=source, rows=rows)

    def expression(self, name: str, dialect: Dialect) -> str:
        """Return what a column is in the statement, for a condition on it."""
        return _expression(self.columns[self.index(name)], self.words(dialect), dialect)

    def index(self, name: str) -> int:
        """Return the place of a column among the columns, from 0."""
        return [column.name for column in self.columns].index(name)


def _expression(column: Column, words: Mapping[str, str], dialect: Dialect) -> str:
    found = column.expression(words)
    # Not the learner: with a cast no index would find her.
    return dialect.number(found) if column.type == "integer" and not column.is_person else found


def host_words(learner: str, course: str, block: str | None = None) -> Callable[[Dialect], Mapping[str, str]]:
    """Return the words for a table of the host whose keys are plain or those of attempts.

    A row whose key begins as that of an attempt and has no number is in no attempt, and is left out.

    Args:
        learner: the column with the user id.
        course: the column with the key of the course or attempt.
        block: the column with the key of the block or of an aside of a block; None if there is none.
    """

    def words(dialect: Dialect) -> Mapping[str, str]:
        marker = dialect.find(course, f"'{_NUMBER}'")
        begin = f"SUBSTR({course}, 1, {len(_ATTEMPT)})"
        is_archived = f"{begin} = '{_ATTEMPT}' AND {marker} > 0"
        inner = f"SUBSTR({course}, {len(_ATTEMPT) + 1}, {marker} - {len(_ATTEMPT) + 1})"
        ccx = dialect.find(course, "'+ccx@'")

        def plain(of_course: str, of_ccx: str, *more: str) -> str:
            kind = f"CASE WHEN {ccx} > 0 THEN '{of_ccx}' ELSE '{of_course}' END"
            return dialect.concat(kind, inner, *more)

        digits = f"SUBSTR({course}, {marker} + {len(_NUMBER)})"
        has_number = dialect.is_attempt_number(digits)
        # An engine may compute columns of rows that it leaves out later, and PostgreSQL casts nothing but numbers.
        number = f"CASE WHEN {has_number} THEN {dialect.number(digits)} END"
        found = {
            "learner": learner,
            "course": dialect.exact(f"CASE WHEN {is_archived} THEN {plain('course-v1:', 'ccx-v1:')} ELSE {course} END"),
            "number": f"CASE WHEN {is_archived} THEN {number} ELSE COALESCE(lc.active_number, 1) END",
            "rows": f"({begin} <> '{_ATTEMPT}' OR {has_number})",
            "is_active": f"CASE WHEN {is_archived} THEN false ELSE true END",
        }
        if block is not None:
            of_attempt = dialect.concat("'attempt-block-v1:'", f"SUBSTR({course}, {len(_ATTEMPT) + 1})", "'+'")
            of_course = plain("block-v1:", "ccx-block-v1:", "'+'")
            # Anywhere in it: the key of an aside has that of its block inside, in version 2 with colons escaped.
            replaced = f"REPLACE({block}, {of_attempt}, {of_course})"
            escaped = f"REPLACE({replaced}, REPLACE({of_attempt}, ':', '$:'), REPLACE({of_course}, ':', '$:'))"
            # Few keys are those of asides, and computing the escaped ones takes longer than all else.
            is_escaped = dialect.find(block, "'$:'") + " > 0"
            cases = f"WHEN NOT ({is_archived}) THEN {block} WHEN {is_escaped} THEN {escaped} ELSE {replaced}"
            found["block"] = dialect.exact(f"CASE {cases} END")
        return found

    return words


#: What tells whose attempt a row of the host belongs to. A learner who was never reset has no row of ours.
IDENTITY_JOIN = "\n  LEFT JOIN attempts_learnercourse lc ON lc.user_id = {learner} AND lc.course_key = {joined_course}"
