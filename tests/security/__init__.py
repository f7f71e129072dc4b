"""Attacks, each named in ``docs/threats.csv``. What other suites try is named there too, and not repeated here."""
