"""How the site is doing, what is under way, and having it carried out after all."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attempts import api
from attempts.exceptions import BrokerUnavailable
from attempts_api.access import required_role
from attempts_api.audit import log_list
from attempts_api.console.forms import see_other
from attempts_api.console.live import next_look
from attempts_api.console.sentences import in_words
from attempts_api.console.views.base import is_fragment, said, sentences_page
from attempts_api.console.views.operator.page import OperatorPage

#: Operations under way that are listed; the oldest are what matters.
MOST = 50


class OperatorView(OperatorPage):
    """The first of the operator's pages."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return it, or the part with what is under way."""
        role = self.operator_role()
        words = self.under_way(role)
        if is_fragment(request):
            return self.page("operator/under_way.html", words)
        words |= {"checks": api.health(recent=True), "workload": api.workload(), "handed": _handed(request)}
        return self.page("operator/overview.html", words, title=_("Operations"))

    def under_way(self, role: str) -> dict[str, Any]:
        """Return what the part with what is under way needs."""
        found = api.operations_in_flight(MOST)
        log_list(self.request, "operations", role, {one.operation.learner.id for one in found})
        return {
            "rows": found,
            "most": MOST,
            "may_recover": self.may_recover(),
            "look": next_look(self.request) if found else None,
        }


class RecoverView(OperatorView):
    """Handing what is stuck to a worker. It is never carried out here: a request must not take that long."""

    throttle_scope = "switch"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Send whoever has the address of the form to the page that has it."""
        self.operator_role()
        return see_other(reverse("attempts_console:operator"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Hand over one operation, or whatever is stuck; doing so twice does no harm.

        Raises:
            PermissionDenied: the caller may not see all operations, or not switch many learners.
            OperationNotFound: there is no such operation.
        """
        role = self.operator_role()
        required_role(request, "bulk")
        uuid = request.POST.get("operation", "")
        try:
            count = self._hand_over(uuid, role) if uuid else api.hand_over_recovery()
        except BrokerUnavailable as error:
            return sentences_page(request, 503, in_words(error))
        if not uuid:
            self.looked_at("recovery", role)
        if not is_fragment(request):
            return see_other(f"{reverse('attempts_console:operator')}?handed={count}")
        answer = self.page("operator/under_way.html", {**self.under_way(role), "handed": handed_over(count)})
        return said(answer, handed_over(count))

    def _hand_over(self, uuid: str, role: str) -> int:
        operation = api.hand_over_operation(uuid)
        self.looked_at("recovery", role, learner=operation.learner.id, course_id=operation.course_key)
        return int(operation.in_flight)


def handed_over(count: int) -> str:
    """Return the sentence that says how many operations workers were given."""
    if not count:
        return _("No operation was stuck. Workers look for follow-ups and exports that were left behind.")
    return ngettext(
        "%(count)d operation was handed to the workers. This page shows when it is done.",
        "%(count)d operations were handed to the workers. This page shows when they are done.",
        count,
    ) % {"count": count}


def _handed(request: HttpRequest) -> str:
    """The same after a form without script; the address says how many they were."""
    text = request.GET.get("handed", "")
    return handed_over(int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else ""
