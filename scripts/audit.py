"""Says of every pinned package whether an advisory is known about that version, by pip-audit.

The advisories are those of PyPI or, where it has none, of OSV; ``AUDIT_OSV_URL`` names another service that speaks as
OSV does. Exit 1 if a package has an advisory that is not in ``IGNORED``. Where no service answers, nothing was audited:
that is said, package by package if need be, and is no failure unless ``AUDIT=required``. pip-audit itself calls it a
success.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
#: Advisories that do not concern us, by id, each with the reason.
IGNORED: dict[str, str] = {}
_PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)")


@dataclass
class Verdict:
    """What is known of some pins.

    Attributes:
        vulnerable: a sentence for each advisory that counts.
        ignored: a sentence for each that does not.
        audited: how many pins a service knew.
        unknown: the pins that it did not know, each with its reason.
    """

    vulnerable: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    audited: int = 0
    unknown: list[str] = field(default_factory=list)


class NoAnswer(Exception):
    """A service did not answer; the text says what came instead."""


def pins(locks: list[Path]) -> dict[str, list[str]]:
    """Return the versions of each package in some locks."""
    found: dict[str, set[str]] = {}
    for lock in locks:
        for line in lock.read_text().splitlines():
            if match := _PIN.match(line):
                found.setdefault(match[1].lower().replace("_", "-"), set()).add(match[2])
    return {name: sorted(versions) for name, versions in sorted(found.items())}


def services() -> dict[str, list[str]]:
    """Return the services to be asked, in order, each with the words by which pip-audit asks it."""
    if url := os.environ.get("AUDIT_OSV_URL"):
        return {"the service at AUDIT_OSV_URL": ["-s", "osv", "--osv-url", url]}
    return {"PyPI": ["-s", "pypi"], "OSV": ["-s", "osv"]}


def ask(words: list[str], wanted: list[str]) -> list[dict[str, Any]]:
    """Return what a service says of some pins, as pip-audit reports it.

    Args:
        words: by which pip-audit asks the service.
        wanted: the pins, a version of a package each, no package twice.

    Raises:
        NoAnswer: it does not answer.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(wanted))
        file.flush()
        command = [sys.executable, "-m", "pip_audit", *words, "--disable-pip", "--no-deps", "--progress-spinner", "off"]
        done = subprocess.run(
            [*command, "-f", "json", "-r", file.name], capture_output=True, text=True, check=False, timeout=900
        )
    try:
        return json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        raise NoAnswer((done.stderr.strip().splitlines() or ["nothing"])[-1][:200]) from None


def audit(words: list[str], found: dict[str, list[str]]) -> Verdict:
    """Return what a service knows of all pins.

    Raises:
        NoAnswer: it does not answer, or does not know the first of them, so that the others need not be asked about.
    """
    rounds = [[pin for pin in row if pin] for row in zip_longest(*_pinned(found))]
    (first,) = ask(words, rounds[0][:1])
    if "skip_reason" in first:
        raise NoAnswer(first["skip_reason"])
    verdict = Verdict()
    for wanted in rounds:
        for one in ask(words, wanted):
            _judge(one, verdict)
    return verdict


def _pinned(found: dict[str, list[str]]) -> Iterator[list[str]]:
    for name, versions in found.items():
        yield [f"{name}=={version}" for version in versions]


def _judge(one: dict[str, Any], verdict: Verdict) -> None:
    if "skip_reason" in one:
        verdict.unknown.append(f"{one['name']}: {one['skip_reason']}")
        return
    verdict.audited += 1
    for advisory in one["vulns"]:
        ids = [advisory["id"], *advisory["aliases"]]
        sentence = f"{one['name']} {one['version']}: {', '.join(ids)}"
        reasons = [IGNORED[name] for name in ids if name in IGNORED]
        if reasons:
            verdict.ignored.append(f"{sentence}; ignored: {reasons[0]}")
        else:
            fixed = ", ".join(advisory["fix_versions"]) or "no version yet"
            verdict.vulnerable.append(f"{sentence}; fixed in {fixed}")


def main() -> int:
    """Audit the locks, and print what came of it."""
    found = pins(sorted((ROOT / "requirements").glob("*.txt")))
    count = sum(map(len, found.values()))
    required = os.environ.get("AUDIT") == "required"
    for name, words in services().items():
        try:
            verdict = audit(words, found)
        except NoAnswer as error:
            print(f"NOT AUDITED by {name}: {error}")
            continue
        return report(name, verdict, required=required)
    print(f"NOT AUDITED: none of {count} pins was compared with any advisory. Run it where a service can be reached.")
    return int(required)


def report(name: str, verdict: Verdict, *, required: bool) -> int:
    """Print what a service knows; return 1 if that is not to be borne."""
    for line in (*verdict.ignored, *verdict.vulnerable):
        print(line)
    for line in verdict.unknown:
        print(f"NOT AUDITED: {line}")
    print(f"{verdict.audited} pins compared with the advisories of {name}: {len(verdict.vulnerable)} to be dealt with.")
    if verdict.vulnerable:
        print("Raise the version and run `make requirements`, or say in scripts/audit.py why it does not concern us.")
    return int(bool(verdict.vulnerable) or (required and bool(verdict.unknown)))


if __name__ == "__main__":
    sys.exit(main())
