"""Everything that is known of an attempt, in one file."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest

from attempts_api.console.attempts.looking import attempt_at
from attempts_api.console.views.base import ConsoleView
from attempts_api.v1.views.packs import appeal_pack


class AppealPackView(ConsoleView):
    """A zip for those who decide on an appeal."""

    def get(self, request: HttpRequest, uuid: str) -> FileResponse:
        """Return it.

        Raises:
            AttemptNotFound, LearnerNotFound, CourseNotFound, PermissionDenied: see
                :func:`attempts_api.visible.visible_attempt`.
            OperationInFlight: the learner is being switched.
        """
        return appeal_pack(attempt_at(request, uuid, "view_attempt_data", "appeal_pack"))
