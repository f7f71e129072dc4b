"""The stores of Open edX: the platform itself, and the packages that come with it.

Each module has one kind: tables whose keys are rewritten, values that are put aside, and rows that stand against a
switch. What hangs on rows of theirs by primary key, or by the uuid of a submission, travels along.
"""

from attempts.stores.base import Store
from attempts.stores.platform.guarding import GUARDING_STORES
from attempts.stores.platform.rekeyed import REKEYED_STORES
from attempts.stores.platform.valued import VALUED_STORES

#: In the order in which a switch takes them.
PLATFORM_STORES: tuple[Store, ...] = (*REKEYED_STORES, *VALUED_STORES, *GUARDING_STORES)
