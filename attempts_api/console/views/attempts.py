"""The page of an attempt: what is known of it as a whole, the outline of the course, and what is in its blocks."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import UsageKey

from attempts import api
from attempts.data import EXPORT_FORMATS, AttemptData, BlockVersion, BlockWork, Place
from attempts_api.console.attempts.addresses import address
from attempts_api.console.attempts.looking import attempt_at
from attempts_api.console.attempts.places import crumbs_of, rows_of
from attempts_api.console.attempts.summary import summary_of
from attempts_api.console.attempts.texts import (
    ANSWERS,
    MOST_OF_SEVERAL,
    STATE,
    answers_text,
    excerpt,
    state_text,
    text_of,
)
from attempts_api.console.attempts.words import RULES, title_of, type_word
from attempts_api.console.views.base import ConsoleView, is_fragment

#: Versions of a block on a page.
VERSIONS = 10


class AttemptView(ConsoleView):
    """One attempt."""

    def get(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Return the page.

        Raises:
            AttemptNotFound, LearnerNotFound, CourseNotFound, PermissionDenied: see
                :func:`attempts_api.visible.visible_attempt`.
        """
        attempt = attempt_at(request, uuid, "view_attempts", "attempt")
        course_key = attempt.course_key
        standing = api.course_standing(attempt.learner.id, course_key)
        role = api.role_for(request.user, "view_attempt_data", course_key=course_key)
        outline = None
        if role is not None:
            self.looked_at("outline", role, learner=attempt.learner.id, course_id=course_key, attempt=attempt.number)
            outline = api.outline(attempt)
        words = {
            "attempt": attempt,
            "standing": standing,
            "summary": summary_of(attempt, standing),
            "rule": RULES[standing.grade_of_record.rule],
            "outline": outline,
            "rows": outline and rows_of(attempt, outline.whole, request.GET.get("page")),
            "others": [
                (other, address("attempt-comparison", attempt, str(other.uuid)))
                for other in standing.attempts
                if other.number != attempt.number
            ],
            "here": address("attempt", attempt),
            "pack_url": address("attempt-appeal-pack", attempt),
            "export_url": address("attempt-exports", attempt),
            "formats": EXPORT_FORMATS,
            "may_export": api.role_for(request.user, "export", course_key=course_key) is not None,
            "may_name": api.role_for(request.user, "export_identities", course_key=course_key) is not None,
        }
        title = _("Attempt %(number)s of %(learner)s") % {
            "number": attempt.number,
            "learner": attempt.learner.username,
        }
        return self.page("attempts/attempt.html", words, title=title)


class BlockView(ConsoleView):
    """A place in the outline: what is in it, what was answered there, and what was before."""

    def get(self, request: HttpRequest, uuid: str, name: str) -> HttpResponse:
        """Return the page, or the part of one that a script unfolds.

        Raises:
            AttemptNotFound, LearnerNotFound, CourseNotFound, PermissionDenied: see
                :func:`attempts_api.visible.visible_attempt`.
            Http404: there is no such place, or nothing of the learner in it.
        """
        attempt = attempt_at(request, uuid, "view_attempt_data", "block")
        outline = api.outline(attempt)
        path = outline.whole.path_to(name)
        if path is None:
            raise Http404
        if len(path) == 1:
            return redirect(address("attempt", attempt))
        place = path[-1]
        is_gone = outline.is_of_course and any(one.block_type == "gone" for one in path)
        words = {
            "attempt": attempt,
            "course": api.course(attempt.course_key),
            "place": place,
            "kind": type_word(place.block_type) if place.block_key else "",
            "is_gone": is_gone,
            "path": crumbs_of(attempt, path[1:-1]),
            "rows": rows_of(attempt, place, request.GET.get("page"), is_gone=is_gone),
            "here": address("attempt-block", attempt, name),
            "attempt_url": address("attempt", attempt),
            **self._work(attempt, place),
        }
        if not is_fragment(request):
            return self.page("attempts/block.html", words, title=title_of(place))
        if "history" in request.GET:
            return self.page("attempts/history.html", words)
        return self.page("attempts/part.html", words)

    def _work(self, attempt: AttemptData, place: Place) -> dict[str, Any]:
        if place.block_key is None or not place.has_work:
            return {"work": None}
        work = api.block_work(attempt, place.block_key)
        if work is None or work.created is None:
            return {"work": work}
        versions = api.block_versions(
            attempt, place.block_key, number=_number(self.request.GET.get("history", "")), size=VERSIONS
        )
        return {
            "work": work,
            **_texts(work),
            "versions": [
                (version, _of_version(version), address("attempt-block-text", attempt, place.name, version.name))
                for version in versions.items
            ],
            "older": versions.next and address("attempt-block", attempt, place.name, history=versions.next),
            "newer": versions.previous and address("attempt-block", attempt, place.name, history=versions.previous),
            "answers_url": address("attempt-block-text", attempt, place.name, ANSWERS),
            "state_url": address("attempt-block-text", attempt, place.name, STATE),
        }


class BlockTextView(ConsoleView):
    """A text that a page has no room for, whole: no page, but plain text."""

    def get(self, request: HttpRequest, uuid: str, name: str, what: str) -> HttpResponseBase:
        """Return it.

        Raises:
            AttemptNotFound, LearnerNotFound, CourseNotFound, PermissionDenied: see
                :func:`attempts_api.visible.visible_attempt`.
            Http404: there is no such text.
        """
        attempt = attempt_at(request, uuid, "view_attempt_data", "block")
        try:
            key = UsageKey.from_string(name)
        except InvalidKeyError as error:
            raise Http404 from error
        text = _whole(attempt, key, what)
        if text is None:
            raise Http404
        return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _whole(attempt: AttemptData, key: UsageKey, what: str) -> str | None:
    if what in (ANSWERS, STATE):
        work = api.block_work(attempt, key)
        return None if work is None else text_of(work, what)
    version = api.block_version(attempt, key, what)
    return None if version is None else state_text(version)


def _texts(work: BlockWork) -> dict[str, Any]:
    return {"answers": excerpt(answers_text(work)), "state": excerpt(state_text(work))}


def _of_version(version: BlockVersion) -> Any:
    """What is shown of an earlier state: the answers of then; where nothing says what they are, all of it."""
    return excerpt(answers_text(version) or state_text(version), MOST_OF_SEVERAL)


def _number(text: str) -> int:
    """The number of a page, from 1; what is none is the first."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
