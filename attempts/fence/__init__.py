"""The fence: writes of work that began before a switch stay with the attempt they were computed from.

The platform saves whole rows by primary key and inserts what it has computed from rows it read before. A switch that
commits in between would be crossed by such a write; see ``docs/fence.rst``.
"""

from attempts.fence.connection import connect_fence
from attempts.fence.errors import LateDelete, LateInsert, LateUpdate
from attempts.fence.marks import announce_request, announce_switch
from attempts.fence.pointers import Pointer, announce_move, remembered
from attempts.fence.work import current_unit, unit_of_work

__all__ = [
    "LateDelete",
    "LateInsert",
    "LateUpdate",
    "Pointer",
    "announce_move",
    "announce_request",
    "announce_switch",
    "connect_fence",
    "current_unit",
    "remembered",
    "unit_of_work",
]
