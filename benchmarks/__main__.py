"""``python -m benchmarks``: everything side by side, on each engine, with results and plots; see docs/performance.rst.

``python -m benchmarks --help`` tells the options. Ends with 1 if a target was not reached, or if an engine that was
asked for could not be measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.engines import Engine, engine, redis_url
from benchmarks.options import Command, parse
from benchmarks.report import write_tables
from benchmarks.targets import targets


def main(words: list[str] | None = None) -> int:
    """Measure, write and tell; return the exit code."""
    command = parse(words)
    command.results.mkdir(parents=True, exist_ok=True)
    engines = [engine(name) for name in command.engines]
    missing = [one for one in engines if one.missing]
    _tell_missing(engines, missing)
    failed = [f"{one.name}: {part}" for one in engines if not one.missing for part in _measure(one, command)]
    results = read_results(command.results)
    if results:
        # Here, because only whoever measures has what it is drawn with.
        from benchmarks.plots import draw

        write_tables(results, command.results)
        draw(results, command.results)
    missed = _tell_targets(results)
    for words_of_failure in failed:
        print(f"!!! {words_of_failure} was not measured: it ended with an error", file=sys.stderr)
    _tell_missing(engines, missing)
    return int(bool(missing or missed or failed))


def read_results(folder: Path) -> dict[str, Any]:
    """Return what was measured, by engine."""
    order = ("sqlite", "mariadb", "postgresql")
    files = [folder / f"{name}.json" for name in order]
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()}


def _measure(one: Engine, command: Command) -> list[str]:
    """Measure the parts on one engine, writing each down as it comes; return those that ended with an error."""
    failed = []
    for part in command.parts:
        if part == "throughput" and one.name == "sqlite":
            # One writer at a time: workers would only wait for one another.
            continue
        print(f"\n--- {one.name}: {part}", flush=True)
        found = _part(one, part, command)
        if found is None:
            failed.append(part)
        else:
            _keep(command.results / f"{one.name}.json", part, found)
    return failed


def _part(one: Engine, part: str, command: Command) -> dict[str, Any] | None:
    with tempfile.TemporaryDirectory(prefix="attempts-benchmarks-") as folder:
        file = Path(folder) / "found.json"
        redis = redis_url()
        if not redis:
            print("!!! no Redis answers at REDIS_URL: the shared cache is a directory, and workers cannot be measured")
        environment = {
            **os.environ,
            "DATABASE_URL": one.url,
            "REDIS_URL": redis,
            "CELERY_BROKER_URL": redis if part == "throughput" else "memory://",
            "SANDBOX_VAR": folder,
        }
        words = [sys.executable, "-m", "benchmarks.child", part, command.options.as_json(), str(file)]
        done = subprocess.run(words, env=environment, check=False)
        return json.loads(file.read_text(encoding="utf-8")) if done.returncode == 0 else None


def _keep(path: Path, part: str, found: dict[str, Any]) -> None:
    """Put a part beside those that were measured before; each says when, where and of which commit."""
    parts = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    parts[part] = found
    path.write_text(json.dumps(parts, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def _tell_missing(engines: list[Engine], missing: list[Engine]) -> None:
    for one in missing:
        print(f"!!! {one.name.upper()} IS NOT MEASURED: {one.missing}.", file=sys.stderr)
    if missing and all(one.missing or one.name == "sqlite" for one in engines):
        print("!!! Only SQLite can be measured here: that says little about a site.", file=sys.stderr)


def _tell_targets(results: dict[str, Any]) -> bool:
    """Print every target; return whether one was missed."""
    found = [
        target
        for name, parts in results.items()
        for target in targets(name, {part: one["found"] for part, one in parts.items()})
    ]
    print(f"\n{'':12}{'target':60}{'measured':>12}{'limit':>12}")
    for target in found:
        bound = f"{'≥' if target.at_least else '≤'} {target.limit:g}"
        print(f"{target.engine:12}{target.what:60}{target.measured:>12g}{bound:>12}  {target.verdict}")
    missed = [target for target in found if not target.met]
    print(f"\n{len(found) - len(missed)} targets met, {len(missed)} FAILED")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
