"""Everything that can be refused, each with a stable code and a sentence.

``code`` is part of the public contract: the REST API, the command line and the tests name errors by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar


class AttemptsError(Exception):
    """Base of all errors that attempts raises on purpose.

    Attributes:
        code: stable, machine-readable name of the kind of error.
        detail: a sentence for people: what is wrong and what to do.
    """

    code: ClassVar[str] = "error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class BadRequest(AttemptsError):
    """The caller's words are wrong, whatever the state of the learner."""


class NotFound(AttemptsError):
    """What the caller names does not exist."""


class Conflict(AttemptsError):
    """Another request stands in the way."""


class InvalidCourseKey(BadRequest):
    """The text or key is not that of a course that can have attempts."""

    code = "invalid_course_key"

    def __init__(self, course_key: Any) -> None:
        super().__init__(
            f"'{course_key}' is not the key of a course. Give a plain key, such as course-v1:Org+Course+Run."
        )


class DeprecatedCourseKey(BadRequest):
    """The course has a key of the old form, whose block keys do not name the run."""

    code = "deprecated_course_key"

    def __init__(self, course_key: Any) -> None:
        super().__init__(
            f"'{course_key}' is a deprecated course key. Its blocks do not name the run, so attempts of it cannot be "
            "told apart; only course-v1: and ccx-v1: courses can have attempts."
        )


class CommentTooLong(BadRequest):
    """The comment does not fit its column."""

    code = "comment_too_long"

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"The comment has {length} characters; at most {limit} are kept. Shorten it.")


class InvalidIdempotencyKey(BadRequest):
    """The idempotency key is empty or does not fit its column."""

    code = "invalid_idempotency_key"

    def __init__(self, limit: int) -> None:
        super().__init__(f"An idempotency key has 1 to {limit} characters, and no blanks at its ends.")


class UnknownOverride(BadRequest):
    """A reason to be overridden does not exist or must not be."""

    code = "unknown_override"

    def __init__(self, codes: Sequence[str], allowed: Sequence[str]) -> None:
        super().__init__(
            f"Cannot override {', '.join(sorted(codes))}. What can be overridden: {', '.join(sorted(allowed))}."
        )


class InvalidPolicy(BadRequest):
    """A policy cannot be what somebody wants it to be."""

    code = "invalid_policy"


class InvalidCursor(BadRequest):
    """A cursor that was not given with a page of this list in this order."""

    code = "invalid_cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is none of this list in this order. Begin again without one.")


class InvalidBlockKey(BadRequest):
    """The text or key is not that of a block of the course."""

    code = "invalid_block_key"

    def __init__(self, block_key: Any, course_key: Any) -> None:
        super().__init__(f"'{block_key}' is not the plain key of a block of {course_key}.")


class NotComparable(BadRequest):
    """Two attempts that are not two of one learner at one course."""

    code = "not_comparable"

    def __init__(self, first: Any, second: Any) -> None:
        super().__init__(f"{first} and {second} are not two attempts of one learner at one course. Name two that are.")


class LearnerNotFound(NotFound):
    """No account by that name."""

    code = "learner_not_found"

    def __init__(self, learner: Any) -> None:
        super().__init__(f"There is no learner '{learner}'. Give a username or an e-mail address.")


class CourseNotFound(NotFound):
    """No course by that key."""

    code = "course_not_found"

    def __init__(self, course_key: Any) -> None:
        super().__init__(f"There is no course {course_key}.")


class AttemptNotFound(NotFound):
    """No such attempt, or not one of this learner at this course."""

    code = "attempt_not_found"

    def __init__(self, attempt: Any, of: str = "") -> None:
        super().__init__(f"There is no attempt {attempt}{f' of {of}' if of else ''}.")


class OperationNotFound(NotFound):
    """No such operation."""

    code = "operation_not_found"

    def __init__(self, uuid: Any) -> None:
        super().__init__(f"There is no operation {uuid}.")


class FollowUpNotFound(NotFound):
    """No such follow-up of an operation."""

    code = "follow_up_not_found"

    def __init__(self, name: str, uuid: Any) -> None:
        super().__init__(f"Operation {uuid} has no follow-up '{name}'.")


class OperationInFlight(Conflict):
    """A switch of this learner at this course has been asked for and is not finished."""

    code = "operation_in_flight"

    def __init__(self, uuid: Any) -> None:
        self.uuid = uuid
        which = f"Operation {uuid}" if uuid else "Another operation"
        super().__init__(f"{which} for this learner and course is not finished. Wait for it, then ask again.")


