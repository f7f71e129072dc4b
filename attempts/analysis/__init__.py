"""What attempts have in common and what sets them apart: for analysts, and for appeals."""

from attempts.analysis.comparing import compare
from attempts.analysis.retakes import retake_report, suppressed

__all__ = ["compare", "retake_report", "suppressed"]
