"""Tables of the benchmarks' own, from which those of the host are filled by SQL; gone with the database."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection, models
from opaque_keys.edx.keys import CourseKey

#: How many different states there are of each type of block.
BLOBS = 499
#: Of ten blocks.
_TYPES = (
    "problem",
    "problem",
    "video",
    "openassessment",
    *["problem"] * 2,
    "video",
    "problem",
    "sequential",
    "problem",
)
_BEGAN = datetime(2026, 1, 5, 8, tzinfo=UTC)


class Block(models.Model):
    """A block of a course, and when learners came to it."""

    course_key = models.CharField(max_length=255)
    usage_key = models.CharField(max_length=255)
    block_type = models.CharField(max_length=32)
    n = models.IntegerField(db_index=True)
    moment = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"

    def __str__(self) -> str:
        return self.usage_key


class Blob(models.Model):
    """A state, as blocks of a type save it."""

    block_type = models.CharField(max_length=32)
    n = models.IntegerField(db_index=True)
    state = models.TextField()

    class Meta:
        app_label = "benchmarks"

    def __str__(self) -> str:
        return f"{self.block_type} {self.n}"


class Filled(models.Model):
    """A learner whose rows are made, with others of a batch."""

    batch = models.IntegerField(db_index=True)
    n = models.IntegerField()
    user_id = models.IntegerField()

    class Meta:
        app_label = "benchmarks"

    def __str__(self) -> str:
        return f"{self.batch}/{self.n}"


def make_tables() -> None:
    """Make the tables that are not there yet, the states in them."""
    present = set(connection.introspection.table_names())
    if Block._meta.db_table in present:
        return
    with connection.schema_editor() as editor:
        for model in (Block, Blob, Filled):
            editor.create_model(model)
    rng = random.Random(1)
    Blob.objects.bulk_create(
        Blob(block_type=block_type, n=n, state=_state(block_type, rng))
        for block_type in sorted(set(_TYPES))
        for n in range(BLOBS)
    )


def make_blocks(course_key: CourseKey, count: int) -> None:
    """See to it that a course has so many blocks, numbered from 0."""
    have = Block.objects.filter(course_key=str(course_key)).count()
    Block.objects.bulk_create((_block(course_key, n) for n in range(have, count)), batch_size=1000)


def _block(course_key: CourseKey, n: int) -> Block:
    block_type = _TYPES[n % 10]
    return Block(
        course_key=str(course_key),
        usage_key=str(course_key.make_usage_key(block_type, f"{n:032x}")),
        block_type=block_type,
        n=n,
        moment=_BEGAN + timedelta(minutes=7 * n),
    )


def _state(block_type: str, rng: random.Random) -> str:
    if block_type == "sequential":
        return json.dumps({"position": rng.randint(1, 9)})
    if block_type == "openassessment":
        return json.dumps({"submission_uuid": str(UUID(int=rng.getrandbits(128))), "has_saved": False})
    if block_type == "video":
        at = rng.randint(5, 3000)
        return json.dumps({"saved_video_position": f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}", "speed": 1.25})
    return json.dumps(_problem(rng))


def _problem(rng: random.Random) -> dict:
    """The state of a problem with one to five inputs, some with long answers."""
    inputs = [f"{rng.getrandbits(128):032x}_{n}_1" for n in range(2, 2 + rng.choice((1, 1, 1, 2, 3, 5)))]
    right = rng.random() < 0.7
    correct = {
        "correctness": "correct" if right else "incorrect",
        "npoints": None,
        "msg": "",
        "hint": "",
        "hintmode": None,
        "queuestate": None,
        "answervariable": None,
    }
    return {
        "attempts": rng.randint(1, 5),
        "seed": 1,
        "done": True,
        "correct_map": dict.fromkeys(inputs, correct),
        "input_state": {name: {} for name in inputs},
        "student_answers": {name: _answer(rng) for name in inputs},
        "score": {"raw_earned": int(right), "raw_possible": 1},
        "score_history": [],
        "last_submission_time": "2026-02-03T10:11:12Z",
    }


def _answer(rng: random.Random) -> str:
    """A choice, now and then with a text."""
    return f"choice_{rng.randint(0, 5)}" + " word" * rng.choice((0, 0, 0, 20))
