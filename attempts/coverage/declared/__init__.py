"""What is done about each table of Open edX with data of a learner in a course, and why: one module for each area.

A declaration of ``kept`` or ``refused`` is an answer by itself. ``rekeyed`` and ``valued`` say what a store does, and
``travels`` what follows from the table's columns; that they are true is tested.

Reasons of what is kept are marked for translators, for whoever resets a learner reads them. The others are for
operators.
"""

from attempts.coverage.declared.base import Answers, Declaration
from attempts.coverage.declared.enrolment import ENROLMENT
from attempts.coverage.declared.enterprise import ENTERPRISE
from attempts.coverage.declared.learning import LEARNING
from attempts.coverage.declared.open_response import OPEN_RESPONSE
from attempts.coverage.declared.people import PEOPLE
from attempts.coverage.declared.results import RESULTS

AREAS: tuple[Answers, ...] = (LEARNING, OPEN_RESPONSE, ENROLMENT, RESULTS, PEOPLE, ENTERPRISE)

#: The declarations by table.
DECLARED: dict[str, Declaration] = {
    table: Declaration(table, answer, reason, component)
    for area in AREAS
    for component, tables in area.items()
    for table, (answer, reason) in tables.items()
}

__all__ = ["AREAS", "DECLARED", "Declaration"]
