"""What the platform's own test configuration does for tests inside its tree."""

from __future__ import annotations

import pytest
from openedx.core.lib.safe_lxml import defuse_xml_libs

defuse_xml_libs()


@pytest.fixture(autouse=True)
def _django_clear_site_cache() -> None:
    """Take the place of pytest-django's fixture, which replaces a dictionary that the platform holds on to."""
