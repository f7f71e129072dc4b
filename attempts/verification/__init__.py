"""Proving the invariants of a learner's attempts, row by row."""

from attempts.verification.identities import verify_identity, verify_site

__all__ = ["verify_identity", "verify_site"]
