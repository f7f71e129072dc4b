"""Proof that archived attempts can be brought back: checksums of what they hold, and a trial of bringing them back.

The trial is the real switch, carried out and compared row by row in a transaction that is rolled back.
"""

from attempts.proofs.proving import provable_attempts, prove

__all__ = ["provable_attempts", "prove"]
