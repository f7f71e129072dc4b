"""All operations, to be searched, and one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError

from attempts import api
from attempts.data import EVERYWHERE, OperationData
from attempts.exceptions import AttemptsError, BrokerUnavailable
from attempts_api.access import required_role
from attempts_api.audit import log_list
from attempts_api.console.forms import see_other
from attempts_api.console.live import next_look
from attempts_api.console.paging import neighbours
from attempts_api.console.sentences import in_words
from attempts_api.console.views.base import is_fragment, sentences_page
from attempts_api.console.views.operator.page import OperatorPage
from attempts_api.errors import sentence_of, status_of
from attempts_api.v1.serializers.switches import KINDS, OperationQuerySerializer
from attempts_api.v1.views.operations import operation_query

#: What the form asks for; the words are those of the REST API's list.
FILTERS = (
    "kind",
    "status",
    "learner",
    "course_id",
    "org",
    "requested_by",
    "created_after",
    "created_before",
    "completed_after",
    "completed_before",
)

#: Why what was given up is run again. The word is logged, and no text: logs say nothing of people.
REPEATED_BECAUSE: Mapping[str, Any] = {
    "mended": gettext_lazy("What stood in the way is mended"),
    "missed": gettext_lazy("Somebody misses what it does"),
    "trial": gettext_lazy("To see whether it works now"),
}


class OperationsView(OperatorPage):
    """The list."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return a page of it; a filter that makes no sense is named, and what was typed stays."""
        role = self.operator_role()
        given = {name: request.GET[name] for name in FILTERS if request.GET.get(name, "").strip()}
        words: dict[str, Any] = {"given": given, "kinds": KINDS, "page": None, "sentence": ""}
        status = 200
        try:
            words["page"] = self._search(role, {**given, **_cursor(request)})
        except ValidationError as error:
            status, words["sentence"] = error.status_code, sentence_of(error.detail)
        except AttemptsError as error:
            status, words["sentence"] = status_of(error) or 500, in_words(error)
        if words["page"]:
            words |= neighbours("", words["page"], **given)
        return self.page("operator/operations.html", words, status=status, title=_("All operations"))

    def _search(self, role: str, given: dict[str, str]) -> Any:
        serializer = OperationQuerySerializer(data=given)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        page = api.search_operations(
            operation_query(wanted), within=EVERYWHERE, cursor=wanted.get("cursor"), size=wanted["page_size"]
        )
        seen = {operation.learner.id for operation in page.items}
        log_list(self.request, "operations", role, seen, course_id=wanted.get("course_id"))
        return page


class OperationView(OperatorPage):
    """One operation and all that is known of it."""

    def get(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Return it, or the part that changes.

        Raises:
            OperationNotFound: there is none by that uuid.
        """
        role = self.operator_role()
        operation = api.operation(uuid)
        self.looked_at("operation", role, learner=operation.learner.id, course_id=operation.course_key)
        words = {
            "operation": operation,
            "look": next_look(request) if operation.in_flight else None,
            "may_recover": operation.in_flight and self.may_recover(),
            "may_repeat": bool(_given_up(operation)) and self.may_recover(),
            "reasons": REPEATED_BECAUSE,
            "repeated": "repeated" in request.GET,
        }
        template = "operator/operation_part.html" if is_fragment(request) else "operator/operation.html"
        return self.page(template, words, title=_("Operation"))


class RepeatView(OperatorPage):
    """Handing what was given up after an operation to workers. It is never carried out here, as of what is stuck."""

    throttle_scope = "switch"

    def get(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Send whoever has the address of the form to the page that has it."""
        self.operator_role()
        return see_other(reverse("attempts_console:operator-operation", args=[uuid]))

    def post(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Hand it over; who did so and why is in the log of looks. Doing so twice does no harm.

        Raises:
            PermissionDenied: the caller may not see all operations, or not switch many learners.
            OperationNotFound: there is none by that uuid.
        """
        role = self.operator_role()
        required_role(request, "bulk")
        reason = request.POST.get("reason", "")
        if reason not in REPEATED_BECAUSE:
            return sentences_page(request, 422, _("Choose a reason of the list."))
        operation = api.operation(uuid)
        about = {"learner": operation.learner.id, "course_id": operation.course_key, "operation": operation.uuid}
        # First, for it is due and will be run even if the broker is away.
        self.looked_at("repetition", role, **about, follow_ups=",".join(_given_up(operation)), reason=reason)
        try:
            api.hand_over_follow_ups(uuid)
        except BrokerUnavailable as error:
            return sentences_page(request, 503, in_words(error))
        return see_other(f"{reverse('attempts_console:operator-operation', args=[operation.uuid])}?repeated")


def _given_up(operation: OperationData) -> list[str]:
    """The names of the follow-ups that have failed for good."""
    return [one.name for one in operation.follow_ups if one.status == "failed"]


def _cursor(request: HttpRequest) -> dict[str, str]:
    return {"cursor": request.GET["cursor"]} if "cursor" in request.GET else {}
