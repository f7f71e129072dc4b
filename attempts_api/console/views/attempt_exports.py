"""Exports of the learner and course of an attempt: asked for, and followed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from attempts import api
from attempts.data import AttemptData, ExportData
from attempts.exceptions import InvalidExport
from attempts_api.console.attempts.addresses import address
from attempts_api.console.attempts.looking import attempt_at
from attempts_api.console.attempts.words import OPERATIONS
from attempts_api.console.forms import see_other
from attempts_api.console.live import next_look
from attempts_api.console.views.base import ConsoleView, is_fragment
from attempts_api.exporting import ask_for_export, file_path, own_export

_SCOPES = ("learner", "course")


class ExportsView(ConsoleView):
    """Where an export is asked for."""

    throttle_scope = "export"

    def get(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Lead back to the attempt, whose page has the form."""
        return redirect(address("attempt", attempt_at(request, uuid, "view_attempts", "attempt")))

    def post(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Ask for an export of the learner at the course, or of the course.

        Raises:
            AttemptNotFound, LearnerNotFound, CourseNotFound, PermissionDenied: see
                :func:`attempts_api.visible.visible_attempt`.
            InvalidExport, FormatUnavailable, ExportsNotConfigured, KeysRestored: see there.
        """
        attempt = attempt_at(request, uuid, "view_attempts", "attempt")
        scope = request.POST.get("scope", "")
        if scope not in _SCOPES:
            raise InvalidExport(_("Say of whom the export is to be: of the learner, or of everybody in the course."))
        export = ask_for_export(
            request,
            learner=attempt.learner.id if scope == "learner" else None,
            course_key=attempt.course_key,
            format_=request.POST.get("format", ""),
            identities=request.POST.get("identities") == "on",
        )
        if is_fragment(request):
            return self.page("attempts/export_status.html", _words(request, attempt, export), status=202)
        return see_other(address("attempt-export", attempt, str(export.uuid)))


class ExportView(ConsoleView):
    """How far an export is, and the address of its file."""

    def get(self, request: HttpRequest, uuid: str, export: str) -> HttpResponse:
        """Return the page, or the part of one that asks again by itself.

        Raises:
            AttemptNotFound, LearnerNotFound, CourseNotFound, PermissionDenied: see
                :func:`attempts_api.visible.visible_attempt`.
            ExportNotFound: there is none by that uuid, or it is somebody else's.
        """
        attempt = attempt_at(request, uuid, "view_attempts", "attempt")
        words = {**_words(request, attempt, own_export(request, export)), "course": api.course(attempt.course_key)}
        template = "export_status.html" if is_fragment(request) else "export.html"
        return self.page(f"attempts/{template}", words, title=_("Export"))


def _words(request: HttpRequest, attempt: AttemptData, export: ExportData) -> dict[str, Any]:
    look = next_look(request) if export.status in ("enqueued", "in_progress") else None
    return {
        "attempt": attempt,
        "export": export,
        "status": OPERATIONS[export.status],
        "file": file_path(export),
        "here": address("attempt-export", attempt, str(export.uuid)),
        "live_url": look and address("attempt-export", attempt, str(export.uuid), look=look.query.rpartition("=")[2]),
        "look": look,
        "attempt_url": address("attempt", attempt),
    }
