"""Signals about scores and grades, which certificates and plugins listen to."""

from django.dispatch import Signal

PROBLEM_WEIGHTED_SCORE_CHANGED = Signal()
#: Sent each time a course grade was stored, one or the other, as on the platform: with user, course_id and grade.
COURSE_GRADE_NOW_PASSED = Signal()
COURSE_GRADE_NOW_FAILED = Signal()
