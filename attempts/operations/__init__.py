"""Operations: a switch asked for, carried out by a worker, recorded."""

from attempts.operations.execution import TRANSIENT_ERRORS, execute, give_up
from attempts.operations.records import find_operation, last_operation, operation_data
from attempts.operations.recovery import recover
from attempts.operations.requests import Request, earlier_operation, request_switch

__all__ = [
    "TRANSIENT_ERRORS",
    "Request",
    "earlier_operation",
    "execute",
    "find_operation",
    "give_up",
    "last_operation",
    "operation_data",
    "recover",
    "request_switch",
]
