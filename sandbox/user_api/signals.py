"""Signals of account retirement; each has the argument ``user``. What a receiver raises ends the step."""

from django.dispatch import Signal

USER_RETIRE_LMS_MISC = Signal()
