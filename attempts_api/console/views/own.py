"""A learner's own page: her attempts, and a fresh start where the policy allows it."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied

from attempts import api
from attempts.data import CourseStanding, Kind, Reach
from attempts.exceptions import LearnerNotFound, NotEligible
from attempts_api.console.anchors import course_anchor
from attempts_api.console.forms import key_of, new_key, see_other, text_of
from attempts_api.console.live import NextLook, next_look
from attempts_api.console.own_words import learner_reasons, not_allowed, outcome_of
from attempts_api.console.views.base import ConsoleView, is_fragment, said, sentences_page
from attempts_api.own import ask_for_own
from attempts_api.v1.serializers.fields import COMMENT_LENGTH

#: What a learner may ask for.
KINDS: tuple[Kind, ...] = ("reset", "undo")
#: Courses on a page; their histories make it heavy.
PER_PAGE = 20


@dataclass(frozen=True)
class Card:
    """A course on the page.

    Attributes:
        standing: where the learner stands in it.
        anchor: its name on the page.
        may_reset, may_undo: what she may ask for now.
        remarks: why she may not start afresh, sentence by sentence; empty if she may or is being switched.
        outcome: what became of her last switch, a sentence, if that is news.
        look: when to look again; None unless she is being switched.
    """

    standing: CourseStanding
    anchor: str
    may_reset: bool
    may_undo: bool
    remarks: list[str]
    outcome: str
    look: NextLook | None


class OwnView(ConsoleView):
    """All of a learner's courses."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the page."""
        shown = Paginator(api.courses(request.user), PER_PAGE).get_page(request.GET.get("page"))
        cards = [_card(request, standing) for standing in shown]
        return self.page("own/page.html", {"cards": cards, "shown": shown}, title=_("My attempts"))


class OwnCourseView(ConsoleView):
    """One of a learner's courses, for a page that waits for a switch."""

    def get(self, request: HttpRequest, course_id: str) -> HttpResponse:
        """Return the part of the page; a browser is sent to the page."""
        card = _card(request, _own_standing(request, course_id), is_news=True)
        if not is_fragment(request):
            return see_other(f"{reverse('attempts_console:own')}#{card.anchor}")
        return said(self.page("own/course.html", {"card": card}), "" if card.look else card.outcome)


class OwnSwitchView(ConsoleView):
    """A fresh start, or taking the last one back."""

    throttle_scope = "own"

    def get(self, request: HttpRequest, course_id: str, kind: str) -> HttpResponse:
        """Return the question whether she means it, with what would happen.

        Raises:
            Http404: there is no such kind, or she was never in that course.
            PermissionDenied: the policy of the course does not let learners do so.
        """
        wanted, standing = _kind(kind), _own_standing(request, course_id)
        if not standing.policy.learner_may_reset:
            raise PermissionDenied(not_allowed())
        words = {
            "card": _card(request, standing),
            "kind": wanted,
            "to_number": standing.undo_to if wanted == "undo" else len(standing.attempts) + 1,
            "reasons": _reasons(standing, wanted),
            "idempotency_key": new_key(),
            "most": COMMENT_LENGTH,
        }
        title = _("Start afresh") if wanted == "reset" else _("Take it back")
        return self.page("own/ask.html" if is_fragment(request) else "own/ask_page.html", words, title=title)

    def post(self, request: HttpRequest, course_id: str, kind: str) -> HttpResponse:
        """Ask for it; whatever the page has shown, it is looked at again.

        Raises:
            Http404: there is no such kind.
            PermissionDenied: the policy of the course does not let learners do so.
        """
        wanted, course_key = _kind(kind), api.course_key(course_id)
        key, comment = key_of(request), text_of(request, "comment")
        try:
            ask_for_own(request, wanted, course_key, comment=comment, idempotency_key=key)
        except PermissionDenied as error:
            raise PermissionDenied(not_allowed()) from error
        except NotEligible as error:
            return sentences_page(request, 422, *learner_reasons(error.reasons))
        card = _card(request, _own_standing(request, course_id))
        if not is_fragment(request):
            return see_other(f"{reverse('attempts_console:own')}#{card.anchor}")
        answer = self.page("own/course.html", {"card": card})
        return said(answer, _("It has been asked for. This page shows when it is done."), close=True)


def _kind(word: str) -> Kind:
    """Return what a learner asks for.

    Raises:
        Http404: it is nothing that she may ask for.
    """
    found = next((kind for kind in KINDS if kind == word), None)
    if found is None:
        raise Http404
    return found


def _own_standing(request: HttpRequest, course_id: str) -> CourseStanding:
    """Return where the caller stands in a course.

    Raises:
        Http404: she was never in it.
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    within = Reach(courses=frozenset({api.course_key(course_id)}))
    try:
        (standing,) = api.courses(request.user, within=within)
    except LearnerNotFound as error:
        raise Http404 from error
    return standing


def _card(request: HttpRequest, standing: CourseStanding, *, is_news: bool = False) -> Card:
    """Return how a course is shown; that a switch has worked is said to whoever waited for it (``is_news``)."""
    last = standing.last_operation
    waits = last is not None and last.in_flight
    may = frozenset() if waits else standing.learner_may
    return Card(
        standing=standing,
        anchor=course_anchor(standing.course_key),
        may_reset="reset" in may,
        may_undo="undo" in may,
        remarks=[] if waits or "reset" in may else _reasons(standing, "reset"),
        outcome=outcome_of(last) if last and not waits and (is_news or last.status == "failed") else "",
        look=next_look(request) if waits else None,
    )


def _reasons(standing: CourseStanding, kind: str) -> list[str]:
    """Why a learner may not ask for something; empty if she may."""
    if kind in standing.learner_may:
        return []
    if not standing.policy.learner_may_reset:
        return [not_allowed()]
    if kind == "undo":
        return learner_reasons((), "nothing_to_undo" if standing.undo_to is None else "not_now")
    # Nothing stands against a reset by staff: then it is the number of those of her own.
    return learner_reasons(standing.eligibility.reasons, "reset_limit_reached")
