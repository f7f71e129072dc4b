"""What analysts see: a handful of tables with plain keys and numbers of attempts.

Each is one statement over our tables and the host's. It is a view for whoever has SQL, and the source of exports.
"""

from attempts.datasets.columns import Column, ColumnType
from attempts.datasets.dataset import Dataset
from attempts.datasets.dialects import Dialect, dialect_of
from attempts.datasets.host import COMPLETIONS, COURSE_GRADES, STATES, SUBSECTION_GRADES
from attempts.datasets.own import ATTEMPTS, OPERATIONS
from attempts.host.models import is_installed

#: In the order in which the dictionary has them.
DATASETS: tuple[Dataset, ...] = (ATTEMPTS, OPERATIONS, STATES, COURSE_GRADES, SUBSECTION_GRADES, COMPLETIONS)


def installed_datasets() -> tuple[Dataset, ...]:
    """Return those whose tables this host has."""
    return tuple(dataset for dataset in DATASETS if is_installed(dataset.model))


__all__ = [
    "DATASETS",
    "Column",
    "ColumnType",
    "Dataset",
    "Dialect",
    "dialect_of",
    "installed_datasets",
]
