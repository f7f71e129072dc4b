"""The comparison of pins with advisories, ``scripts/audit.py``.

No service of advisories can be reached from every machine, so what pip-audit reports is stored here: of a service that
knew an advisory (on the same machine, for the form of it), of one that did not know the package, of one that was away.
"""

from __future__ import annotations

from typing import Any

import pytest

from scripts import audit

ADVISORY = {
    "id": "PYSEC-2099-1",
    "fix_versions": ["5.0"],
    "aliases": ["CVE-2099-1"],
    "description": "Very bad",
}
VULNERABLE = [{"name": "django", "version": "4.2.1", "vulns": [ADVISORY]}]
CLEAN = [{"name": "django", "version": "4.2.1", "vulns": []}]
UNKNOWN = [
    {"name": "django", "skip_reason": "Dependency not found on PyPI and could not be audited: django (4.2.1)"},
]


@pytest.fixture(autouse=True)
def two_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks with one package, and no settings of whoever runs the tests."""
    monkeypatch.setattr(audit, "pins", lambda _locks: {"django": ["4.2.1"]})
    monkeypatch.delenv("AUDIT", raising=False)
    monkeypatch.delenv("AUDIT_OSV_URL", raising=False)


def answer(monkeypatch: pytest.MonkeyPatch, **by_service: Any) -> None:
    """Let services answer; one that is not named is not there."""

    def ask(words: list[str], wanted: list[str]) -> Any:
        if (found := by_service.get(words[1])) is None:
            raise audit.NoAnswer("Failed to resolve 'api.osv.dev'")
        return found

    monkeypatch.setattr(audit, "ask", ask)


def test_a_pin_with_an_advisory_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """By name, id and the version that is better; one that is ignored is told with its reason."""
    answer(monkeypatch, pypi=VULNERABLE)
    assert audit.main() == 1
    assert "django 4.2.1: PYSEC-2099-1, CVE-2099-1; fixed in 5.0" in capsys.readouterr().out
    monkeypatch.setattr(audit, "IGNORED", {"CVE-2099-1": "we do not call it"})
    assert audit.main() == 0
    assert "ignored: we do not call it" in capsys.readouterr().out
    answer(monkeypatch, pypi=CLEAN)
    assert audit.main() == 0
    assert "1 pins compared with the advisories of PyPI: 0 to be dealt with." in capsys.readouterr().out


@pytest.mark.parametrize("services", [{}, {"pypi": UNKNOWN}, {"pypi": UNKNOWN, "osv": UNKNOWN}])
def test_what_could_not_be_compared_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], services: Any
) -> None:
    """It is no success, though pip-audit calls it one, and a failure where the audit is required."""
    answer(monkeypatch, **services)
    assert audit.main() == 0
    said = capsys.readouterr().out
    assert "NOT AUDITED: none of 1 pins was compared with any advisory." in said
    assert "0 to be dealt with" not in said
    monkeypatch.setenv("AUDIT", "required")
    assert audit.main() == 1


def test_the_second_service_is_asked_where_the_first_knows_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And a single package that it does not know is named."""
    answer(monkeypatch, pypi=UNKNOWN, osv=VULNERABLE)
    assert audit.main() == 1
    assert "advisories of OSV: 1 to be dealt with" in capsys.readouterr().out
    verdict = audit.Verdict()
    audit._judge(UNKNOWN[0], verdict)
    assert (verdict.audited, len(verdict.unknown)) == (0, 1)
    assert audit.report("OSV", verdict, required=False) == 0
    assert audit.report("OSV", verdict, required=True) == 1
    assert "NOT AUDITED: django" in capsys.readouterr().out


def test_every_pin_of_every_lock_is_asked_about(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions of one package in rounds of their own, and extras left out."""
    monkeypatch.undo()
    (tmp_path / "a.txt").write_text("# x\nDjango==4.2.1\n    # via\nfoo_bar[baz]==1.0 ; python_version > '3'\n")
    (tmp_path / "b.txt").write_text("django==5.2\n")
    found = audit.pins([tmp_path / "a.txt", tmp_path / "b.txt"])
    assert found == {"django": ["4.2.1", "5.2"], "foo-bar": ["1.0"]}
    asked: list[list[str]] = []

    def ask(words: list[str], wanted: list[str]) -> Any:
        asked.append(wanted)
        return [{"name": pin.partition("==")[0], "version": pin.partition("==")[2], "vulns": []} for pin in wanted]

    monkeypatch.setattr(audit, "ask", ask)
    assert audit.audit([], found).audited == 3
    assert asked == [["django==4.2.1"], ["django==4.2.1", "foo-bar==1.0"], ["django==5.2"]]
