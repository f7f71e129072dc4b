"""The one primitive: archive the active attempt, make another one active."""

from attempts.switching.identity import lock_identity
from attempts.switching.switch import Outcome, switch
from attempts.switching.writing import Stamp

__all__ = ["Outcome", "Stamp", "lock_identity", "switch"]
