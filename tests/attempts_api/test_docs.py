"""What the docs promise is what there is."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import yaml

from attempts import api
from attempts.exceptions import NotEligible, RowsInTheWay
from attempts.monitoring.metrics import METRICS
from attempts.operations import REFUSAL_CODES
from attempts.telemetry import Event
from attempts.telemetry.attributes import ATTRIBUTES
from attempts.telemetry.follow_ups import FAILURES
from attempts_api.v1.error_codes import ERROR_CODES

DOCS = Path(__file__).parent.parent.parent / "docs"


def rows(name: str) -> list[list[str]]:
    """Return the rows of a table, but for its head."""
    with (DOCS / name).open(newline="") as file:
        return list(csv.reader(file))[1:]


def test_the_list_of_error_codes_is_the_one_in_the_code() -> None:
    """With status and meaning."""
    assert rows("errors.csv") == [[code, str(error.status), error.meaning] for code, error in ERROR_CODES.items()]


def test_the_list_of_metrics_is_the_one_in_the_code() -> None:
    """With kind, labels and meaning."""
    suffix = {"counter": "_total"}
    assert rows("metrics.csv") == [
        [each.name + suffix.get(each.kind, ""), each.kind, ", ".join(each.labels), each.help] for each in METRICS
    ]


def test_the_list_of_events_is_the_one_in_the_code() -> None:
    """Each event, the loggers that write it and the levels it is written at."""
    told = {row[0]: (set(row[1].split(", ")), set(row[2].split(", "))) for row in rows("events.csv")}
    assert list(told) == [event.value for event in Event]
    for event, (loggers, levels) in _written().items():
        assert told[event] == (loggers, levels), event


def _written() -> dict[str, tuple[set[str], set[str]]]:
    """Where and how each event is written, as the code says."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for path in (DOCS.parent / "attempts").rglob("*.py"):
        source = path.read_text()
        logger = re.search(r"^log = EventLog\((.*)\)$", source, re.MULTILINE)
        for event in re.findall(r"\bEvent\.([A-Z_]+)", source) if logger else ():
            name = logger[1].strip('"') if logger[1] != "__name__" else _module(path)  # type: ignore[index]
            loggers, levels = found.setdefault(Event[event].value, (set(), set()))
            loggers.add(name)
            levels.update(_levels(source, event))
    return found


def _module(path: Path) -> str:
    return ".".join(path.relative_to(DOCS.parent).with_suffix("").parts)


def _levels(source: str, event: str) -> set[str]:
    plain = re.findall(rf"log\.(info|warning|error)\(\s*Event\.{event}\b", source)
    either = re.findall(rf"\(log\.(\w+) if error else log\.(\w+)\)\(Event\.{event}\b", source)
    table = re.findall(rf'"(\w+)": Event\.{event}\b', source)
    of_outcomes = ["warning" if outcome in FAILURES else "info" for outcome in table]
    return {level.upper() for level in (*plain, *(one for pair in either for one in pair), *of_outcomes)}


def test_every_attribute_is_told() -> None:
    """In the guide's table."""
    text = (DOCS / "monitoring.rst").read_text().split("Custom attributes\n***")[1]
    assert re.findall(r"^``(attempts_\w+)`` ", text, re.MULTILINE) == [f"attempts_{name}" for name in ATTRIBUTES]


def test_every_health_check_is_told(db: None) -> None:
    """In the guide's table, in order."""
    text = (DOCS / "monitoring.rst").read_text().split("check          is false when")[1].split("It is for monitors")[0]
    assert re.findall(r"^``(\w+)`` ", text, re.MULTILINE) == [check.name for check in api.health()]


# ---------------------------------------------------------------------------------------------------------------------
# Alerts

ALERTS = DOCS.parent / "contrib" / "prometheus" / "alerts.yml"


def rules() -> list[dict[str, Any]]:
    """Return the rules for alerts."""
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def test_alerts_name_metrics_labels_and_codes_that_there_are() -> None:
    """A rule on a name that does not exist never fires, and nobody notices."""
    suffixes = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
    metrics = {each.name + suffix: each for each in METRICS for suffix in suffixes[each.kind]}
    failures = {kind.code for kind in NotEligible.__subclasses__()}
    failures |= {"internal_error", RowsInTheWay.code, *REFUSAL_CODES}
    for rule in rules():
        named = re.findall(r"\b(attempts_\w+)(?:\{([^}]*)\})?", rule["expr"])
        assert named, rule["alert"]
        for name, selector in named:
            labels = dict(re.findall(r'(\w+)=~?"([^"]*)"', selector))
            assert set(labels) <= {*metrics[name].labels, "le"}, rule["alert"]
            assert set(labels.get("code", "internal_error").split("|")) <= failures, rule["alert"]
            assert labels.get("status", "complete") in ("complete", "failed")
        for grouped in re.findall(r"by \(([^)]*)\)", rule["expr"]):
            assert set(grouped.split(", ")) <= {*metrics[named[0][0]].labels, "le"}, rule["alert"]


def test_every_alert_says_what_and_the_guide_what_to_do() -> None:
    """In the same order, under the alert's name."""
    text = (DOCS / "monitoring.rst").read_text()
    told = re.findall(r"^\.\. _(\w+):\n\n\1\n    \S", text, re.MULTILINE)
    assert told == [rule["alert"] for rule in rules()]
    for rule in rules():
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"].keys() == {"summary", "description"}
        assert re.fullmatch(r"\d+m", rule.get("for", "1m"))


def test_the_list_of_reasons_is_the_one_in_the_code() -> None:
    """And which of them can be overridden."""
    kinds = sorted(NotEligible.__subclasses__(), key=lambda kind: kind.code)
    assert [(row[0], row[2]) for row in rows("reasons.csv")] == [
        (kind.code, "yes" if kind.overridable else "no") for kind in kinds
    ]
