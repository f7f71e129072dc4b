"""The independent checker: what a history should have come to, against what the tables hold. Knows none of our code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tests.faults.model import Chain, Expected, Image, Row, RowId, follow_all
from tests.faults.state import KEYED, Found, Placed, token_of

#: Codes that an operation may fail with when things break around it; ``internal_error`` is none.
KNOWN_CODES = frozenset({"write_conflict", "database_unavailable", "nothing_to_undo", "already_active"})
#: Columns that no save changes.
_CONSTANT = frozenset({"id", "created", "student_id", "user_id", "module_type", "block_type", "item_type"})


@dataclass(frozen=True)
class Violation:
    """A promise that was broken.

    Attributes:
        seed: of the history.
        promise: numbers, conservation, fidelity, isolation, operations, atomicity, or verify.
        detail: what is wrong.
    """

    seed: int
    promise: str
    detail: str


def check(expected: Expected, found: Found) -> list[Violation]:
    """Return every promise that was broken to a learner."""
    parts = (
        ("operations", _operations(expected, found)),
        ("numbers", _numbers(expected, found)),
        ("conservation", _conservation(expected, found)),
        ("fidelity", _fidelity(expected, found)),
        ("isolation", _isolation(expected, found)),
        ("atomicity", _atomicity(expected, found)),
    )
    return [Violation(expected.seed, promise, detail) for promise, details in parts for detail in details]


def check_untouched(seed: int, before: Found, after: Found, user_id: int) -> list[Violation]:
    """Return what has changed of a learner whom nobody touched."""
    broken = []
    for part in ("rows", "hanging", "others", "operations", "contexts", "identities"):
        was, now = getattr(before, part)[user_id], getattr(after, part)[user_id]
        if was != now:
            broken.append(Violation(seed, "isolation", f"{part} of learner {user_id} were {was} and are {now}"))
    return broken


def _chain(found: Found, user_id: int) -> Chain | None:
    return follow_all(
        (row["kind"], row["to_number"]) for row in found.operations[user_id] if row["status"] == "complete"
    )


def _operations(expected: Expected, found: Found) -> Iterator[str]:
    rows = found.operations[expected.user_id]
    by_key: dict[str, list[Image]] = {}
    for row in rows:
        by_key.setdefault((row["idempotency_key"] or "").partition(":")[2], []).append(row)
        if row["status"] not in ("complete", "failed") or row["in_flight"] is not None:
            yield f"operation {row['uuid']} has not ended: {row['status']}"
        elif row["status"] == "failed" and row["error_code"] not in KNOWN_CODES:
            yield f"operation {row['uuid']} failed with {row['error_code']}: {row['error']}"
        if row["course_key"] != expected.course:
            yield f"operation {row['uuid']} is of {row['course_key']}"
    for request in expected.requests:
        made = by_key.pop(request.key, [])
        wanted = {1} if request.uuid else {0} if request.refused else {0, 1}
        if len(made) not in wanted:
            yield f"request {request.key} ({request.uuid or request.refused}) made {len(made)} operations"
        for row in made:
            if request.uuid and row["uuid"] != request.uuid:
                yield f"request {request.key} was answered with {request.uuid} and is {row['uuid']}"
            if (row["kind"], request.to or row["to_number"]) != (request.kind, row["to_number"]):
                yield f"request {request.key} for {request.kind} to {request.to} is {row['kind']} to {row['to_number']}"
    for key, made in by_key.items():
        yield f"nobody asked for {[row['uuid'] for row in made]} (key {key})"
    chain = Chain()
    for row in rows:
        if row["status"] != "complete":
            continue
        target = chain.target(row["kind"], row["to_number"])
        if target is None or (row["from_number"], row["to_number"]) != (chain.active, target):
            yield (
                f"{row['kind']} {row['uuid']} went from {row['from_number']} to {row['to_number']}; "
                f"it should go from {chain.active} to {target}"
            )
            return
        chain.follow(target)


def _numbers(expected: Expected, found: Found) -> Iterator[str]:
    chain = _chain(found, expected.user_id)
    if chain is None:
        return
    numbers = sorted(row["number"] for row in found.contexts[expected.user_id])
    wanted = list(range(1, chain.count + 1)) if chain.switches else []
    if numbers != wanted:
        yield f"the attempts are numbered {numbers}; the operations imply {wanted}"
    identities = found.identities[expected.user_id]
    active = [row["active_number"] for row in identities]
    if active != [chain.active] and (chain.switches or active not in ([], [1])):
        yield f"the active attempts are {active}; the operations imply {chain.active}"
    if any(row["course_key"] != expected.course for row in identities):
        yield f"the identity is of {[row['course_key'] for row in identities]}"


def _conservation(expected: Expected, found: Found) -> Iterator[str]:
    there = {*found.rows[expected.user_id], *found.hanging[expected.user_id], *found.others[expected.user_id]}
    for table, pk in sorted({*expected.rows, *expected.untouched} - there):
        yield f"row {pk} of {table} is gone"


def _fidelity(expected: Expected, found: Found) -> Iterator[str]:
    for row_id, (image, attempt, agrees) in _placed(expected, found).items():
        if not agrees:
            yield f"row {row_id[1]} of {row_id[0]} has keys of different attempts: {image}"
        row = expected.rows.get(row_id)
        if row is None:
            yield from _new_row(row_id, image, attempt, expected)
            continue
        if attempt not in row.attempts:
            yield f"row {row_id[1]} of {row_id[0]} lies in attempt {attempt}; it is of {sorted(row.attempts)}"
        yield from _value(row_id, row, image, expected)


def _placed(expected: Expected, found: Found) -> dict[RowId, tuple[Image, int | None, bool]]:
    """The rows of a learner at the course that are followed one by one, each with the attempt it lies in."""
    chain = _chain(found, expected.user_id)
    active = chain.active if chain else None

    def place(row: Placed) -> int | None:
        # An archived key of the active attempt is of no attempt: nobody would find the row.
        return active if row.attempt is None else -row.attempt if row.attempt == active else row.attempt

    rows = {
        row_id: (row.image, place(row), row.agrees)
        for row_id, row in found.rows[expected.user_id].items()
        if row.course == expected.course
    }
    for row_id, (parent, image) in found.hanging[expected.user_id].items():
        if row_id[0] == "submissions_submission" and parent in rows:
            rows[row_id] = (image, rows[parent][1], True)
    return rows


def _new_row(row_id: RowId, image: Image, attempt: int | None, expected: Expected) -> Iterator[str]:
    """A row that was not acknowledged must be of a write that was begun."""
    table, pk = row_id
    token = token_of(table, image)
    if (table, token) in expected.refused:
        yield f"row {pk} of {table} has token {token}, whose write was answered with an error"
        return
    begun = [one for one in expected.unsure if one.table == table and token in (one.write.token, None)]
    if not begun:
        yield f"nobody wrote row {pk} of {table}: {image}"
    elif not any(attempt in one.attempts for one in begun):
        yield f"row {pk} of {table} lies in attempt {attempt}; it is of {sorted(begun[0].attempts)}"


def _value(row_id: RowId, row: Row, image: Image, expected: Expected) -> Iterator[str]:
    table, pk = row_id
    token = token_of(table, image)
    last = row.last()
    if token is None:
        images = [write.image for write in last if write.image]
    else:
        images = [write.image for write in last if write.image and write.token == token]
    if images:
        if image not in images:
            difference = {name: (images[-1].get(name), value) for name, value in image.items()}
            changed = {name: pair for name, pair in difference.items() if pair[0] != pair[1]}
            yield f"row {pk} of {table} has other values than were saved (before, now): {changed}"
        return
    latest = max((write.began for write in last), default=0)
    begun = [
        one for one in expected.unsure if one.table == table and one.write.token == token and one.write.ended >= latest
    ]
    if not begun:
        held = sorted(write.token for write in last)
        yield f"row {pk} of {table} has token {token}; it should have one of {held}"
        return
    known = next((write.image for write in row.writes if write.image), image)
    changed = {name for name in _CONSTANT & image.keys() & known.keys() if image[name] != known[name]}
    if changed:
        yield f"row {pk} of {table} has changed in {sorted(changed)}"


def _isolation(expected: Expected, found: Found) -> Iterator[str]:
    """What nobody wrote is byte for byte as it was."""
    now = {
        **{row_id: row.image for row_id, row in found.rows[expected.user_id].items() if row.course != expected.course},
        **{row_id: image for row_id, (_, image) in found.hanging[expected.user_id].items()},
        **found.others[expected.user_id],
    }
    for row_id, image in expected.untouched.items():
        if row_id in now and now[row_id] != image:
            yield f"row {row_id[1]} of {row_id[0]}, which nobody wrote, was {image} and is {now[row_id]}"
    for row_id, row in found.rows[expected.user_id].items():
        if row.course != expected.course and (row.attempt is not None or row_id not in expected.untouched):
            yield f"row {row_id[1]} of {row_id[0]} came to {row.course}, attempt {row.attempt}"


def _atomicity(expected: Expected, found: Found) -> Iterator[str]:
    """Each archived attempt has as many rows as the operation that archived it says, but for those of late writes.

    Rows that are certainly of the attempt and were there cannot be fewer than it counted and cannot have been missed.
    """
    last = {}
    for row in found.operations[expected.user_id]:
        if row["status"] == "complete":
            last[row["from_number"]] = row
    active = [row["active_number"] for row in found.identities[expected.user_id]]
    for number, operation in last.items():
        if number in active:
            continue
        moved = json.loads(operation["rows"])
        for table in KEYED:
            counted = moved.get(table, {}).get("archived", 0)
            rows = {
                row_id: row.attempt
                for row_id, row in found.rows[expected.user_id].items()
                if row_id[0] == table and row.course == expected.course
            }
            there = sum(attempt == number for attempt in rows.values())
            doubtful = sum(row_id not in expected.rows or len(expected.rows[row_id].attempts) > 1 for row_id in rows)
            if abs(there - counted) > doubtful:
                yield (
                    f"{operation['kind']} {operation['uuid']} archived {counted} rows of {table} in attempt {number}; "
                    f"{there} are there, and {doubtful} may have come late"
                )
