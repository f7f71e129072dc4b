"""Lists of attempts, operations, courses and learners: filtered, in an order, by pages."""

from attempts.searches.attempts import condition, search_attempts
from attempts.searches.courses import course_figures, find_course, search_courses
from attempts.searches.learners import search_retaking_learners
from attempts.searches.operations import search_operations

__all__ = [
    "condition",
    "course_figures",
    "find_course",
    "search_attempts",
    "search_courses",
    "search_operations",
    "search_retaking_learners",
]
