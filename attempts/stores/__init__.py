"""Stores: where a host keeps what belongs to an attempt, and how a switch moves it."""

from attempts.stores.base import LearnerKind, LearnerNames, Move, Moved, Store, StoreSurvey
from attempts.stores.guarding import GuardingStore
from attempts.stores.ledger import Ledger
from attempts.stores.names import learner_names
from attempts.stores.prepared import count_rows
from attempts.stores.queued import QueuedStore
from attempts.stores.registry import in_store_order, installed_stores, moving_stores
from attempts.stores.rekeyed import RekeyedStore
from attempts.stores.surveys import objecting_courses, stores_elsewhere, survey_stores
from attempts.stores.tables import TableStore
from attempts.stores.valued import ValuedStore

__all__ = [
    "GuardingStore",
    "LearnerKind",
    "LearnerNames",
    "Ledger",
    "Move",
    "Moved",
    "QueuedStore",
    "RekeyedStore",
    "Store",
    "StoreSurvey",
    "TableStore",
    "ValuedStore",
    "count_rows",
    "in_store_order",
    "installed_stores",
    "learner_names",
    "moving_stores",
    "objecting_courses",
    "stores_elsewhere",
    "survey_stores",
]
