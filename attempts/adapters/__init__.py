"""Typed reads of any attempt, active or archived, with plain keys in the result."""

from attempts.adapters.completion import completion
from attempts.adapters.grades import grades
from attempts.adapters.locate import storage_key
from attempts.adapters.states import states

__all__ = ["completion", "grades", "states", "storage_key"]
