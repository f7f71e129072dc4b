"""What all attempts at a course say together."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from attempts import api
from attempts.data import AttemptQuery
from attempts_api.access import required_role
from attempts_api.audit import log_read
from attempts_api.v1 import examples
from attempts_api.v1.schema import COURSE_KEYS, described, errors
from attempts_api.v1.serializers import reports as shapes
from attempts_api.v1.views.base import V1View, query_words


class RetakeReportView(V1View):
    """Who takes a course again."""

    @described(
        parameters=[shapes.RetakeReportQuery],
        responses={200: shapes.RetakeReportSerializer, **errors(*COURSE_KEYS, "course_not_found", "not_found")},
        examples=[examples.RETAKES],
    )
    def get(self, request: Request, course_id: str) -> Response:
        """Who takes a course again, and how they fare: learners, resets, grades, completion, subsections.

        About learners who were ever reset. Whoever may see what is in attempts gets all of it, and may ask for some
        attempts only. Anybody else gets no group of few learners, and no filters, which could tell groups apart.
        """
        course_key = api.course_key(course_id)
        words = query_words(shapes.RetakeReportQuery, request)
        role = api.role_for(request.user, "view_attempt_data", course_key=course_key)
        if role is None:
            role = required_role(request, "view_reports", course_key=course_key)
            if words:
                # Two groups that differ in one learner would tell about that learner.
                role = required_role(request, "view_attempt_data", course_key=course_key)
            found = api.public_retake_report(course_key)
        else:
            period = words.pop("period", "month")
            found = api.retake_report(course_key, query=AttemptQuery(**words), period=period)
        log_read(request, "retakes", role, course_id=course_key)
        return Response(shapes.RetakeReportSerializer(found, context={"request": request}).data)
