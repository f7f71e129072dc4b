"""The sweep: rows that a late write has left in the wrong attempt go back to their own."""

from attempts.sweeping.sweep import sweep, sweep_site

__all__ = ["sweep", "sweep_site"]
