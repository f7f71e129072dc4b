"""Reasons against a switch: what this site keeps, and what its own code says."""

from __future__ import annotations

from typing import Any

from attempts.exceptions.base import NotEligible, gettext_noop

#: By whether the rule has a name, and whether it says why.
_REFUSALS = {
    (False, False): gettext_noop("A rule of this site refuses the switch."),
    (False, True): gettext_noop("A rule of this site refuses the switch: %(why)s"),
    (True, False): gettext_noop("A rule of this site (%(rule)s) refuses the switch."),
    (True, True): gettext_noop("A rule of this site (%(rule)s) refuses the switch: %(why)s"),
}


class KeyTooLong(NotEligible):
    """A key of the learner would outgrow its column."""

    code = "key_too_long"
    overridable = False

    def __init__(self, table: str, column: str, row: Any, limit: int) -> None:
        super().__init__(
            gettext_noop(
                "Row %(row)s of %(table)s: the key in %(column)s would be longer than the %(limit)s characters the "
                "column holds."
            ),
            row=row,
            table=table,
            column=column,
            limit=limit,
        )


class StoreElsewhere(NotEligible):
    """A table of attempts is in another database, which the transaction of a switch does not reach."""

    code = "store_elsewhere"
    overridable = False

    def __init__(self, table: str, database: str) -> None:
        super().__init__(
            gettext_noop(
                "%(table)s is kept in another database ('%(database)s'), so a switch could not be all or nothing. An "
                "operator leaves it out of ATTEMPTS_STORES, or keeps both in one database."
            ),
            table=table,
            database=database,
        )


class KeysRestored(NotEligible):
    """The keys of archived attempts are in the bare form, for an uninstall."""

    code = "keys_restored"
    overridable = False

    def __init__(self) -> None:
        super().__init__(
            gettext_noop(
                "The keys of archived attempts are in the form for a platform without attempts. An operator brings "
                "them back with: manage.py attempts restore-keys --back."
            )
        )


class Vetoed(NotEligible):
    """The site's own code refuses the switch."""

    code = "vetoed"
    overridable = False

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(
            _REFUSALS[bool(code), bool(detail.strip())], rule=_one_line(code, 64), why=_one_line(detail, 500)
        )


class VetoUnknown(NotEligible):
    """The site's own code failed, and the site wants no switch that it was not asked about."""

    code = "veto_unknown"
    overridable = False

    def __init__(self) -> None:
        super().__init__(
            gettext_noop("A rule of this site could not be asked, so the switch is refused. Its log has the details.")
        )


def _one_line(text: str, limit: int) -> str:
    """What others say, fit for a sentence and for every database."""
    return " ".join(text.replace("\x00", "").split())[:limit]
