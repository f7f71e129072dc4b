"""The states of blocks other than problems."""

from __future__ import annotations

import random
from typing import Any

from sandbox.content.completable import DRAWING_TYPES, draw_size
from sandbox.content.models import CourseBlock
from sandbox.work.outline import Outline, attribute

#: Blocks that remember which of their children was opened last.
POSITION_TYPES = frozenset({"course", "chapter", "sequential", "videosequence", "vertical"})
#: Scored blocks whose score lives with the submissions, not with the state.
SUBMISSION_TYPES = frozenset({"openassessment", "edx_sga", "staffgradedxblock"})
_WORDS = ("fog", "salt", "gulls", "mud", "moonlight", "patience", "rubber boots")


def seen_state(block: CourseBlock, rng: random.Random) -> dict[str, Any] | None:
    """Return what a block saves once a learner has used it, None if such blocks save nothing.

    Args:
        block: A block that is neither a problem nor only holds others.
        rng: Source of chance.
    """
    match block.block_type:
        case "video":
            seconds = rng.randint(5, 600)
            position = f"00:{seconds // 60:02}:{seconds % 60:02}"
            return {"saved_video_position": position, "speed": rng.choice([0.75, 1.0, 1.25, 1.5])}
        case "poll":
            return {"choice": rng.choice(["R", "B", "G", "O"]), "submissions_count": 1}
        case "survey":
            return {"choices": {"enjoy": rng.choice("YNM"), "recommend": rng.choice("YNM")}, "submissions_count": 1}
        case "poll_question":
            return {"poll_answer": rng.choice(["Yes", "No"]), "voted": True}
        case "word_cloud":
            return {"submitted": True, "student_words": dict.fromkeys(rng.sample(_WORDS, 3), 1)}
        case "done":
            return {"done": True}
    return None


def scored_state(block: CourseBlock, earned: float, possible: float) -> dict[str, Any]:
    """Return what a scored block other than a problem saves with its score.

    Args:
        block: The block.
        earned: Points earned.
        possible: Points that could be had.
    """
    if block.block_type in {"lti", "lti_consumer"}:
        return {"module_score": earned / possible if possible else 0.0, "score_comment": ""}
    return {"attempts": 1, "completed": earned == possible, "raw_earned": earned, "item_state": {}}


def shown_children(outline: Outline, block: CourseBlock, state: dict[str, Any], user_id: int) -> list[CourseBlock]:
    """Return the children of a block that one learner gets to see.

    Args:
        outline: The course.
        block: A block that holds others.
        state: The learner's state of it.
        user_id: The learner.
    """
    children = outline.below(block)
    if block.block_type in DRAWING_TYPES:
        selected = [tuple(pair) for pair in state.get("selected", [])]
        drawn = [child for child in children if (child.block_type, child.usage_key.block_id) in selected]
        return drawn or children[: draw_size(attribute(block, "max_count"), len(children))]
    if block.block_type == "randomize" and children:
        return [children[state.get("choice", 0) % len(children)]]
    if block.block_type == "split_test" and children:
        # The platform keeps the group with the learner, not with the block.
        return [children[user_id % len(children)]]
    return children


def drawn_state(outline: Outline, block: CourseBlock, rng: random.Random) -> dict[str, Any] | None:
    """Return what a block saves that draws some of its children at random, None for other blocks."""
    children = outline.below(block)
    if block.block_type in DRAWING_TYPES:
        size = draw_size(attribute(block, "max_count"), len(children))
        return {"selected": [[child.block_type, child.usage_key.block_id] for child in rng.sample(children, size)]}
    if block.block_type == "randomize" and children:
        return {"choice": rng.randrange(len(children))}
    return None
