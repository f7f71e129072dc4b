"""Learners' attempts at Open edX courses: one active, the others archived, nothing deleted."""

__version__ = "0.1.0"
