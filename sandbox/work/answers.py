"""What learners answer, and what a problem remembers of it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from sandbox.content.models import CourseBlock
from sandbox.work.outline import attribute

#: What learners write where words are asked for.
_WORDS = ("the moon", "ebb", "high water", "I am not sure", "twelve", "salt", "the shore crab", "a little later")


@dataclass(frozen=True)
class Attempted:
    """One press on a problem's submit button.

    Attributes:
        state: All that the problem saves.
        earned: Raw points, one for each response that is right.
        possible: Raw points that could be had.
    """

    state: dict[str, Any]
    earned: int
    possible: int


def responses(block: CourseBlock) -> list[str]:
    """Return the types of a problem's responses; a scored problem has at least one."""
    return block.data.get("responses") or ["customresponse"]


def first_view(block: CourseBlock, rng: random.Random) -> dict[str, Any]:
    """Return the state that a problem saves when it is shown for the first time."""
    # Only problems that ask for it get a random seed; the others all have 1.
    seed = rng.randint(1, 999) if attribute(block, "rerandomize", "never") != "never" else 1
    return {"seed": seed, "input_state": {input_id: {} for input_id in _input_ids(block)}}


def attempts_left(block: CourseBlock, state: dict[str, Any]) -> int:
    """Return how often a learner may still submit a problem (a large number if there is no limit)."""
    limit = attribute(block, "max_attempts")
    return max(0, int(limit) - state.get("attempts", 0)) if limit.isdecimal() else 1_000_000


def attempted(block: CourseBlock, state: dict[str, Any], rng: random.Random, skill: float) -> Attempted:
    """Return what a problem saves when a learner submits it.

    Args:
        block: The problem.
        state: Its state so far.
        rng: Source of chance.
        skill: Chance, from 0.0 to 1.0, that a response that was not right before is right now.
    """
    answers, correct_map = {}, {}
    before = state.get("correct_map", {})
    for input_id, response in zip(_input_ids(block), responses(block), strict=True):
        right = before.get(input_id, {}).get("correctness") == "correct" or rng.random() < skill
        kept = state.get("student_answers", {}).get(input_id) if right and input_id in before else None
        answers[input_id] = kept if kept is not None else _answer(response, rng)
        correct_map[input_id] = {
            "correctness": "correct" if right else "incorrect",
            "npoints": None,
            "msg": "",
            "hint": "",
            "hintmode": None,
            "queuestate": None,
            "answervariable": None,
        }
    earned = sum(entry["correctness"] == "correct" for entry in correct_map.values())
    new_state = {
        **state,
        "student_answers": answers,
        "correct_map": correct_map,
        "attempts": state.get("attempts", 0) + 1,
        "done": True,
        "score": {"raw_earned": earned, "raw_possible": len(correct_map)},
    }
    return Attempted(new_state, earned, len(correct_map))


def _input_ids(block: CourseBlock) -> list[str]:
    return [f"{block.usage_key.block_id}_{number}_1" for number, _ in enumerate(responses(block), start=2)]


def _answer(response: str, rng: random.Random) -> str | list[str]:
    if response == "choiceresponse":
        return sorted(rng.sample(["choice_0", "choice_1", "choice_2", "choice_3"], rng.randint(1, 3)))
    if response in {"multiplechoiceresponse", "truefalseresponse"}:
        return f"choice_{rng.randrange(4)}"
    if response in {"numericalresponse", "formularesponse"}:
        return str(rng.randint(0, 200) / 4)
    return rng.choice(_WORDS)
