"""Learners."""

from __future__ import annotations

from dataclasses import asdict

from rest_framework.request import Request
from rest_framework.response import Response

from attempts import api
from attempts_api.access import required_reach, role_name
from attempts_api.audit import log_read
from attempts_api.v1 import examples
from attempts_api.v1.schema import described, errors
from attempts_api.v1.serializers.learners import LearnerSerializer
from attempts_api.v1.views.base import V1View


class LearnerView(V1View):
    """A learner, by username or e-mail address, and where she stands in each of her courses."""

    @described(
        responses={200: LearnerSerializer, **errors("learner_not_found")},
        examples=[examples.LEARNER],
    )
    def get(self, request: Request, learner: str) -> Response:
        """Where a learner stands in the courses that you may look into.

        With the active attempt, whether a reset would be accepted and every reason against it, how many resets are
        left, and the last operation.
        """
        reach = required_reach(request, "view_attempts")
        found = api.learner(learner, within=reach)
        courses = api.courses(found.id, within=reach)
        log_read(request, "learner", role_name(reach), learner=found.id)
        data = {**asdict(found), "courses": courses}
        if not reach.everywhere:
            data["email"] = None
        return Response(LearnerSerializer(data, context={"request": request}).data)
