"""Who takes a course again, and how they fare: read, counted, and made fit for a wide audience."""

from attempts.analysis.retakes.report import retake_report
from attempts.analysis.retakes.suppression import suppressed

__all__ = ["retake_report", "suppressed"]
