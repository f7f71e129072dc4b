"""Follow-ups: what is done after a switch, once it is committed.

A row for each is written in the switch's own transaction, so none is forgotten, and each is carried out alone, so none
can harm the switch or another. At least once: a follow-up whose process dies after its work and before that is
recorded is run again, so each must bear being run twice, or be recognisable by the operation's uuid.
"""

from attempts.followups.base import FollowUp, FollowUpFailed, FollowUpNotNeeded
from attempts.followups.outbox import follow_up_data, left_behind, plan, reopen
from attempts.followups.overheard import errors_logged_by
from attempts.followups.registry import faults, installed_follow_ups
from attempts.followups.running import run, run_claimed

__all__ = [
    "FollowUp",
    "FollowUpFailed",
    "FollowUpNotNeeded",
    "errors_logged_by",
    "faults",
    "follow_up_data",
    "installed_follow_ups",
    "left_behind",
    "plan",
    "reopen",
    "run",
    "run_claimed",
]
