"""Stores: where a host keeps what belongs to an attempt, and how a switch moves it."""

from attempts.stores.base import LearnerKind, LearnerNames, Store, StoreSurvey
from attempts.stores.registry import in_store_order, installed_stores
from attempts.stores.rekeyed import RekeyedStore
from attempts.stores.surveys import courses_with_long_keys, survey_stores

__all__ = [
    "LearnerKind",
    "LearnerNames",
    "RekeyedStore",
    "Store",
    "StoreSurvey",
    "courses_with_long_keys",
    "in_store_order",
    "installed_stores",
    "survey_stores",
]