class IdempotencyMismatch(Conflict):
    """The idempotency key was used for a different request."""

    code = "idempotency_mismatch"

    def __init__(self, uuid: Any) -> None:
        super().__init__(
            f"This idempotency key belongs to operation {uuid}, which asked for something else. Use a new key."
        )


class PolicyLocked(Conflict):
    """A wider policy decides a field for all narrower ones."""

    code = "policy_locked"

    def __init__(self, fields: Sequence[str], scope: str) -> None:
        super().__init__(f"The policy of the {scope} locks {', '.join(sorted(fields))}. It cannot be decided here.")


class GradeNotChosen(Conflict):
    """Somebody chooses the grade of record where the policy has another rule for it."""

    code = "grade_not_chosen"

    def __init__(self, course_key: Any, rule: str) -> None:
        super().__init__(
            f"The policy of {course_key} takes the grade of the {rule} attempt. Let it be chosen first: "
            "grade_of_record."
        )


class NotEligible(AttemptsError):
    """The switch is refused; the reasons say why.

    Attributes:
        reasons: every reason that applies; an error that is itself the only reason lists itself.
    """

    code = "not_eligible"
    #: Whether somebody with the right may go on in spite of this reason.
    overridable: ClassVar[bool] = True

    def __init__(self, detail: str, reasons: Sequence[NotEligible] = ()) -> None:
        super().__init__(detail)
        self.reasons: tuple[NotEligible, ...] = tuple(reasons) or (self,)


class NotEnrolled(NotEligible):
    """The learner has no active enrolment."""

    code = "not_enrolled"
    overridable = False

    def __init__(self) -> None:
        super().__init__("The learner is not enrolled in the course. Enrol the learner first.")


class CourseNotOptedIn(NotEligible):
    """No policy switches resets on for the course."""

    code = "course_not_opted_in"
    overridable = False

    def __init__(self) -> None:
        super().__init__("Resets are not switched on for this course. Switch them on in its policy.")


class CourseNotStarted(NotEligible):
    """The course's start lies ahead."""

    code = "course_not_started"

    def __init__(self, start: Any) -> None:
        super().__init__(f"The course has not started; it starts on {start:%Y-%m-%d %H:%M} UTC.")


class CourseEnded(NotEligible):
    """The course's end is past."""

    code = "course_ended"

    def __init__(self, end: Any) -> None:
        super().__init__(f"The course ended on {end:%Y-%m-%d %H:%M} UTC.")


class WrongPacing(NotEligible):
    """The policy is for courses of another pacing."""

    code = "wrong_pacing"

    def __init__(self, pacing: str) -> None:
        super().__init__(f"The policy lets learners be reset in {pacing.replace('_', '-')} courses only.")


class LearnerPassing(NotEligible):
    """The attempt to be put away has a passing grade."""

    code = "learner_passing"

    def __init__(self, number: int) -> None:
        super().__init__(f"The learner has a passing grade in attempt {number}.")


class ResetLimitReached(NotEligible):
    """The policy's number of resets is used up."""

    code = "reset_limit_reached"

    def __init__(self, used: int, limit: int) -> None:
        super().__init__(f"The learner was reset {used} of {limit} times allowed.")


class CertificateIssued(NotEligible):
    """The learner holds a certificate that the switch would put in doubt."""

    code = "certificate_issued"

    def __init__(self, status: str) -> None:
        super().__init__(f"The learner has a certificate for this course (status: {status}).")


class WorkedSince(NotEligible):
    """There is work in the attempt that would be put away."""

    code = "worked_since"

    def __init__(self, number: int, rows: int) -> None:
        super().__init__(
            f"The learner has worked in attempt {number} ({rows} records). It would be archived, not lost; "
            "override this reason to go on."
        )


class NothingToUndo(NotEligible):
    """No completed operation to take back."""

    code = "nothing_to_undo"
    overridable = False

    def __init__(self) -> None:
        super().__init__("There is nothing to undo: no reset, undo or activation was completed.")


class RequestedByOthers(NotEligible):
    """A learner wants to take back what somebody else did."""

    code = "requested_by_others"
    overridable = False

    def __init__(self) -> None:
        super().__init__("The last operation was not asked for by the learner. Only staff can undo it.")


class AlreadyActive(NotEligible):
    """The attempt to be activated is the active one."""

    code = "already_active"
    overridable = False

    def __init__(self, number: int) -> None:
        super().__init__(f"Attempt {number} is the active one already.")


class KeyTooLong(NotEligible):
    """A key of the learner would outgrow its column."""

    code = "key_too_long"
    overridable = False

    def __init__(self, table: str, column: str, row: Any, limit: int) -> None:
        super().__init__(
            f"Row {row} of {table}: the key in {column} would be longer than the {limit} characters the column holds."
        )


