"""Proving the invariants of a few learners; of everybody, the command does it."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError

from attempts import api
from attempts.data import AttemptQuery, Finding
from attempts.exceptions import AttemptsError
from attempts_api.audit import log_read
from attempts_api.console.sentences import in_words
from attempts_api.console.views.operator.page import OperatorPage
from attempts_api.errors import sentence_of, status_of
from attempts_api.v1.serializers.attempts import AttemptHint

#: Learners at courses whose rows are read in one request; each takes two statements or so for every store.
MOST = 20
#: What was found and is shown.
MOST_FINDINGS = 100
_ATTEMPTS = 500


class VerifyView(OperatorPage):
    """A form for whom and where, and what was found. Nothing is written, so asking again does no harm."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the form, with what was found if somebody or a course is named."""
        role = self.operator_role()
        given = {name: request.GET[name] for name in ("learner", "course_id") if request.GET.get(name, "").strip()}
        words: dict[str, Any] = {"given": given, "asked": bool(given), "most": MOST, "sentence": ""}
        status = 200
        try:
            words |= self._verified(role, given) if given else {}
        except (ValidationError, ParseError) as error:
            status, words["sentence"] = error.status_code, sentence_of(error.detail)
        except AttemptsError as error:
            status, words["sentence"] = status_of(error) or 500, in_words(error)
        return self.page("operator/verify.html", words, status=status, title=_("Verify"))

    def _verified(self, role: str, given: dict[str, str]) -> dict[str, Any]:
        serializer = AttemptHint(data=given)
        serializer.is_valid(raise_exception=True)
        whom = _whom(**serializer.validated_data)
        for learner, course_key in whom:
            log_read(self.request, "verify", role, learner=learner, course_id=course_key)
        every = (finding for learner, course_key in whom for finding in api.verify(learner, course_key))
        found: list[Finding] = list(islice(every, MOST_FINDINGS + 1))
        return {"whom": len(whom), "findings": found[:MOST_FINDINGS], "has_more": len(found) > MOST_FINDINGS}


def _whom(learner: str | None = None, course_id: Any = None) -> list[tuple[int, Any]]:
    """The learners, by user id, and courses that are meant: where only one is named, those who were ever reset.

    Raises:
        ParseError: there are too many of them for one request.
        LearnerNotFound, CourseNotFound: see there.
    """
    if learner is not None and course_id is not None:
        return [(api.active_attempt(learner, course_id).learner.id, course_id)]
    found = api.search_attempts(AttemptQuery(learner=learner, course_key=course_id), size=_ATTEMPTS)
    places = dict.fromkeys((attempt.learner.id, attempt.course_key) for attempt in found.items)
    if found.next or len(places) > MOST:
        raise ParseError(_("That is more than this page reads. Name both, or let the command do it."))
    return list(places)
