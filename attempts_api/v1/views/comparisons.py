"""What changed from one attempt to another."""

from __future__ import annotations

from dataclasses import replace

from rest_framework.request import Request
from rest_framework.response import Response

from attempts import api
from attempts_api.v1 import examples
from attempts_api.v1.schema import described, errors
from attempts_api.v1.serializers import comparisons as shapes
from attempts_api.v1.views.base import V1View, query_words
from attempts_api.visible import visible_attempt


class ComparisonView(V1View):
    """Two attempts of one learner."""

    @described(
        parameters=[shapes.ComparisonQuery],
        responses={
            200: shapes.ComparisonSerializer,
            **errors("attempt_not_found", "not_comparable", "not_eligible", "operation_in_flight"),
        },
        examples=[examples.COMPARISON],
    )
    def get(self, request: Request, uuid: str, other: str) -> Response:
        """What changed from the first attempt to the other: course grade, subsections and blocks, by plain keys.

        Any two attempts of one learner at one course.
        """
        words = query_words(shapes.ComparisonQuery, request)
        first, second = (visible_attempt(request, one, "view_attempt_data", {}, "comparison") for one in (uuid, other))
        found = api.compare(first, second)
        if words["changed_only"]:
            found = replace(found, blocks=[block for block in found.blocks if block.is_different])
        return Response(shapes.ComparisonSerializer(found, context={"request": request}).data)
