"""The coverage audit as a table."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from attempts import api
from attempts.data import COVERAGE_ANSWERS
from attempts_api.console.views.operator.page import OperatorPage


class CoverageView(OperatorPage):
    """Every table of the host with data of a learner in a course, and what attempts do about it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the page: what nobody has thought of first."""
        self.operator_role()
        found = sorted(api.audit(), key=lambda table: (table.answer is not None, table.table))
        wanted = request.GET.get("answer", "")
        counts = Counter(table.answer or "none" for table in found)
        words = {
            "tables": [table for table in found if wanted in ("", table.answer or "none")],
            "answers": [(answer, counts[answer]) for answer in (*COVERAGE_ANSWERS, "none")],
            "all": len(found),
            "unthought": counts["none"],
            "wanted": wanted,
        }
        return self.page("operator/coverage.html", words, title=_("Coverage"))
