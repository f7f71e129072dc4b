"""The sweep: rows that a late write has left in the wrong attempt go back to their own."""

from attempts.sweeping.sweep import ROW_IN_THE_WAY, sweep, sweep_site

__all__ = ["ROW_IN_THE_WAY", "sweep", "sweep_site"]
