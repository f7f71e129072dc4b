"""Write ``docs/data_dictionary.rst`` anew from the datasets and the sample queries."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "data_dictionary.rst"

HEAD = """\
.. Written by `make dictionary` from attempts/datasets: change it there.

Data dictionary
###############

What analysts see of attempts: {count} datasets with plain keys. Each is a view in the host's database, by the name that
stands beside it, and a part of an export under its own name. Rows, columns and values are the same in both, but that
people are user ids in views and pseudonyms in exports. :doc:`sql` says how to get at either.

**The active attempt.** The host's own tables have the active attempt under the plain key of the course, and nothing
else: whoever wants no more than that needs none of this. Here it is ``is_active = true``, which all engines understand.

**Types.** Times are in UTC, to the microsecond. Uuids are text with hyphens. A column that is optional has no value
(NULL) where its meaning says so; the others always have one. One that is personal has none in exports without
identities.

================ =================== ================ ====================== ============== =================
here             MariaDB, MySQL      PostgreSQL       SQLite                 Parquet        ClickHouse
================ =================== ================ ====================== ============== =================
``text``         varchar, longtext   varchar, text    text                   string         String
``integer``      int, bigint         integer          integer                int64          Int64
``float``        double              double precision real                   double         Float64
``boolean``      0 and 1             boolean          0 and 1                bool           Bool
``timestamp``    datetime(6)         timestamptz      text                   timestamp, UTC DateTime64(6)
================ =================== ================ ====================== ============== =================
"""
SAMPLES_HEAD = """\
.. _opening-exports:

Exports in DuckDB and ClickHouse
********************************

An export as Parquet (``manage.py attempts export DIR --all --as parquet``) has a directory for each dataset, with
directories in it for each course and attempt number. Both engines read all files below as one table. With a view of
each dataset, made once, they take the sample queries as a host's database does. That of states, the others likewise:
{engines}

A condition on the names of the directories leaves out files unread: say ``hive_partitioning = true`` or
``use_hive_partitioning = 1`` for two columns more, ``attempt`` and ``course``; ClickHouse has the course as the
directory is called, percent-encoded. A ClickHouse server reads below its ``user_files_path``, or from S3 with
``s3('https://…')``;
``clickhouse-local``, and ``chdb`` for Python, read any directory.

Sample queries
**************

Each is the same text on MariaDB, MySQL, PostgreSQL, SQLite, DuckDB and ClickHouse, and tests compare what it finds
there (not on MySQL). In an export, ``learner`` is a pseudonym: put quotes around it.
"""
COURSE, LEARNER = "course-v1:Org+Course+Run", 42


def dictionary() -> str:
    """Return the page."""
    from attempts.datasets import DATASETS
    from attempts.datasets.engines import CLICKHOUSE, DUCKDB
    from attempts.datasets.samples import SAMPLES

    states = next(dataset for dataset in DATASETS if dataset.name == "states")
    openings = "\n".join(_opening(engine, states) for engine in (DUCKDB, CLICKHOUSE)).rstrip()
    head, of_samples = HEAD.format(count=len(DATASETS)), SAMPLES_HEAD.format(engines=openings)
    return "\n".join([head, *map(_dataset, DATASETS), of_samples, *map(_sample, SAMPLES)])


def _heading(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}\n"


def _dataset(dataset) -> str:
    title = _heading(f"{dataset.name}: {dataset.view}", "*")
    return f"{title}\n{dataset.meaning}\n\n" + "\n".join(_table(dataset)) + "\n"


def _table(dataset) -> Iterator[str]:
    yield from (".. list-table::", "   :header-rows: 1", "   :widths: 22 10 14 54", "")
    yield from _row("column", "type", "", "meaning")
    for column in dataset.columns:
        marks = [name for name in ("optional", "personal") if getattr(column, f"is_{name}")]
        yield from _row(f"``{column.name}``", column.type, ", ".join(marks), column.meaning)


def _row(first: str, *rest: str) -> Iterator[str]:
    yield f"   * - {first}"
    yield from (f"     - {cell}".rstrip() for cell in rest)


def _opening(engine, dataset) -> str:
    statements = (engine.session, engine.view_of_files(dataset, "DIR"))
    return "\n".join(["", f"{engine.name}:", "", ".. code-block:: sql", "", *(f"    {one};" for one in statements)])


def _sample(sample) -> str:
    from attempts.datasets.engines import ENGINES, POSTGRESQL

    text = sample.on(POSTGRESQL, course=COURSE, learner=LEARNER)
    parts = [_heading(sample.question, "="), sample.note, "", ".. code-block:: sql", "", indent(text, "    "), ""]
    if "{days}" in sample.sql:
        parts += ["The line with the subtraction is PostgreSQL's. The others say:", ""]
        parts += [f"* {engine.name}: ``{engine.days}``" for engine in ENGINES if engine is not POSTGRESQL]
        parts.append("")
    return "\n".join(parts)


def main() -> None:
    """Write the page."""
    import django

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    django.setup()
    PAGE.write_text(dictionary())


if __name__ == "__main__":
    main()
