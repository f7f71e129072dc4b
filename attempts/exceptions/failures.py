"""What was tried and cannot be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attempts.exceptions.base import AttemptsError, gettext_noop


class OperationFailed(AttemptsError):
    """An operation that was waited for did not succeed."""

    code = "operation_failed"


class BrokerUnavailable(AttemptsError):
    """Nothing can be handed to workers."""

    code = "broker_unavailable"

    def __init__(self) -> None:
        super().__init__(
            gettext_noop("The broker does not answer, so nothing was handed to a worker. See to it, then try again.")
        )


class RowsInTheWay(AttemptsError):
    """Rows lie under the keys that the active attempt would be archived by, and cannot be moved."""

    code = "rows_in_the_way"

    def __init__(self, details: Sequence[str], count: int) -> None:
        more = f" There are {count} such rows; `manage.py attempts sweep` names all." if count > len(details) else ""
        super().__init__(" ".join(details) + more)


class DeletionRefused(AttemptsError):
    """Somebody tried to delete what is kept for ever."""

    code = "deletion_refused"

    def __init__(self, model: str) -> None:
        super().__init__(f"{model} rows are never deleted.")


class AttemptArchived(AttemptsError):
    """Somebody tried to write to an archived attempt."""

    code = "attempt_archived"

    def __init__(self, number: int) -> None:
        super().__init__(
            gettext_noop("Attempt %(number)s is archived and cannot be written to. Activate it first."), number=number
        )


class AttemptActive(AttemptsError):
    """What was asked for makes sense for an archived attempt only."""

    code = "attempt_active"

    def __init__(self, uuid: Any) -> None:
        super().__init__(
            gettext_noop("Attempt %(uuid)s is active. Only an archived attempt can be brought back on trial."),
            uuid=uuid,
        )


class NotInStudio(AttemptsError):
    """Studio does not have all the tables of learners."""

    code = "not_in_studio"

    def __init__(self) -> None:
        super().__init__(
            gettext_noop(
                "This is Studio, which does not have all the tables of learners. Do it with the LMS's manage.py, or "
                "let one of the LMS's workers do it."
            )
        )


class RestorationRefused(AttemptsError):
    """The keys of archived attempts cannot be brought to another form now."""

    code = "restoration_refused"


class ViewsRefused(AttemptsError):
    """The database does not let the views for analysts be made or dropped."""

    code = "views_refused"

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"The database refuses: {' '.join(str(error).split())} If rights are missing, let somebody who has them "
            "run what this prints: manage.py attempts views sql. If a view has other columns now, drop the views first."
        )
