"""Everything that is known of an attempt, in one file."""

from __future__ import annotations

from functools import partial

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from attempts import api
from attempts.data import AttemptData
from attempts_api.v1.schema import CONTENT_DISPOSITION, COURSE_KEYS, described, errors
from attempts_api.v1.serializers import attempts as shapes
from attempts_api.v1.views.attempts import NOT_FOUND
from attempts_api.v1.views.base import query_words
from attempts_api.v1.views.downloads import DownloadView, ZipRenderer, download
from attempts_api.visible import visible_attempt


class AppealPackView(DownloadView):
    """A zip for those who decide on an appeal."""

    @described(
        parameters=[shapes.AttemptHint, CONTENT_DISPOSITION],
        responses={
            (200, ZipRenderer.media_type): OpenApiTypes.BINARY,
            **errors(*COURSE_KEYS, *NOT_FOUND, "not_eligible", "operation_in_flight"),
        },
    )
    def get(self, request: Request, uuid: str) -> FileResponse:
        """Everything that is known of an attempt, as a zip.

        In it are `attempt.json`, and `attempt.html` to read and to print. It names the learner and staff. Errors are
        JSON; a file that comes is whole.
        """
        words = query_words(shapes.AttemptHint, request)
        attempt = visible_attempt(request, uuid, "view_attempt_data", words, "appeal_pack")
        return appeal_pack(attempt)


def appeal_pack(attempt: AttemptData) -> FileResponse:
    """Return the pack of an attempt as a file.

    Raises:
        OperationInFlight: the learner is being switched.
    """
    name = f"attempt-{attempt.number}_{attempt.learner.username}_{attempt.course_key}"
    return download(partial(api.write_appeal_pack, attempt), name)
