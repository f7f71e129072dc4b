"""Finding a learner, and her page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attempts import api
from attempts.data import AttemptData, CourseStanding, LearnerData, Reach
from attempts.exceptions import AttemptNotFound, LearnerNotFound
from attempts_api.access import required_reach, role_name
from attempts_api.audit import log_list
from attempts_api.console.anchors import course_anchor
from attempts_api.console.learners.rows import page_of, rows_of
from attempts_api.console.live import next_look
from attempts_api.console.views.base import ConsoleView, is_fragment, said

#: Learners that are suggested at most.
SUGGESTED = 8


class LearnersView(ConsoleView):
    """Search: by username, e-mail address, or the uuid of an attempt."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the page, the list of suggestions for a script, or the way to the one who is meant."""
        reach = required_reach(request, "view_attempts")
        text = request.GET.get("q", "").strip()
        attempt = _attempt(text, reach)
        if is_fragment(request):
            return self._suggestions(text, attempt, reach)
        if attempt:
            return redirect(page_of(attempt.learner.username, attempt))
        try:
            return redirect(page_of(api.learner(text, within=reach).username))
        except LearnerNotFound:
            words = self._found(text, None, reach) if text else {}
            return self.page("learners/search.html", {"text": text, **words}, title=_("Learners"))

    def _suggestions(self, text: str, attempt: AttemptData | None, reach: Reach) -> HttpResponse:
        words = self._found(text, attempt, reach)
        number = len(words["learners"]) + bool(attempt)
        told = ngettext("%(count)d suggestion", "%(count)d suggestions", number) % {"count": number} if text else ""
        return said(self.page("learners/suggestions.html", {"text": text, **words}), told)

    def _found(self, text: str, attempt: AttemptData | None, reach: Reach) -> dict[str, Any]:
        found = api.suggest_learners(text, within=reach, limit=SUGGESTED + 1) if text and not attempt else ()
        shown = found[:SUGGESTED]
        if attempt or shown:
            seen = {one.id for one in shown} | ({attempt.learner.id} if attempt else set())
            log_list(self.request, "learners", role_name(reach), seen)
        address = page_of(attempt.learner.username, attempt) if attempt else ""
        return {"learners": shown, "more": len(found) > SUGGESTED, "attempt": attempt, "address": address}


class LearnerView(ConsoleView):
    """A learner in her courses."""

    def get(self, request: HttpRequest, learner: str) -> HttpResponse:
        """Return the page.

        Raises:
            LearnerNotFound: nobody goes by that name, or nobody whom the caller may see.
        """
        reach = required_reach(request, "view_attempts")
        found = api.learner(learner, within=reach)
        if found.username != learner:
            # Addresses are logged and kept; no e-mail address is to be among them for longer than need be.
            return redirect(page_of(found.username))
        attempt = _attempt(request.GET.get("attempt", ""), reach)
        rows = rows_of(
            request.user, found, reach, look=next_look(request), unfolded=attempt.course_key if attempt else None
        )
        self.looked_at("learner", role_name(reach), learner=found.id)
        words = {"learner": found, "rows": rows, "email": found.email if reach.everywhere else ""}
        return self.page("learners/learner.html", words, title=found.username)


class LearnerCourseView(ConsoleView):
    """One course of a learner, as a row of her page."""

    def get(self, request: HttpRequest, learner: str, course_id: str) -> HttpResponse:
        """Return the row for a script; anybody else is led to the page.

        Raises:
            LearnerNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
        """
        reach = required_reach(request, "view_attempts")
        key = api.course_key(course_id)
        within = Reach(courses=frozenset({key})) if reach.covers(key) else Reach()
        found = api.learner(learner, within=within)
        self.looked_at("learner", role_name(reach), learner=found.id, course_id=key)
        if not is_fragment(request):
            return redirect(f"{page_of(found.username)}#{course_anchor(key)}")
        (row,) = rows_of(request.user, found, within, look=next_look(request))
        response = self.page("learners/row.html", {"row": row, "learner": found})
        return response if row.in_flight else said(response, outcome(found, row.standing))


def outcome(learner: LearnerData, standing: CourseStanding) -> str:
    """Return a sentence that says how the newest operation has ended, to be read aloud; empty if there is none."""
    operation = standing.last_operation
    if operation is None or operation.in_flight:
        return ""
    words = {"learner": learner.username, "course": standing.display_name, "number": operation.to_number}
    if operation.status == "failed":
        return _("It has failed: %(learner)s, %(course)s. The row says what to do.") % words
    return _("It is done: attempt %(number)s of %(learner)s in %(course)s is active.") % words


def _attempt(text: str, reach: Reach) -> AttemptData | None:
    """Return the attempt that a text is the uuid of, None if it is none or none that may be seen."""
    try:
        found = api.attempt(UUID(text))
    except (ValueError, AttemptNotFound):
        return None
    return found if reach.covers(found.course_key) else None
