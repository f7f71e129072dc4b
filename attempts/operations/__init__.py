"""Operations: a switch asked for, carried out by a worker, recorded."""

from attempts.operations.execution import REFUSAL_CODES, TRANSIENT_ERRORS, execute, give_up, refusal_code
from attempts.operations.follow_ups import hand_over_follow_ups, recover_follow_ups, repeat_follow_ups, run_follow_up
from attempts.operations.records import find_operation, last_operations, operation_data, readable_operations, turns_of
from attempts.operations.recovery import operations_in_flight, recover
from attempts.operations.requests import Request, earlier_operation, refusals_told, request_switch

__all__ = [
    "REFUSAL_CODES",
    "TRANSIENT_ERRORS",
    "Request",
    "earlier_operation",
    "execute",
    "find_operation",
    "give_up",
    "hand_over_follow_ups",
    "last_operations",
    "operation_data",
    "operations_in_flight",
    "readable_operations",
    "recover",
    "recover_follow_ups",
    "refusal_code",
    "refusals_told",
    "repeat_follow_ups",
    "request_switch",
    "run_follow_up",
    "turns_of",
]
