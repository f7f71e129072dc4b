"""Lists of attempts and operations over all learners and courses: filtered, in an order, by pages."""

from attempts.searches.attempts import condition, search_attempts
from attempts.searches.operations import search_operations

__all__ = ["condition", "search_attempts", "search_operations"]
