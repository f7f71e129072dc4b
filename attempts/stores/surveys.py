"""Looking at all stores in one statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import router
from opaque_keys.edx.keys import CourseKey

from attempts.exceptions import StoreElsewhere
from attempts.keys import KeyRewrite
from attempts.models import LearnerCourse
from attempts.stores.base import LearnerNames, Move, Store, StoreSurvey
from attempts.stores.prepared import count_rows
from attempts.stores.tables import Found, Half, TableStore


def survey_stores(stores: Sequence[Store], learner: LearnerNames, move: Move) -> dict[str, StoreSurvey]:
    """Return what a switch would find in each store, by table; one statement for all that are tables together.

    A store that the switch's transaction does not reach is not asked, and stands against it.
    """
    known = {
        store.name: StoreSurvey(rows=0, problem=StoreElsewhere(store.name, store.database()))
        for store in stores_elsewhere(stores)
    }
    known.update(
        _survey_tables(
            [store for store in stores if isinstance(store, TableStore) and store.name not in known], learner, move
        )
    )
    return {store.name: known[store.name] if store.name in known else store.survey(learner, move) for store in stores}


def stores_elsewhere(stores: Iterable[Store]) -> list[Store]:
    """Return those of some stores that are written to another database than attempts themselves."""
    own = router.db_for_write(LearnerCourse)
    return [store for store in stores if store.database() != own]


def _survey_tables(stores: Sequence[TableStore], learner: LearnerNames, move: Move) -> dict[str, StoreSurvey]:
    """Return what a switch would find in some tables: a statement that counts, one for details if there are odd rows.

    Hardly anybody has such rows, and the conditions of the details are long.
    """
    counts: dict[str, Counter[Half]] = {store.name: Counter() for store in stores}
    odd: Counter[str] = Counter()
    completed: Counter[str] = Counter()
    for counted in count_rows(stores, learner, move):
        counts[counted.table][counted.half] += counted.rows
        odd[counted.table] += counted.odd
        completed[counted.table] += counted.completed
    asked = [store.details_query(learner, move) for store in stores if odd[store.name]]
    queries = [query for query in asked if query is not None]
    found = queries[0].union(*queries[1:], all=True) if queries else ()
    details = {table: (foreign, too_long) for table, foreign, too_long in found}
    return {
        name: store.read_survey(learner, move, Found(counts[name], *details.get(name, (0, None)), completed[name]))
        for name, store in ((store.name, store) for store in stores)
    }


def objecting_courses(
    stores: Sequence[Store], learner: LearnerNames, rewrites: Mapping[CourseKey, KeyRewrite]
) -> list[CourseKey]:
    """Return the courses in which a store may have something against a reset; one statement.

    A store that is not a table can only be asked course by course, so with one of those it is all of them; and one that
    is in another database stands against every reset.

    Args:
        stores: the stores to look into.
        learner: the names the learner goes by, in all of the courses.
        rewrites: the rewrite of keys for each course.
    """
    tables = [store for store in stores if isinstance(store, TableStore)]
    if len(tables) < len(stores) or stores_elsewhere(stores):
        return list(rewrites)
    growth = _growth(rewrites)
    queries = [query for store in tables for query in store.objecting_courses(learner, growth)]
    if not (queries and rewrites):
        return []
    found = set(queries[0].union(*queries[1:]))
    return [key for key in rewrites if str(key) in found]


def _growth(rewrites: Mapping[CourseKey, KeyRewrite]) -> int:
    """The most characters by which one of the rewrites makes a key longer."""
    prefixes = (pair for rewrite in rewrites.values() for pair in rewrite.usage_prefixes)
    return max((len(new) - len(old) for old, new in prefixes), default=0)
