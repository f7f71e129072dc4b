"""What attempts have in common and what sets them apart: for analysts, and for appeals."""

from attempts.analysis.comparing import compare

__all__ = ["compare"]
