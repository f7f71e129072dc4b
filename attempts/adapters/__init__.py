"""Typed reads of any attempt, active or archived, with plain keys in the result."""

from attempts.adapters.completion import completion, completion_page
from attempts.adapters.grades import grade_page, grades
from attempts.adapters.locate import storage_key
from attempts.adapters.states import state_page, states, states_in_chunks
from attempts.adapters.steady import read_steadily

__all__ = [
    "completion",
    "completion_page",
    "grade_page",
    "grades",
    "read_steadily",
    "state_page",
    "states",
    "states_in_chunks",
    "storage_key",
]
