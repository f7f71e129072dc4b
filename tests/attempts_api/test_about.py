"""The settings in force, as operators see them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from attempts import api
from attempts_api.about import settings_in_force

SETTINGS = Path(__file__).parents[2] / "docs" / "settings.csv"


@pytest.mark.django_db
def test_every_setting_is_shown_and_no_secret() -> None:
    """Those of the operator's guide; a new one has to be thought of."""
    with SETTINGS.open(newline="") as file:
        known = {row["setting"]: row for row in csv.DictReader(file)}
    shown = {**api.about_site().settings, **settings_in_force()}
    assert set(shown) == set(known)
    secrets = {name for name, row in known.items() if "secret" in row["meaning"].lower()}
    assert secrets
    assert all(shown[name] in ("set", "not set") for name in secrets)
