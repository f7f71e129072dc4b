"""The operator's table of settings is that of the code: none is missing, none is stale, and defaults are told right."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CONF = (ROOT / "attempts" / "conf.py", ROOT / "attempts_api" / "conf.py")


def documented() -> dict[str, dict[str, str]]:
    """Return the rows of the table by setting."""
    with (ROOT / "docs" / "settings.csv").open(newline="") as file:
        return {row["setting"]: row for row in csv.DictReader(file)}


def read(path: Path) -> dict[str, ast.expr | None]:
    """Return the settings that a module reads, each with the expression of its default."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {
        call.args[1].value: call.args[2] if len(call.args) > 2 else None
        for call in calls
        if getattr(call.func, "id", "") == "getattr"
        and isinstance(call.args[1], ast.Constant)
        and str(call.args[1].value).startswith("ATTEMPTS_")
    }


def test_each_setting_is_in_the_table_and_the_other_way_round() -> None:
    """In the order of the alphabet."""
    known = {name for path in CONF for name in read(path)}
    assert list(documented()) == sorted(known)


@pytest.mark.parametrize("path", CONF, ids=lambda path: path.parent.name)
def test_defaults_are_those_of_the_code(path: Path) -> None:
    """Where the code has a plain value; others are told in words."""
    compared = 0
    for name, default in read(path).items():
        if default is None or any(isinstance(node, ast.Name | ast.Dict | ast.Tuple) for node in ast.walk(default)):
            continue
        value = eval(compile(ast.Expression(default), name, "eval"))
        if name != "ATTEMPTS_UUID_NAMESPACE":
            assert documented()[name]["default"] == str(value), name
            compared += 1
    assert compared >= 2


def test_rates_are_those_of_the_code() -> None:
    """They are a mapping, told in words."""
    tree = ast.parse(CONF[1].read_text())
    rates = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_DEFAULT_RATES"
    )
    told = documented()["ATTEMPTS_API_THROTTLE_RATES"]["default"]
    assert told == ", ".join(f"{scope} {rate}" for scope, rate in rates.items())


def test_no_setting_is_read_elsewhere() -> None:
    """Nor can one be misspelt: every name in code and docs is one of the table."""
    names = set(documented())
    for path in [*(ROOT / "attempts").rglob("*.py"), *(ROOT / "attempts_api").rglob("*.py")]:
        if path not in CONF:
            assert not read(path), path
    for path in [*(ROOT / "docs").glob("*.rst"), ROOT / "README.rst", ROOT / "contrib" / "tutor" / "attempts.py"]:
        own = {
            "ATTEMPTS_PACKAGE",
            "ATTEMPTS_RUN_BEAT",
            "ATTEMPTS_RECOVER_SECONDS",
            "ATTEMPTS_EXPORT_DIRECTORY",
        }  # the Tutor plugin's
        assert set(re.findall(r"\bATTEMPTS_[A-Z_]+\b", path.read_text())) <= names | own, path
