"""The retake report of a course, as tables and charts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied

from attempts import api
from attempts.data import AttemptQuery
from attempts_api.access import required_role
from attempts_api.console.courses.report_tables import tables_of
from attempts_api.console.courses.tabs import tabs_of
from attempts_api.console.courses.words import words_of
from attempts_api.console.views.base import ConsoleView
from attempts_api.v1.serializers.reports import RetakeReportQuery


class CourseReportView(ConsoleView):
    """Who takes a course again, and how they fare."""

    def get(self, request: HttpRequest, course_id: str) -> HttpResponse:
        """Return the page; groups of few learners are left out for those who may not see what is in attempts.

        Raises:
            PermissionDenied: the caller may see no report, or none with filters, which could tell groups apart.
        """
        key = api.course_key(course_id)
        words = words_of(RetakeReportQuery, request)
        role = api.role_for(request.user, "view_attempt_data", course_key=key)
        is_public = role is None
        if role is None:
            role = required_role(request, "view_reports", course_key=key)
            if words:
                raise PermissionDenied(_("This report takes no filters, which could tell about a single learner."))
        course = api.course(key)
        if is_public:
            report = api.public_retake_report(key)
        else:
            period = words.get("period", "month")
            chosen = {name: value for name, value in words.items() if name != "period"}
            report = api.retake_report(key, query=AttemptQuery(**chosen), period=period)
        self.looked_at("retakes", role, course_id=key)
        shown = {
            "course": course,
            "tabs": tabs_of(request, key),
            "report": report,
            "tables": tables_of(report, {block.key: block.name for block in api.course_outline(key)}),
            "is_public": is_public,
            "given": {name: request.GET[name] for name in request.GET},
        }
        return self.page("reports/retakes.html", shown, title=_("Retake report"))
