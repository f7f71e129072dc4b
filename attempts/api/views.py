"""Views for analysts, in the host's database."""

from __future__ import annotations

from attempts.data import AnalystViews
from attempts.datasets import views
from attempts.host.service import require_lms
from attempts.restoration import refuse_while_restored


def create_views() -> AnalystViews:
    """Make a view of each dataset, or replace it; what the host has no tables for is left out.

    Raises:
        ViewsRefused: the database does not let us.
        KeysRestored: the keys of archived attempts are in the form for an uninstall, which the views do not know.
        NotInStudio: this is Studio, which does not have all the tables.
    """
    require_lms()
    refuse_while_restored()
    return views.create_views()


def drop_views() -> AnalystViews:
    """Drop the views, as is needed before a migration of the host's tables.

    Raises:
        ViewsRefused: the database does not let us.
    """
    return views.drop_views()


def view_statements(*, drop: bool = False) -> list[str]:
    """Return the statements of :func:`create_views`, or those of :func:`drop_views`, for somebody else to run.

    Raises:
        NotInStudio: this is Studio, which does not have all the tables.
    """
    if drop:
        return views.drop_statements()
    require_lms()
    return views.create_statements(views.views_database().vendor)
