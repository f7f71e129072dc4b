"""The closed list of error codes: what each means, and the status it comes with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ErrorCode:
    """One kind of error.

    Attributes:
        status: the HTTP status.
        meaning: a sentence for the docs.
        detail: an example of what is said about it.
    """

    status: int
    meaning: str
    detail: str

    def example(self, code: str) -> dict[str, Any]:
        """Return what a response looks like."""
        body: dict[str, Any] = {"code": code, "detail": self.detail}
        if code == "not_eligible":
            body["reasons"] = [{"code": "learner_passing", "detail": self.detail}]
        return body


ERROR_CODES: Mapping[str, ErrorCode] = {
    "invalid_request": ErrorCode(
        400, "A word of the request is missing, unknown or wrong; it is named.", "kind: This field is required."
    ),
    "invalid_course_key": ErrorCode(
        400,
        "Not the plain key of a course.",
        "'attempt-v1:Org+Course+Run+attempt@1' is not the key of a course. Give a plain key, such as "
        "course-v1:Org+Course+Run.",
    ),
    "deprecated_course_key": ErrorCode(
        400,
        "A key of the old form; such courses cannot have attempts.",
        "'Org/Course/Run' is a deprecated course key. Its blocks do not name the run, so attempts of it cannot be told "
        "apart; only course-v1: and ccx-v1: courses can have attempts.",
    ),
    "invalid_block_key": ErrorCode(
        400,
        "Not the plain key of a block of the attempt's course.",
        "'block-v1:Other+C+R+type@problem+block@p1' is not the plain key of a block of course-v1:Org+Course+Run.",
    ),
    "not_comparable": ErrorCode(
        400,
        "Two attempts that are not two of one learner at one course.",
        "0d1c3a5e-7b2f-5c4d-9e8f-1a2b3c4d5e6f and 9f8e7d6c-5b4a-5f3e-8d2c-1b0a9f8e7d6c are not two attempts of one "
        "learner at one course. Name two that are.",
    ),
    "invalid_cursor": ErrorCode(
        400,
        "A cursor of another list or order.",
        "This cursor is none of this list in this order. Begin again without one.",
    ),
    "invalid_idempotency_key": ErrorCode(
        400,
        "The idempotency key is empty or too long.",
        "An idempotency key has 1 to 255 characters, and no blanks at its ends.",
    ),
    "comment_too_long": ErrorCode(
        400, "The comment does not fit.", "The comment has 300 characters; at most 255 are kept. Shorten it."
    ),
    "unknown_override": ErrorCode(
        400,
        "A reason to be overridden does not exist, or cannot be overridden.",
        "Cannot override not_enrolled. What can be overridden: course_ended, learner_passing.",
    ),
    "invalid_policy": ErrorCode(
        400, "A policy cannot be that.", "max_resets is a number from 0, or unlimited, not '-1'."
    ),
    "invalid_export": ErrorCode(
        400,
        "An export is asked for in words that make no sense together.",
        "A course and an organisation are named. Name one of them.",
    ),
    "format_unavailable": ErrorCode(
        400,
        "Files of this format cannot be written here.",
        "Files of the format parquet need pyarrow, which is not installed here. Install openedx-attempts[analysis], or "
        "choose another format.",
    ),
    "not_authenticated": ErrorCode(
        401, "Nobody is logged in, or the token is no good.", "Authentication credentials were not provided."
    ),
    "permission_denied": ErrorCode(
        403,
        "The caller may not do this here. Also: an account that is not active, a session without its CSRF token.",
        "This needs the permission reset in course-v1:Org+Course+Run.",
    ),
    "override_not_permitted": ErrorCode(
        403,
        "The caller may ask for the switch, but not override these reasons.",
        "Overriding learner_passing needs a role on the whole site. Ask support.",
    ),
    "learner_not_found": ErrorCode(
        404,
        "No account by that name, or none that the caller may see.",
        "There is no learner 'nobody'. Give a username or an e-mail address.",
    ),
    "course_not_found": ErrorCode(404, "No course by that key.", "There is no course course-v1:Org+Course+Run."),
    "attempt_not_found": ErrorCode(
        404,
        "No such attempt, or none that the caller may see.",
        "There is no attempt f2b8c1de-0000-5000-8000-000000000000.",
    ),
    "operation_not_found": ErrorCode(
        404,
        "No such operation, or none that the caller may see.",
        "There is no operation 6f1c9a52-0000-4000-8000-000000000000.",
    ),
    "export_not_found": ErrorCode(
        404,
        "No such export of the caller's, or none with a file.",
        "There is no export 3b9d2f10-0000-4000-8000-000000000000 to fetch.",
    ),
    "not_found": ErrorCode(404, "No such address.", "There is nothing at /api/attempts/v1/learner/. See schema/."),
    "method_not_allowed": ErrorCode(
        405, "The address does not take this method; nothing can be deleted.", 'Method "DELETE" not allowed.'
    ),
    "not_acceptable": ErrorCode(
        406, "The caller accepts no form that there is.", "Could not satisfy the request Accept header."
    ),
    "operation_in_flight": ErrorCode(
        409,
        "Another operation on this learner and course has not ended.",
        "Operation 6f1c9a52-0000-4000-8000-000000000000 for this learner and course is not finished. Wait for it, then "
        "ask again.",
    ),
    "grade_not_chosen": ErrorCode(
        409,
        "The policy has another rule for the grade of record than that staff choose it.",
        "The policy of course-v1:Org+Course+Run takes the grade of the best attempt. Let it be chosen first: "
        "grade_of_record.",
    ),
    "export_ended": ErrorCode(
        409,
        "An export that has ended cannot be canceled.",
        "Export 3b9d2f10-6c7e-4a8b-9d0c-1e2f3a4b5c6d has ended: it is complete.",
    ),
    "export_expired": ErrorCode(
        409,
        "The file of an export is not kept any more.",
        "The file of export 3b9d2f10-6c7e-4a8b-9d0c-1e2f3a4b5c6d is not kept any more. Ask for a new export.",
    ),
    "exports_not_configured": ErrorCode(
        409,
        "This site has no place for the files of exports.",
        "This site has no place for the files of exports. An operator sets ATTEMPTS_EXPORT_STORAGE, or writes the "
        "export with: manage.py attempts export.",
    ),
    "idempotency_mismatch": ErrorCode(
        409,
        "The idempotency key was used for something else.",
        "This idempotency key belongs to operation 6f1c9a52-0000-4000-8000-000000000000, which asked for something "
        "else. Use a new key.",
    ),
    "policy_locked": ErrorCode(
        409,
        "A wider policy decides this field for all.",
        "The policy of the instance locks max_resets. It cannot be decided here.",
    ),
    "body_too_large": ErrorCode(413, "The body is too long.", "The body of a request has at most 65536 bytes."),
    "unsupported_media_type": ErrorCode(
        415, "The body is neither JSON nor a form.", 'Unsupported media type "application/xml" in request.'
    ),
    "not_eligible": ErrorCode(
        422,
        "Something stands against the switch; `reasons` has all of it.",
        "The learner has a passing grade in attempt 1.",
    ),
    "throttled": ErrorCode(
        429,
        "Too many writes; `Retry-After` says for how long to wait.",
        "Request was throttled. Expected available in 12 seconds.",
    ),
    "database_unavailable": ErrorCode(
        503,
        "The database is away, or a lock was not to be had; `Retry-After` says when to ask again.",
        "The database did not answer. Ask again; with the same idempotency key nothing is done twice.",
    ),
}
