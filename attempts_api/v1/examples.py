"""Examples of requests and responses, for the schema. They fit the shapes, which a test holds."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

#: What the examples speak of; the paths' parameters have the same.
LEARNER_NAME = "amira"
ORG = "OpenAttempts"
COURSE = f"course-v1:{ORG}+Tides+2026"
_ROOT = "https://lms.example.com/api/attempts/v1"
ATTEMPT_UUID = "0d1c3a5e-7b2f-5c4d-9e8f-1a2b3c4d5e6f"
OTHER_UUID = "9f8e7d6c-5b4a-5f3e-8d2c-1b0a9f8e7d6c"
EXPORT_UUID = "3b9d2f10-6c7e-4a8b-9d0c-1e2f3a4b5c6d"
OPERATION_UUID = "6f1c9a52-3d4e-4f5a-8b6c-7d8e9f0a1b2c"


def _response(name: str, value: Any, status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


def _request(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _page(*results: Any, **more: Any) -> dict[str, Any]:
    return {"next": None, "previous": None, **more, "results": list(results)}


def _own(attempt: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attempt.items() if name not in ("url", "learner", "course_id", "proof")}


_ARCHIVED = {
    "uuid": ATTEMPT_UUID,
    "url": f"{_ROOT}/attempts/{ATTEMPT_UUID}/",
    "learner": LEARNER_NAME,
    "course_id": COURSE,
    "number": 1,
    "state": "archived",
    "opened_at": "2026-03-02T08:00:00Z",
    "archived_at": "2026-05-11T14:21:07.512000Z",
    "summary": {
        "percent_grade": 0.34,
        "letter_grade": "",
        "passed": False,
        "completed_blocks": 17,
        "completion_ratio": 0.45,
        "rows": {"courseware_studentmodule": 29, "completion_blockcompletion": 17},
    },
    "proof": {
        "checked_at": "2026-05-11T14:31:12.048000Z",
        "restorable": True,
        "problem": "",
        "made_at": "2026-05-11T14:31:12.048000Z",
        "changed": [],
    },
}
_ACTIVE = {
    **_ARCHIVED,
    "uuid": OTHER_UUID,
    "url": f"{_ROOT}/attempts/{OTHER_UUID}/",
    "number": 2,
    "state": "active",
    "opened_at": "2026-05-11T14:21:07.512000Z",
    "archived_at": None,
    "summary": None,
    "proof": None,
}
_PASSING = {"code": "learner_passing", "detail": "The learner has a passing grade in attempt 2.", "overridable": True}
_ELIGIBILITY = {"kind": "reset", "eligible": False, "reasons": [_PASSING], "resets_used": 1, "resets_left": 2}
_OWN = {
    "uuid": OPERATION_UUID,
    "url": f"{_ROOT}/me/operations/{OPERATION_UUID}/",
    "kind": "reset",
    "course_id": COURSE,
    "status": "enqueued",
    "created": "2026-05-11T14:21:06.900000Z",
    "started_at": None,
    "completed_at": None,
    "from_number": None,
    "to_number": None,
}
_ENQUEUED = {
    **_OWN,
    "url": f"{_ROOT}/operations/{OPERATION_UUID}/",
    "learner": LEARNER_NAME,
    "requested_by": "support",
    "role": "support",
    "client": "jwt",
    "request_id": "7c0e6f1a",
    "comment": "Was ill; ticket 4711",
    "overridden": [],
    "from_attempt": None,
    "to_attempt": None,
    "undoes": None,
    "error": None,
    "stores": [
        {"store": "courseware_studentmodule", "label": "Block states", "status": "waiting", "moved": None},
        {"store": "completion_blockcompletion", "label": "Block completions", "status": "waiting", "moved": None},
    ],
    "follow_ups": [],
}
_MOVED = {"archived": 29, "restored": 0, "foreign": 0}
_DONE = {
    **_ENQUEUED,
    "status": "complete",
    "started_at": "2026-05-11T14:21:07.400000Z",
    "completed_at": "2026-05-11T14:21:07.512000Z",
    "from_number": 1,
    "to_number": 2,
    "from_attempt": ATTEMPT_UUID,
    "to_attempt": OTHER_UUID,
    "stores": [{"store": "courseware_studentmodule", "label": "Block states", "status": "done", "moved": _MOVED}],
    "follow_ups": [
        {
            "name": "event_archived",
            "status": "done",
            "tries": 1,
            "due": "2026-05-11T14:21:07.512000Z",
            "ended_at": "2026-05-11T14:21:07.630000Z",
            "error": None,
        }
    ],
}
_STANDING = {"course_id": COURSE, "display_name": "Tides", "is_enrolled": True, "eligibility": _ELIGIBILITY}
_BLOCK = "block-v1:OpenAttempts+Tides+2026+type@problem+block@quiz-half"
_SUBSECTION = "block-v1:OpenAttempts+Tides+2026+type@sequential+block@quiz"
_FROZEN = {"percent_grade": 0.34, "letter_grade": "", "passed": False}
_OWN_OF_RECORD = {"rule": "chosen", "number": 1, "grade": _FROZEN}
_CHOICE = {
    "number": 1,
    "uuid": ATTEMPT_UUID,
    "chosen_by": "support",
    "chosen_at": "2026-06-01T09:30:00Z",
    "comment": "Appeal granted",
}
_OF_RECORD = {**_OWN_OF_RECORD, "origin": "org", "uuid": ATTEMPT_UUID, "choice": _CHOICE}
_OWN_VALUES = {
    "active": True,
    "max_resets": 3,
    "require_started": "inherit",
    "require_not_ended": "inherit",
    "require_not_passing": "inherit",
    "pacing": "self_paced",
    "protect_passing": "inherit",
    "protect_new_work": "inherit",
    "certificates": "inherit",
    "experiments": "inherit",
    "schedule": "inherit",
    "course_team_may_reset": "inherit",
    "learner_may_reset": "inherit",
    "notify_learner": "inherit",
    "grade_of_record": "inherit",
}
_POLICY = {
    "url": f"{_ROOT}/policies/orgs/{ORG}/",
    "scope": "org",
    "org": ORG,
    "course_id": "",
    "own": _OWN_VALUES,
    "locked": ["max_resets"],
    "from_course_settings": [],
}

LEARNER = _response(
    "a learner",
    {
        "username": LEARNER_NAME,
        "email": "amira@example.com",
        "name": "Amira Haddad",
        "courses": [
            {
                **_STANDING,
                "attempts": 2,
                "active_attempt": _ACTIVE,
                "undo_to": 1,
                "last_operation": _DONE,
                "grade": None,
                "grade_of_record": _OF_RECORD,
            }
        ],
    },
)
ATTEMPTS = _response("attempts", _page(_ACTIVE, _ARCHIVED))
ATTEMPT = _response("an archived attempt", _ARCHIVED)
STATES = _response(
    "states",
    _page(
        {
            "block_id": _BLOCK,
            "block_type": "problem",
            "state": {"attempts": 2, "student_answers": {"quiz-half_2_1": "choice_1"}},
            "score": 1.0,
            "max_score": 2.0,
            "unreadable": None,
            "created": "2026-03-04T10:12:00Z",
            "modified": "2026-03-04T10:15:31.201000Z",
        }
    ),
)
_SUBSECTION_GRADE = {
    "block_id": _SUBSECTION,
    "earned_all": 1.0,
    "possible_all": 6.0,
    "earned_graded": 1.0,
    "possible_graded": 6.0,
    "first_attempted": "2026-03-04T10:15:31.201000Z",
    "modified": "2026-03-04T10:15:33Z",
    "override": None,
}
_COURSE_GRADE = {
    "percent_grade": 0.34,
    "letter_grade": "",
    "passed": False,
    "passed_timestamp": None,
    "modified": "2026-05-10T09:00:00Z",
}
GRADES = _response("grades", _page(_SUBSECTION_GRADE, course=_COURSE_GRADE))
COMPLETION = _response(
    "completion",
    _page({"block_id": _BLOCK, "block_type": "problem", "completion": 1.0, "modified": "2026-03-04T10:15:31.201000Z"}),
)
GRADE_OF_RECORD = _response("chosen by staff", {**_OF_RECORD, "choices": [_CHOICE]})
GRADE_CHOSEN = _response("chosen now", {**_OF_RECORD, "choices": [_CHOICE]}, 201)
GRADE_CHOICE = _request("a choice", {"comment": "Appeal granted"})
_RECORD = {
    "score": 1.0,
    "max_score": 2.0,
    "tries": 2,
    "completion": 1.0,
    "first_activity": "2026-03-04T10:12:00Z",
    "last_activity": "2026-03-04T10:15:31.201000Z",
}
_LATER = {"first_activity": "2026-05-12T16:40:00Z", "last_activity": "2026-05-12T16:44:10.500000Z"}
COMPARISON = _response(
    "two attempts",
    {
        "first": _ARCHIVED,
        "second": _ACTIVE,
        "first_grade": _COURSE_GRADE,
        "second_grade": None,
        "change": None,
        "subsections": [{"block_id": _SUBSECTION, "first": _SUBSECTION_GRADE, "second": None, "change": None}],
        "blocks": [
            {
                "block_id": _BLOCK,
                "block_type": "problem",
                "first": _RECORD,
                "second": {**_RECORD, "score": 2.0, "tries": 1, **_LATER},
                "change": 0.5,
                "answer_changed": True,
            }
        ],
    },
)
_SPREAD = {"count": 40, "lower": 0.25, "median": 0.4, "upper": 0.55}
RETAKES = _response(
    "for a wide audience",
    {
        "course_id": COURSE,
        "made_at": "2026-06-01T06:00:00Z",
        "minimum": 10,
        "learners": 50,
        "retaking": 40,
        "attempts": [{"attempts": 2, "learners": 40}],
        "period": "month",
        "resets": [{"begins": "2026-05-01", "resets": 40, "learners": 40}],
        "numbers": [{"number": 1, "attempts": 50, "passed": 10, "grade": _SPREAD, "completion": None}],
        "days_between": {"count": 40, "lower": 31.0, "median": 70.0, "upper": 92.0},
        "of_record": {"rule": "best", "passed": 20, "grade": _SPREAD},
        "subsections": [{"block_id": _SUBSECTION, "first": _SPREAD, "latest": _SPREAD, "change": _SPREAD}],
    },
)
OPERATIONS = _response("operations", _page(_DONE))
OPERATION = _response("a completed reset", _DONE)
ENQUEUED = _response("accepted", _ENQUEUED, 202)
RESET_REQUEST = _request(
    "reset", {"kind": "reset", "learner": LEARNER_NAME, "course_id": COURSE, "comment": "Was ill; ticket 4711"}
)
ACTIVATE_REQUEST = _request(
    "activate", {"kind": "activate", "attempt": ATTEMPT_UUID, "comment": "Appeal", "override": ["worked_since"]}
)
PREVIEW_REQUEST = _request("preview of an undo", {"kind": "undo", "learner": LEARNER_NAME, "course_id": COURSE})
PREVIEW = _response(
    "what an undo would do",
    {
        "kind": "undo",
        "learner": LEARNER_NAME,
        "course_id": COURSE,
        "from_number": 2,
        "to_number": 1,
        "eligible": False,
        "reasons": [_PASSING],
        "resets_used": 1,
        "resets_left": 2,
        "stores": [
            {
                "archived": 31,
                "restored": 29,
                "foreign": 0,
                "store": "courseware_studentmodule",
                "label": "Block states",
                "reasons": [],
            }
        ],
        "stays": [
            {
                "table": "student_courseenrollment",
                "label": "Enrolment",
                "rows": 1,
                "detail": "The learner stays enrolled.",
            }
        ],
    },
)
OWN_ATTEMPTS = _response(
    "one's own attempts",
    {
        "courses": [
            {
                **_STANDING,
                "attempts": [_own(_ARCHIVED), _own(_ACTIVE)],
                "may_reset": False,
                "may_undo": False,
                "last_operation": _OWN,
                "grade": None,
                "grade_of_record": _OWN_OF_RECORD,
            }
        ]
    },
)
OWN_REQUEST = _request("a fresh start", {"kind": "reset", "course_id": COURSE, "comment": "I was ill."})
OWN_OPERATION = _response("one's own operation", _OWN)
OWN_ACCEPTED = _response("accepted", _OWN, 202)
POLICIES = _response("policies", _page(_POLICY))
POLICY = _response(
    "the policy of an organisation",
    {
        **_POLICY,
        "effective": [
            {"field": "active", "value": True, "origin": "org", "locked_by": None},
            {"field": "max_resets", "value": 3, "origin": "org", "locked_by": "org"},
        ],
        "course_settings": None,
    },
)
POLICY_WORDS = _request("three resets", {"active": True, "max_resets": 3, "locked": ["max_resets"]})
POLICY_HISTORY = _response(
    "history",
    _page(
        {
            "changed_at": "2026-01-15T09:30:00Z",
            "changed_by": "admin",
            "role": "is_superuser",
            "client": "session",
            "request_id": "7c0e6f1a",
            "own": _OWN_VALUES,
            "locked": ["max_resets"],
            "from_course_settings": [],
        }
    ),
)
_EXPORT = {
    "uuid": EXPORT_UUID,
    "url": f"{_ROOT}/exports/{EXPORT_UUID}/",
    "status": "complete",
    "course_id": COURSE,
    "org": "",
    "learner": None,
    "datasets": ["attempts", "states"],
    "format": "parquet",
    "identities": False,
    "created": "2026-05-11T15:00:00Z",
    "started_at": "2026-05-11T15:00:00.420000Z",
    "completed_at": "2026-05-11T15:00:03.210000Z",
    "expires_at": "2026-05-18T15:00:03.210000Z",
    "progress": {"learners": 412, "of_learners": 412},
    "rows": {"attempts": 96, "states": 14_820},
    "bytes": 1_048_576,
    "error": None,
    "file_url": f"{_ROOT}/exports/{EXPORT_UUID}/file/?signature=1wYz3K:Xo0m6cGdHwYq0V3V5l2nQ0kq8B1bqgqgS8pD2n1yT1k",
}
_WAITING = {
    **_EXPORT,
    "status": "enqueued",
    "started_at": None,
    "completed_at": None,
    "expires_at": None,
    "progress": {"learners": 0, "of_learners": None},
    "rows": {},
    "bytes": None,
    "file_url": None,
}
EXPORT_REQUEST = _request(
    "attempts and states of a course", {"course_id": COURSE, "datasets": ["attempts", "states"], "format": "parquet"}
)
EXPORT_ENQUEUED = _response("enqueued", _WAITING, 202)
EXPORT = _response("complete", _EXPORT)
EXPORT_CANCELED = _response("canceled", {**_WAITING, "status": "canceled", "completed_at": "2026-05-11T15:00:01Z"})
EXPORTS = _response("one's exports", _page(_EXPORT))
