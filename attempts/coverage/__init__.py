"""Coverage: which tables of the host hold data of a learner in a course, and what attempts do about each.

``description`` says what the models look like, ``finding`` which of them are meant, ``declared`` what is known of the
tables of Open edX, ``auditing`` puts the three together, ``keeping`` counts what stays of a learner.
"""

from attempts.coverage.auditing import audit, audit_host, installed_declarations, store_answers
from attempts.coverage.declared import DECLARED, Declaration
from attempts.coverage.description import Column, Table, describe_models
from attempts.coverage.keeping import what_stays

__all__ = [
    "DECLARED",
    "Column",
    "Declaration",
    "Table",
    "audit",
    "audit_host",
    "describe_models",
    "installed_declarations",
    "store_answers",
    "what_stays",
]