class StoreElsewhere(NotEligible):
    """A table of attempts is in another database, which the transaction of a switch does not reach."""

    code = "store_elsewhere"
    overridable = False

    def __init__(self, table: str, database: str) -> None:
        super().__init__(
            f"{table} is kept in another database ('{database}'), so a switch could not be all or nothing. An operator "
            "leaves it out of ATTEMPTS_STORES, or keeps both in one database."
        )


class ExamSitting(NotEligible):
    """The learner has sat a timed or proctored exam of the course."""

    code = "exam_sitting"

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"The learner has {rows} sittings or reviews of timed or proctored exams in this course. They stay as they "
            "are, so an exam that was submitted stays submitted. A review that comes later counts in the new attempt: "
            "a rejection sets its grade of that exam to zero and revokes the certificate. Override this reason to go "
            "on."
        )


class TeamWork(NotEligible):
    """The learner has handed in work with a team."""

    code = "team_work"

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"The learner has {rows} submissions or files of a team in this course. What belongs to the team stays, "
            "for all its members; override this reason to go on."
        )


class FilesUploaded(NotEligible):
    """The learner has uploaded files to open responses, which uploads in a new attempt would overwrite."""

    code = "files_uploaded"
    overridable = False

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"The learner has uploaded files to open responses ({rows} answers or drafts). A file uploaded in another "
            "attempt would take the same name and overwrite them, so the attempt cannot be archived."
        )


class CreditGranted(NotEligible):
    """The learner is eligible for academic credit, or has asked for it."""

    code = "credit_granted"

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"The learner is eligible for academic credit for this course or has asked for it ({rows} records). That "
            "stays as it is; override this reason to go on."
        )


class Vetoed(NotEligible):
    """The site's own code refuses the switch."""

    code = "vetoed"
    overridable = False

    def __init__(self, code: str, detail: str) -> None:
        rule = f"A rule of this site ({_one_line(code, 64)})" if code else "A rule of this site"
        sentence = f": {_one_line(detail, 500)}" if detail.strip() else "."
        super().__init__(f"{rule} refuses the switch{sentence}")


class VetoUnknown(NotEligible):
    """The site's own code failed, and the site wants no switch that it was not asked about."""

    code = "veto_unknown"
    overridable = False

    def __init__(self) -> None:
        super().__init__("A rule of this site could not be asked, so the switch is refused. Its log has the details.")


class OperationFailed(AttemptsError):
    """An operation that was waited for did not succeed."""

    code = "operation_failed"


class RowsInTheWay(AttemptsError):
    """Rows lie under the keys that the active attempt would be archived by, and cannot be moved."""

    code = "rows_in_the_way"

    def __init__(self, details: Sequence[str], count: int) -> None:
        more = f" There are {count} such rows; `manage.py attempts sweep` names all." if count > len(details) else ""
        super().__init__(" ".join(details) + more)


class DeletionRefused(AttemptsError):
    """Somebody tried to delete what is kept for ever."""

    code = "deletion_refused"

    def __init__(self, model: str) -> None:
        super().__init__(f"{model} rows are never deleted.")


class AttemptArchived(AttemptsError):
    """Somebody tried to write to an archived attempt."""

    code = "attempt_archived"

    def __init__(self, number: int) -> None:
        super().__init__(f"Attempt {number} is archived and cannot be written to. Activate it first.")


class AttemptActive(AttemptsError):
    """What was asked for makes sense for an archived attempt only."""

    code = "attempt_active"

    def __init__(self, uuid: Any) -> None:
        super().__init__(f"Attempt {uuid} is active. Only an archived attempt can be brought back on trial.")


class NotInStudio(AttemptsError):
    """Studio does not have all the tables of learners."""

    code = "not_in_studio"

    def __init__(self) -> None:
        super().__init__(
            "This is Studio, which does not have all the tables of learners. Do it with the LMS's manage.py, or let "
            "one of the LMS's workers do it."
        )


def _one_line(text: str, limit: int) -> str:
    """What others say, fit for a sentence and for every database."""
    return " ".join(text.replace("\x00", "").split())[:limit]


class KeysRestored(NotEligible):
    """The keys of archived attempts are in the bare form, for an uninstall."""

    code = "keys_restored"
    overridable = False

    def __init__(self) -> None:
        super().__init__(
            "The keys of archived attempts are in the form for a platform without attempts. An operator brings them "
            "back with: manage.py attempts restore-keys --back."
        )


class RestorationRefused(AttemptsError):
    """The keys of archived attempts cannot be brought to another form now."""

    code = "restoration_refused"
