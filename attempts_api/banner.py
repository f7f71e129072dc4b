"""A sentence for the host's own pages of a course: which attempt the learner is in, and since when.

Pages of the host must not depend on it: whatever goes wrong here is logged and leaves the sentence out.
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from attempts import api

log = logging.getLogger(__name__)
#: What has gone wrong in this process before; it is logged once, and not with every page.
_logged: set[type[Exception]] = set()


def banner_text(user: Any, course_key: Any) -> str:
    """Return "Attempt 2 since May 3, 2026", in the language of the page and not escaped; one statement at most.

    Args:
        user: the host's user who looks at the page.
        course_key: the course, as a key or its text.

    Returns:
        Empty for whoever is not logged in or was never reset, for what is no course with attempts, and if anything
        goes wrong.
    """
    try:
        if not (user and user.is_authenticated):
            return ""
        with _apart():
            found = api.active_since(user.pk, str(course_key))
        return "" if found is None else _sentence(*found)
    except Exception as error:
        # Databases, keys of other kinds, users that are none: a page that many look at must not fail for a banner.
        _log_once(error)
        return ""


def _sentence(number: int, began: Any) -> str:
    if began is None:
        return _("Attempt %(number)d") % {"number": number}
    day = date_format(timezone.localtime(began), "DATE_FORMAT")
    return _("Attempt %(number)d since %(date)s") % {"number": number, "date": day}


def _apart() -> AbstractContextManager[Any]:
    """A savepoint where a statement that fails would end the transaction of the host's request."""
    connection = transaction.get_connection()
    needed = connection.in_atomic_block and connection.vendor == "postgresql"
    return transaction.atomic() if needed else nullcontext()


def _log_once(error: Exception) -> None:
    if type(error) not in _logged:
        _logged.add(type(error))
        # Without its text: a database's may quote a row.
        log.warning("attempts: no banner is shown: %s. It is not logged again.", type(error).__name__)
