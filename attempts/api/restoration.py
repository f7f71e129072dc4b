"""What operators do before an uninstall, and after the package is installed again."""

from __future__ import annotations

from collections.abc import Callable

from attempts import restoration
from attempts.data import RestoredKeys
from attempts.host.service import require_lms


def restore_keys(
    *,
    back: bool = False,
    dry_run: bool = False,
    batch: int = 1000,
    report: Callable[[str, int], None] = lambda _table, _rows: None,
) -> RestoredKeys:
    """Bring the keys of all archived attempts to a form that a host without this package can parse, or back.

    Switches, and reads of archived attempts, are refused from then on until the keys are back. Nothing is
    deleted; what an interrupted call has left is done by the next.

    Args:
        back: bring them back to the form of attempts.
        dry_run: count only; refuse as the real thing would.
        batch: how many rows one transaction may rewrite, from 1.
        report: told after each transaction: the table, and how many of its rows are done.

    Raises:
        RestorationRefused: something stands against it, and is named.
        NotInStudio: this is Studio, which does not have all the tables.
    """
    require_lms()
    if dry_run:
        rows = _would_be_rewritten(back=back)
    else:
        rows = restoration.restore_keys(back=back, batch=batch, report=report).rows
    form, courses = (restoration.BARE_FORM, restoration.bare_courses()) if back else (restoration.ATTEMPT_FORM, None)
    columns = dict(restoration.columns_with_keys(form, courses))
    left = {column: count for column, count in columns.items() if count}
    return RestoredKeys(back=back, dry_run=dry_run, rows=rows, columns_checked=len(columns), left=left)


def _would_be_rewritten(*, back: bool) -> dict[str, int]:
    if back:
        restoration.refuse_return()
        return dict(restoration.survey_form(restoration.BARE_FORM, restoration.bare_courses()).rows)
    survey = restoration.survey_form(restoration.ATTEMPT_FORM)
    restoration.refuse_restoration(survey)
    return dict(survey.rows)
