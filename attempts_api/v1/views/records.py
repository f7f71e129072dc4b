"""Which of a learner's grades at a course counts."""

from __future__ import annotations

from dataclasses import asdict

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from attempts import api
from attempts.data import AttemptData, GradeOfRecord
from attempts_api.access import required_role
from attempts_api.provenance import provenance_of
from attempts_api.v1 import examples
from attempts_api.v1.schema import COURSE_KEYS, described, errors, write_errors
from attempts_api.v1.serializers import attempts as attempt_shapes
from attempts_api.v1.serializers import records as shapes
from attempts_api.v1.views.base import V1View, body_words, query_words
from attempts_api.visible import visible_attempt


class GradeOfRecordView(V1View):
    """The grade of record at an attempt's course."""

    throttle_scope = "switch"

    @described(
        parameters=[attempt_shapes.AttemptHint],
        responses={
            200: shapes.RecordedGradeWithChoices,
            **errors(*COURSE_KEYS, "attempt_not_found", "learner_not_found", "course_not_found"),
        },
        examples=[examples.GRADE_OF_RECORD],
    )
    def get(self, request: Request, uuid: str) -> Response:
        """The grade that counts for the learner of an attempt at its course, and who has chosen.

        By the policy's `grade_of_record`. It is reported here, and never written over the host's own grade.
        """
        words = query_words(attempt_shapes.AttemptHint, request)
        attempt = visible_attempt(request, uuid, "view_attempts", words, "grade of record")
        return Response(_answer(attempt, api.grade_of_record(attempt.learner.id, attempt.course_key)))

    @described(
        request=shapes.GradeChoiceRequest,
        responses={
            201: shapes.RecordedGradeWithChoices,
            **write_errors("attempt_not_found", "comment_too_long", "grade_not_chosen"),
        },
        examples=[examples.GRADE_CHOICE, examples.GRADE_CHOSEN],
    )
    def post(self, request: Request, uuid: str) -> Response:
        """Choose this attempt: its grade counts from now on, where the policy lets staff choose.

        Choices before it are kept and no longer hold. Nothing else changes: the active attempt stays active.
        """
        words = body_words(shapes.GradeChoiceRequest, request)
        attempt = visible_attempt(request, uuid, "view_attempts", {}, "grade of record")
        role = required_role(request, "activate", course_key=attempt.course_key)
        found = api.choose_grade(
            attempt, chosen_by=request.user, comment=words["comment"], provenance=provenance_of(request, role)
        )
        return Response(_answer(attempt, found), status=status.HTTP_201_CREATED)


def _answer(attempt: AttemptData, found: GradeOfRecord) -> dict[str, object]:
    choices = api.grade_choices(attempt.learner.id, attempt.course_key)
    return dict(shapes.RecordedGradeWithChoices({**asdict(found), "choices": choices}).data)
