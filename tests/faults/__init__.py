"""The fault campaign: histories of learners on a real server while everything breaks; see docs/faults.rst."""
