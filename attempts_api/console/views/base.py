"""What all pages have in common: who may open them, how errors look, and what a browser may do with them."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from math import ceil
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions as drf
from rest_framework.authentication import CSRFCheck
from rest_framework.views import set_rollback

from attempts.exceptions import AttemptsError, NotEligible
from attempts_api.access import sees_site
from attempts_api.audit import log_read
from attempts_api.console.menu import menu_of
from attempts_api.console.sentences import in_words
from attempts_api.errors import of_the_framework, sentence_of, status_of
from attempts_api.provenance import REQUEST_ID_HEADER, request_id
from attempts_api.throttling import WriteThrottle

log = logging.getLogger(__name__)
#: What stores, follow-ups and declarations raise that cannot be loaded.
_NOT_SET_UP = (ImproperlyConfigured, ImportError)
#: Nothing from elsewhere, nothing inline: what somebody wrote in a comment is never run.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


#: Characters of a sentence in a header: proxies refuse headers that are too long, and names have any length.
_MOST_HEARD = 250


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether a script asks for a part of a page, and not the browser for a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def said(response: HttpResponse, sentence: str, *, close: bool = False, focus: str = "") -> HttpResponse:
    """Have a script read a sentence aloud when it gets this part of a page.

    Args:
        response: the part.
        sentence: what is said; nothing if it is empty.
        close: whether the dialog is closed.
        focus: id of the element of the part that gets the focus.
    """
    events = {"console:close": ""} if close else {}
    if sentence:
        events["console:say"] = Truncator(sentence).chars(_MOST_HEARD)
    if events:
        response.headers["HX-Trigger"] = json.dumps(events)
    if focus:
        response.headers["HX-Trigger-After-Swap"] = json.dumps({"console:focus": focus})
    return response


# It checks for itself, so that whoever is not logged in any more is told so, and not that a token is missing.
@method_decorator(csrf_exempt, name="dispatch")
class ConsoleView(View):
    """A page for somebody who is logged in. What she may see and do, the view asks when it knows what it is about.

    Attributes:
        throttle_scope: which limit counts writes here; None for a view that does not write.
    """

    throttle_scope: str | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a request, whatever happens on the way."""
        try:
            response = self._answer(request, *args, **kwargs)
        except Exception as error:
            told = error_page(request, error)
            if told is None:
                raise
            response = told
        for name, value in {**_HEADERS, REQUEST_ID_HEADER: request_id(request)}.items():
            response.headers.setdefault(name, value)
        # Not even the browser keeps learners' records, so that the back button shows what is so now.
        patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ("HX-Request", "Cookie", "Accept-Language"))
        return response

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if is_fragment(request):
                return sentences_page(
                    request, 401, _("You are logged out. Log in again in another tab, then repeat this.")
                )
            return redirect_to_login(request.get_full_path())
        if not request.user.is_active:
            raise PermissionDenied(_("This account is not active."))
        _refuse_forged(request)
        throttle = WriteThrottle()
        if not throttle.allow_request(request, self):  # type: ignore[arg-type]
            raise drf.Throttled(throttle.wait())
        return super().dispatch(request, *args, **kwargs)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say so, as of any other error."""
        answer = sentences_page(request, 405, sentence_of(drf.MethodNotAllowed(str(request.method)).detail))
        answer.headers["Allow"] = super().http_method_not_allowed(request, *args, **kwargs).headers["Allow"]
        return answer

    def page(
        self, template: str, words: Mapping[str, Any] | None = None, *, status: int = 200, title: str = ""
    ) -> HttpResponse:
        """Return a page, or a part of one.

        Args:
            template: its name below ``attempts_console/``.
            words: what the template needs.
            status: of the response.
            title: of the page; the templates of parts have none.
        """
        # Parts have no menu, and to make one asks the database.
        menu = SimpleLazyObject(lambda: menu_of(self.request))
        context = {"menu": menu, "title": title, **(words or {})}
        return render(self.request, f"attempts_console/{template}", context, status=status)

    def looked_at(self, resource: str, role: str, **about: Any) -> None:
        """Note in the log who looked at which learner; arguments are those of :func:`attempts_api.audit.log_read`."""
        log_read(self.request, resource, role, **about)


def _refuse_forged(request: HttpRequest) -> None:
    """Refuse a form that no page of ours has sent, as Django's middleware does.

    Raises:
        PermissionDenied: it is one, or its page is older than the login.
    """
    check = CSRFCheck(lambda _request: HttpResponse())
    check.process_request(request)
    if check.process_view(request, None, (), {}):  # type: ignore[arg-type]
        raise PermissionDenied(_("This page is older than your login. Load it again, then repeat this."))


def error_page(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Return the page, or the part of one, for an error; None for one that nobody foresaw.

    What was done before it in the transaction of the request is taken back.
    """
    if isinstance(error, AttemptsError):
        status, sentences = status_of(error), sentences_about(error)
    elif isinstance(error, _NOT_SET_UP):
        log.error(
            "attempts: a page of the console cannot be shown, for this site is not set up rightly", exc_info=error
        )
        status, sentences = 503, _of_the_set_up(request, error)
    else:
        error = of_the_framework(error)
        status, sentences = _of_the_framework(error)
    if status is None:
        return None
    # Before that: whoever has a transaction for each request asks nothing more after it, and the menu asks.
    page = sentences_page(request, status, *sentences)
    wait = getattr(error, "wait", None)
    if wait is not None:
        page.headers["Retry-After"] = str(ceil(wait))
    set_rollback()
    return page


def sentences_about(error: AttemptsError) -> list[str]:
    """Return what an error says, in the reader's language: each reason of a refusal is a sentence."""
    reasons = error.reasons if isinstance(error, NotEligible) else []
    return [in_words(reason) for reason in reasons] or [in_words(error)]


def _of_the_set_up(request: HttpRequest, error: Exception) -> list[str]:
    """What operators have to mend; to whom it is no use, the error's own words are not shown."""
    told = [str(error)] if sees_site(request.user) else []
    return [_("Attempts are not set up rightly on this site: some part of them cannot be loaded."), *told]


def _of_the_framework(error: Exception) -> tuple[int | None, list[str]]:
    if isinstance(error, Http404):
        return 404, [_("There is no such page.")]
    if isinstance(error, PermissionDenied):
        return 403, [str(error)]
    if isinstance(error, drf.APIException):
        return error.status_code, [sentence_of(error.detail)]
    return None, []


def sentences_page(request: HttpRequest, status: int, *sentences: str) -> HttpResponse:
    """Return the page that says why something did not work, or the part of one."""
    template = "parts/error.html" if is_fragment(request) else "error.html"
    words: dict[str, Any] = {"sentences": sentences, "title": _("That did not work")}
    answers = status < 500 and not connection.needs_rollback
    if answers and request.user.is_authenticated and not is_fragment(request):
        words["menu"] = menu_of(request)
    return render(request, f"attempts_console/{template}", words, status=status)
