"""The fence: writes of work that began before a switch stay with the attempt they were computed from.

The platform saves whole rows by primary key and inserts what it has computed from rows it read before. A switch that
commits in between would be crossed by such a write; see ``docs/fence.rst``.
"""

from attempts.fence.connection import connect_fence
from attempts.fence.errors import LateDelete, LateInsert, LateUpdate
from attempts.fence.marks import announce_request, announce_switch
from attempts.fence.work import unit_of_work

__all__ = [
    "LateDelete",
    "LateInsert",
    "LateUpdate",
    "announce_request",
    "announce_switch",
    "connect_fence",
    "unit_of_work",
]
