"""Typed reads of any attempt, active or archived, with plain keys in the result."""

from attempts.adapters.blocks import all_block_work, block_version, block_versions, block_work
from attempts.adapters.completion import completed_blocks, completion, completion_page
from attempts.adapters.grades import grade_page, grades
from attempts.adapters.locate import storage_key
from attempts.adapters.states import scored_blocks, state_page, states, states_in_chunks
from attempts.adapters.steady import read_steadily

__all__ = [
    "all_block_work",
    "block_version",
    "block_versions",
    "block_work",
    "completed_blocks",
    "completion",
    "completion_page",
    "grade_page",
    "grades",
    "read_steadily",
    "scored_blocks",
    "state_page",
    "states",
    "states_in_chunks",
    "storage_key",
]
