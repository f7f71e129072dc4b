"""Signals about scores. The sandbox's own grading needs none of them; they are here for plugins to listen to."""

from django.dispatch import Signal

PROBLEM_WEIGHTED_SCORE_CHANGED = Signal()
