"""Views for analysts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AnalystViews:
    """What became of the views.

    Attributes:
        names: the views that were made, replaced or dropped.
        left_out: the datasets that have no view, because the host does not have their tables.
    """

    names: tuple[str, ...]
    left_out: tuple[str, ...]
