"""What our own tables hold: attempts, and the operations that made them."""

from __future__ import annotations

from collections.abc import Mapping

from attempts.datasets.columns import Column, ColumnType
from attempts.datasets.dataset import Dataset
from attempts.datasets.dialects import Dialect, uuid_text


def _frozen(name: str, type_: ColumnType, meaning: str, column: str) -> Column:
    """A column of the summary, which is out of date while the attempt is active."""
    sql = f"CASE WHEN a.number = lc.active_number THEN NULL ELSE a.{column} END"
    return Column(name, type_, f"{meaning}; none while it is active", sql, is_optional=True)


def _attempt_words(dialect: Dialect) -> Mapping[str, str]:
    return {"uuid": uuid_text(dialect, "a.uuid")}


ATTEMPTS = Dataset(
    name="attempts",
    meaning="The attempts of learners who were ever reset. A learner who never was has attempt 1, and no row here.",
    model="attempts.AttemptContext",
    columns=(
        Column("learner", "integer", "whose: a user id; in exports a pseudonym, as text", "lc.user_id", is_person=True),
        Column("course_key", "text", "the plain key of the course", "a.course_key"),
        Column("attempt_number", "integer", "which attempt of the learner at the course, from 1", "a.number"),
        Column("is_active", "boolean", "whether it is the learner's active attempt", "(a.number = lc.active_number)"),
        Column(
            "attempt_uuid",
            "text",
            "its uuid, in xAPI the registration; in exports without identities a keyed hash",
            "{uuid}",
            is_handle=True,
        ),
        Column("org", "text", "the organisation of the course", "a.org"),
        Column("opened_at", "timestamp", "when it began; none if unknown", "a.opened_at", is_optional=True),
        _frozen("archived_at", "timestamp", "when it was last archived", "archived_at"),
        _frozen(
            "percent_grade",
            "float",
            "the course grade when it was archived, 0.0 to 1.0; none if there was none",
            "percent_grade",
        ),
        _frozen("letter_grade", "text", "the letter of that grade; empty if failing or none", "letter_grade"),
        _frozen("passed", "boolean", "whether that grade was passing; none if there was none", "passed"),
        _frozen("completed_blocks", "integer", "blocks that were completed then", "completed_blocks"),
        _frozen(
            "completion_ratio",
            "float",
            "completed by completable blocks, 0.0 to 1.0; none if unknown",
            "completion_ratio",
        ),
    ),
    source="attempts_attemptcontext a\n  JOIN attempts_learnercourse lc ON lc.id = a.learner_course_id",
    learner="lc.user_id",
    course="a.course_key",
    words=_attempt_words,
)


def _operation_words(dialect: Dialect) -> Mapping[str, str]:
    aliases = {"uuid": "r", "from_uuid": "f", "to_uuid": "t", "undone_uuid": "u"}
    texts = {name: uuid_text(dialect, f"{alias}.uuid") for name, alias in aliases.items()}
    # Of a row that is not there it is no text with hyphens alone, whatever the engine makes of nothing in a text.
    return {
        name: text if alias == "r" else f"CASE WHEN {alias}.id IS NULL THEN NULL ELSE {text} END"
        for (name, text), alias in zip(texts.items(), aliases.values(), strict=True)
    }


OPERATIONS = Dataset(
    name="operations",
    meaning="Every switch that was ever asked for, and what became of it.",
    model="attempts.AttemptOperation",
    columns=(
        Column(
            "learner", "integer", "whose: a user id; in exports a pseudonym, as text", "r.learner_id", is_person=True
        ),
        Column("course_key", "text", "the plain key of the course", "r.course_key"),
        Column(
            "operation_uuid",
            "text",
            "its uuid; in exports without identities a keyed hash, as the other uuids",
            "{uuid}",
            is_handle=True,
        ),
        Column("org", "text", "the organisation of the course", "r.org"),
        Column("kind", "text", "reset, undo or activate", "r.kind"),
        Column("status", "text", "enqueued, in_progress, complete or failed", "r.status"),
        Column("from_number", "integer", "the attempt it archived; none unless complete", "f.number", is_optional=True),
        Column("from_uuid", "text", "its uuid", "{from_uuid}", is_handle=True, is_optional=True),
        Column("to_number", "integer", "the attempt it made active; none as above", "t.number", is_optional=True),
        Column("to_uuid", "text", "its uuid", "{to_uuid}", is_handle=True, is_optional=True),
        Column(
            "undone_uuid",
            "text",
            "the operation that an undo took back",
            "{undone_uuid}",
            is_handle=True,
            is_optional=True,
        ),
        Column(
            "requested_by",
            "integer",
            "who asked, as learner; none for the system",
            "r.requested_by_id",
            is_person=True,
            is_optional=True,
        ),
        Column(
            "comment",
            "text",
            "why, in the words of whoever asked; in exports none without identities",
            "r.comment",
            is_personal=True,
            is_optional=True,
        ),
        Column("error_code", "text", "why it failed; empty if it did not", "r.error_code"),
        Column("created_at", "timestamp", "when it was asked for", "r.created"),
        Column("started_at", "timestamp", "when a worker began; none before", "r.started_at", is_optional=True),
        Column("completed_at", "timestamp", "when it ended; none before", "r.completed_at", is_optional=True),
    ),
    source="attempts_attemptoperation r\n"
    "  LEFT JOIN attempts_attemptcontext f ON f.id = r.from_attempt_id\n"
    "  LEFT JOIN attempts_attemptcontext t ON t.id = r.to_attempt_id\n"
    "  LEFT JOIN attempts_attemptoperation u ON u.id = r.undoes_id",
    learner="r.learner_id",
    course="r.course_key",
    words=_operation_words,
    has_attempts=False,
)
