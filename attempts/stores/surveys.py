"""Looking at all stores in one statement."""

from __future__ import annotations

from collections.abc import Sequence

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
