"""The checker itself: it finds nothing in a sound state, and each way of breaking a promise when it is broken."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.checker import KNOWN_CODES, check, check_untouched
from tests.faults.model import Chain, Expected, Request, Row, Unsure, Write, follow_all
from tests.faults.state import Found, Placed, placed, plain_key

LEARNER, LOOKALIKE = 7, 8
COURSE, OTHER = "course-v1:Org+Course+Run", "course-v1:Org+Course+Run2"
STATE, ITEM, SUBMISSION = "courseware_studentmodule", "submissions_studentitem", "submissions_submission"
HISTORY = "courseware_studentmodulehistory"


def state(pk: int, token: int, course: str = COURSE, attempt: int | None = None, user: int = LEARNER) -> Placed:
    """A state of block ``b{pk}``, as the tables hold it."""
    prefix, suffix = ("attempt-", f"+attempt@{attempt}") if attempt else ("", "")
    key = course.replace("course-v1:", f"{prefix}v1:" if attempt else "course-v1:") + suffix
    block = f"{prefix}block-v1:{course.removeprefix('course-v1:')}{suffix}+type@problem+block@b{pk}"
    row = {"id": pk, "student_id": user, "course_id": key, "module_id": block, "state": f'{{"token": {token}}}'}
    return placed(STATE, row)


def operation(pk: int, kind: str, from_number: int, to_number: int, **words: Any) -> dict[str, Any]:
    """A completed operation."""
    rows = {"id": pk, "uuid": f"{pk:032x}", "kind": kind, "status": "complete", "in_flight": None, "error_code": ""}
    numbers = {"from_number": from_number, "to_number": to_number, "course_key": COURSE, "error": ""}
    moved = '{"courseware_studentmodule": {"archived": 2, "restored": 0, "foreign": 0}}'
    return {**rows, **numbers, "idempotency_key": f"1:key{pk}", "rows": moved, **words}


@pytest.fixture
def expected() -> Expected:
    """A learner with two states in attempt 1, who was reset and has written one in attempt 2."""
    found = Expected(1, LEARNER, "a" * 32, COURSE)
    for pk, token, attempt in ((1, 11, 1), (2, 12, 1), (3, 13, 2)):
        found.rows[STATE, pk] = Row({attempt}, [Write(token, pk, pk, state(pk, token).image)])
    found.untouched[STATE, 9] = state(9, 1, OTHER).image
    found.untouched[HISTORY, 1] = {"id": 1, "student_module_id": 1, "state": "old"}
    found.requests.append(Request("key1", "reset", uuid=f"{1:032x}"))
    return found


@pytest.fixture
def found() -> Found:
    """What the tables hold of that learner, and of one whose name looks alike."""
    return Found(
        rows={
            LEARNER: {
                (STATE, 1): state(1, 11, attempt=1),
                (STATE, 2): state(2, 12, attempt=1),
                (STATE, 3): state(3, 13),
                (STATE, 9): state(9, 1, OTHER),
            },
            LOOKALIKE: {(STATE, 4): state(4, 1, user=LOOKALIKE)},
        },
        hanging={
            LEARNER: {(HISTORY, 1): ((STATE, 1), {"id": 1, "student_module_id": 1, "state": "old"})},
            LOOKALIKE: {},
        },
        others={LEARNER: {}, LOOKALIKE: {}},
        operations={LEARNER: [operation(1, "reset", 1, 2)], LOOKALIKE: []},
        contexts={LEARNER: [{"number": 1}, {"number": 2}], LOOKALIKE: []},
        identities={LEARNER: [{"active_number": 2, "course_key": COURSE}], LOOKALIKE: []},
    )


def promises(expected: Expected, found: Found) -> set[str]:
    """Which promises the checker finds broken."""
    return {violation.promise for violation in check(expected, found)}


def test_a_sound_state_has_no_violation(expected: Expected, found: Found) -> None:
    """Otherwise what follows would prove nothing."""
    assert check(expected, found) == []
    assert check_untouched(1, found, copy.deepcopy(found), LOOKALIKE) == []


def _rows(found: Found) -> dict[Any, Any]:
    return found.rows[LEARNER]


def _delete_a_row(found: Found) -> None:
    del _rows(found)[STATE, 1]


def _delete_what_hangs_on_it(found: Found) -> None:
    found.hanging[LEARNER].clear()


def _half_a_switch(found: Found) -> None:
    _rows(found)[STATE, 2] = state(2, 12)


def _row_in_no_attempt(found: Found) -> None:
    """Under the key that the active attempt had while it was archived."""
    _rows(found)[STATE, 3] = state(3, 13, attempt=2)


def _keys_of_two_attempts(found: Found) -> None:
    row = _rows(found)[STATE, 1]
    _rows(found)[STATE, 1] = replace(row, agrees=False)


def _lose_a_token(found: Found) -> None:
    _rows(found)[STATE, 3] = state(3, 5)


def _change_a_column(found: Found) -> None:
    row = _rows(found)[STATE, 3]
    _rows(found)[STATE, 3] = replace(row, image={**row.image, "student_id": 99})


def _row_of_nobody(found: Found) -> None:
    _rows(found)[STATE, 30] = state(30, 77)


def _two_numbers_alike(found: Found) -> None:
    found.contexts[LEARNER][1]["number"] = 1


def _two_active(found: Found) -> None:
    found.identities[LEARNER].append({"active_number": 1, "course_key": COURSE})


def _none_active(found: Found) -> None:
    found.identities[LEARNER] = []


def _wrong_active(found: Found) -> None:
    found.identities[LEARNER][0]["active_number"] = 1


def _identity_of_another_course(found: Found) -> None:
    found.identities[LEARNER][0]["course_key"] = OTHER


def _operation_never_ends(found: Found) -> None:
    found.operations[LEARNER][0].update(status="in_progress", in_flight=1)


def _operation_twice(found: Found) -> None:
    found.operations[LEARNER].append(operation(2, "reset", 2, 3, idempotency_key="1:key1"))
    found.contexts[LEARNER].append({"number": 3})
    found.identities[LEARNER][0]["active_number"] = 3


def _operation_lost(found: Found) -> None:
    found.operations[LEARNER].clear()


def _operation_of_nobody(found: Found) -> None:
    found.operations[LEARNER].append(operation(2, "undo", 2, 1, idempotency_key=None, status="failed"))


def _unknown_failure(found: Found) -> None:
    found.operations[LEARNER][0].update(status="failed", error_code="internal_error")


def _wrong_way(found: Found) -> None:
    found.operations[LEARNER][0].update(from_number=2, to_number=1)


def _counted_too_many(found: Found) -> None:
    found.operations[LEARNER][0]["rows"] = '{"courseware_studentmodule": {"archived": 5}}'


def _another_course_is_moved(found: Found) -> None:
    _rows(found)[STATE, 9] = state(9, 1, OTHER, attempt=1)


def _another_course_is_changed(found: Found) -> None:
    _rows(found)[STATE, 9] = state(9, 2, OTHER)


def _what_hangs_is_changed(found: Found) -> None:
    found.hanging[LEARNER][HISTORY, 1][1]["state"] = "new"


@pytest.mark.parametrize(
    ("break_it", "promise"),
    [
        (_delete_a_row, "conservation"),
        (_delete_what_hangs_on_it, "conservation"),
        (_half_a_switch, "fidelity"),
        (_half_a_switch, "atomicity"),
        (_row_in_no_attempt, "fidelity"),
        (_keys_of_two_attempts, "fidelity"),
        (_lose_a_token, "fidelity"),
        (_change_a_column, "fidelity"),
        (_row_of_nobody, "fidelity"),
        (_two_numbers_alike, "numbers"),
        (_two_active, "numbers"),
        (_none_active, "numbers"),
        (_wrong_active, "numbers"),
        (_identity_of_another_course, "numbers"),
        (_operation_never_ends, "operations"),
        (_operation_twice, "operations"),
        (_operation_lost, "operations"),
        (_operation_of_nobody, "operations"),
        (_unknown_failure, "operations"),
        (_wrong_way, "operations"),
        (_counted_too_many, "atomicity"),
        (_another_course_is_moved, "isolation"),
        (_another_course_is_changed, "isolation"),
        (_what_hangs_is_changed, "isolation"),
    ],
)
def test_a_mutilated_state_is_found_out(
    expected: Expected, found: Found, break_it: Callable[[Found], None], promise: str
) -> None:
    """Each of these is what a lost, half or doubled switch would leave."""
    break_it(found)
    assert promise in promises(expected, found)


def test_a_row_of_the_learner_who_looks_alike_is_changed(found: Found) -> None:
    """Byte for byte."""
    after = copy.deepcopy(found)
    after.rows[LOOKALIKE][STATE, 4] = state(4, 2, user=LOOKALIKE)
    assert [violation.promise for violation in check_untouched(1, found, after, LOOKALIKE)] == ["isolation"]


def test_a_write_that_was_refused_is_nowhere(expected: Expected, found: Found) -> None:
    """Its transaction was rolled back."""
    _rows(found)[STATE, 30] = state(30, 77)
    expected.refused.add((STATE, 77))
    assert any("answered with an error" in violation.detail for violation in check(expected, found))


def test_a_write_that_was_cut_off_is_there_or_not(expected: Expected, found: Found) -> None:
    """But in the attempt that was active when it began, and not over one that came after it."""
    expected.unsure.append(Unsure(STATE, "b30", Write(77, 4, 5), {2}))
    assert check(expected, found) == []
    _rows(found)[STATE, 30] = state(30, 77)
    assert check(expected, found) == []
    _rows(found)[STATE, 30] = state(30, 77, attempt=1)
    assert "fidelity" in promises(expected, found)
    del _rows(found)[STATE, 30]
    _rows(found)[STATE, 3] = state(3, 77)
    assert check(expected, found) == []
    expected.rows[STATE, 3].writes.append(Write(14, 6, 7, state(3, 14).image))
    assert "fidelity" in promises(expected, found)


def test_of_two_writes_at_once_either_may_be_the_last(expected: Expected, found: Found) -> None:
    """One that had ended before the other began may not."""
    row = expected.rows[STATE, 3]
    row.writes = [Write(13, 1, 5, state(3, 13).image), Write(14, 2, 6, state(3, 14).image)]
    for token in (13, 14):
        _rows(found)[STATE, 3] = state(3, token)
        assert check(expected, found) == []
    row.writes.append(Write(15, 7, 8, state(3, 15).image))
    assert "fidelity" in promises(expected, found)


def test_a_write_that_raced_a_switch_may_lie_on_either_side(expected: Expected, found: Found) -> None:
    """Nowhere else."""
    expected.rows[STATE, 3].attempts = {1, 2}
    assert check(expected, found) == []
    _rows(found)[STATE, 3] = state(3, 13, attempt=1)
    assert check(expected, found) == []
    expected.rows[STATE, 3].attempts = {2, 3}
    assert "fidelity" in promises(expected, found)


def test_a_submission_lies_where_its_item_does(expected: Expected, found: Found) -> None:
    """It has no key of its own."""
    key = f"{COURSE.replace('course-v1', 'attempt-v1')}+attempt@1"
    item = {"id": 1, "student_id": "a" * 32, "course_id": key, "item_id": f"attempt-block-{key[8:]}+type@x+block@o"}
    image = {"id": 1, "student_item_id": 1, "raw_answer": '{"token": 21}'}
    plain_item = placed(ITEM, item)
    _rows(found)[ITEM, 1] = plain_item
    found.hanging[LEARNER][SUBMISSION, 1] = ((ITEM, 1), image)
    expected.rows[ITEM, 1] = Row({1, 2}, [Write(21, 8, 8, plain_item.image)])
    expected.rows[SUBMISSION, 1] = Row({1}, [Write(21, 8, 8, image)])
    assert check(expected, found) == []
    expected.rows[SUBMISSION, 1].attempts = {2}
    assert "fidelity" in promises(expected, found)


def test_requests_that_were_refused_or_never_answered(expected: Expected, found: Found) -> None:
    """The one made nothing, the other one operation at most."""
    expected.requests += [Request("key2", "undo", refused="operation_in_flight"), Request("key3", "undo")]
    assert check(expected, found) == []
    found.operations[LEARNER].append(operation(3, "undo", 2, 1, status="failed", error_code=next(iter(KNOWN_CODES))))
    assert check(expected, found) == []
    found.operations[LEARNER][-1]["idempotency_key"] = "1:key2"
    assert promises(expected, found) == {"operations"}


def test_what_operations_imply() -> None:
    """An undo goes back to where the last switch came from, and an activation where it says."""
    assert follow_all([("reset", 2), ("undo", 1), ("undo", 2), ("reset", 3), ("activate", 1)]) == Chain(
        active=1, count=3, switches=[(1, 2), (2, 1), (1, 2), (2, 3), (3, 1)]
    )
    assert follow_all([("undo", 1)]) is None
    assert follow_all([("reset", 2), ("activate", 2)]) is None


def test_plain_forms_of_keys() -> None:
    """As the platform's own keys are written."""
    assert plain_key("attempt-v1:Org+Course+Run+attempt@12") == (COURSE, 12)
    assert plain_key("attempt-block-v1:Org+Course+Run+attempt@3+type@problem+block@b") == (
        "block-v1:Org+Course+Run+type@problem+block@b",
        3,
    )
    assert plain_key(COURSE) == (COURSE, None)
