"""Looking at all stores in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opaque_keys.edx.keys import CourseKey

from attempts.keys import KeyRewrite
from attempts.stores.base import LearnerNames, Store, StoreSurvey
from attempts.stores.rekeyed import RekeyedStore


def survey_stores(stores: Sequence[Store], learner: LearnerNames, rewrite: KeyRewrite) -> dict[str, StoreSurvey]:
    """Return what a rewrite would find in each store, by table; one statement for all rekeyed stores together."""
    rekeyed = {store.name: store for store in stores if isinstance(store, RekeyedStore)}
    surveys = {
        store.name: StoreSurvey(0, 0, None) if store.name in rekeyed else store.survey(learner, rewrite)
        for store in stores
    }
    queries = [store.survey_query(learner, rewrite) for store in rekeyed.values()]
    if queries:
        for name, rows, foreign, too_long in queries[0].union(*queries[1:], all=True):
            problem = rekeyed[name].problem(learner, rewrite, rows, too_long)
            surveys[name] = StoreSurvey(rows, foreign, problem)
    return surveys


def courses_with_long_keys(
    stores: Sequence[Store], learner: LearnerNames, rewrites: Mapping[CourseKey, KeyRewrite]
) -> list[CourseKey]:
    """Return the courses in which a rewrite may be impossible: those with keys near a column's limit; one statement.

    A store that is not rekeyed can only be asked course by course, so with one of those it is all of them.

    Args:
        stores: the stores to look into.
        learner: the names the learner goes by, in all of the courses.
        rewrites: the rewrite for each course.
    """
    rekeyed = [store for store in stores if isinstance(store, RekeyedStore)]
    if len(rekeyed) < len(stores) or not (rekeyed and rewrites):
        return list(rewrites) if len(rekeyed) < len(stores) else []
    queries = [store.long_keys_query(learner, _growth(rewrites)) for store in rekeyed]
    found = set(queries[0].union(*queries[1:]))
    return [key for key in rewrites if str(key) in found]


def _growth(rewrites: Mapping[CourseKey, KeyRewrite]) -> int:
    """The most characters by which one of the rewrites makes a key longer."""
    prefixes = (pair for rewrite in rewrites.values() for pair in rewrite.usage_prefixes)
    return max((len(new) - len(old) for old, new in prefixes), default=0)
