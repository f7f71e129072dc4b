"""What the platform's own test configuration does for tests inside its tree, and fixtures for ours."""

from __future__ import annotations

from typing import Any

import pytest
from openedx.core.lib.safe_lxml import defuse_xml_libs

defuse_xml_libs()
#: Runs in a process of its own, with Studio's settings.
collect_ignore = ["studio"]


@pytest.fixture(autouse=True)
def _django_clear_site_cache() -> None:
    """Take the place of pytest-django's fixture, which replaces a dictionary that the platform holds on to."""


@pytest.fixture(autouse=True)
def no_static_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages be rendered without the platform's JavaScript having been built."""
    monkeypatch.setattr("webpack_loader.templatetags.webpack_loader.render_bundle", lambda *_args, **_kwargs: "")
    monkeypatch.setattr("webpack_loader.utils.get_as_tags", lambda *_args, **_kwargs: [])
    monkeypatch.setattr("webpack_loader.utils.get_files", lambda *_args, **_kwargs: [])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show what was measured."""
    from measured import REPORT

    for number, line in enumerate(REPORT):
        terminalreporter.write_line(line, bold=number == 0)
