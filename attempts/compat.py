"""Differences between the supported versions of Django."""

from __future__ import annotations

import django
from django.db.models import CheckConstraint, Q


def check_constraint(*, name: str, condition: Q) -> CheckConstraint:
    """Return a check constraint; its argument was renamed in Django 5.1."""
    if django.VERSION >= (5, 1):
        return CheckConstraint(name=name, condition=condition)
    return CheckConstraint(name=name, check=condition)
