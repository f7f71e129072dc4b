"""Policies of courses, of organisations and of the whole site: what is in force, changing it, and what it was."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from rest_framework import serializers

from attempts import api
from attempts.exceptions import PolicyChanged, PolicyLocked
from attempts_api.access import required_role
from attempts_api.console.courses.policy_form import Scope, Sent, groups_of, history_entries, read_form
from attempts_api.console.courses.tabs import tabs_of
from attempts_api.console.courses.words import words_of
from attempts_api.console.forms import see_other
from attempts_api.console.paging import neighbours
from attempts_api.console.sentences import in_words
from attempts_api.console.views.base import ConsoleView, is_fragment
from attempts_api.console.views.courses import PagedQuery
from attempts_api.provenance import provenance_of

HISTORY_SIZE = 10


class PolicyQuery(PagedQuery):
    """Which page of the history, and what was done just now."""

    done = serializers.ChoiceField(required=False, choices=("changed", "same"))


class PolicyView(ConsoleView):
    """One policy; its scope is in the address."""

    throttle_scope = "policy"

    def get(self, request: HttpRequest, org: str = "", course_id: str | None = None) -> HttpResponse:
        """Return the page: a form for whoever may change the policy."""
        scope = _scope(org, course_id)
        _require_look(request, scope)
        return self._shown(scope, done=words_of(PolicyQuery, request).get("done", ""))

    def post(self, request: HttpRequest, org: str = "", course_id: str | None = None) -> HttpResponse:
        """Change what somebody has changed in the form, and nothing else."""
        scope = _scope(org, course_id)
        role = required_role(request, "manage_policy", **scope.names)
        if scope.course_key is not None:
            api.course(scope.course_key)
        answer = read_form(request.POST, scope)
        if answer.errors:
            return self._shown(scope, answer, answer.errors, status=400)
        done = "changed" if answer.changes or answer.locked is not None else "same"
        if done == "changed":
            try:
                api.change_policy(
                    answer.changes,
                    locked=answer.locked,
                    changed_by=request.user,
                    provenance=provenance_of(request, role),
                    shown=answer.shown,
                    **scope.names,
                )
            except PolicyChanged as error:
                sentence = _("Somebody else has changed this meanwhile, to what is in force now.")
                return self._shown(scope, answer, dict.fromkeys(error.fields, sentence), status=409)
            except PolicyLocked as error:
                return self._shown(scope, answer, {"": in_words(error)}, status=409)
        return see_other(f"{_address(scope)}?{urlencode({'done': done})}")

    def _shown(
        self,
        scope: Scope,
        answer: Sent | None = None,
        errors: Any = None,
        *,
        status: int = 200,
        done: str = "",
    ) -> HttpResponse:
        request, key = self.request, scope.course_key
        own, wider = api.own_policy(**scope.names), api.wider_policy(**scope.names)
        effective = api.effective_policy(key, org=scope.org)
        words = {
            "scope": scope,
            "course": api.course(key) if key is not None else None,
            "tabs": tabs_of(request, key) if key is not None else [],
            "groups": groups_of(scope, own, effective, wider, answer, errors),
            "was_locked": own.locked,
            "may_change": api.role_for(request.user, "manage_policy", **scope.names) is not None,
            "settings_report": api.course_settings_report(key) if key is not None else None,
            "wider_policies": _wider(request, scope),
            "done": done,
            "errors": errors or {},
            "is_conflict": status == 409,
            **_history(scope, None),
        }
        return self.page("policies/policy.html", words, status=status, title=_title(scope))


class PolicyHistoryView(ConsoleView):
    """What one policy was; its scope is in the address."""

    def get(self, request: HttpRequest, org: str = "", course_id: str | None = None) -> HttpResponse:
        """Return the page, or the list for a script."""
        scope = _scope(org, course_id)
        _require_look(request, scope)
        words = _history(scope, words_of(PagedQuery, request).get("cursor"))
        if is_fragment(request):
            return self.page("policies/parts/history.html", words)
        key = scope.course_key
        words |= {
            "policy_url": _address(scope),
            "course": api.course(key) if key is not None else None,
            "tabs": tabs_of(request, key) if key is not None else [],
        }
        return self.page("policies/history.html", words, title=_("Changes of the policy"))


def _scope(org: str, course_id: str | None) -> Scope:
    return Scope(course_key=api.course_key(course_id)) if course_id is not None else Scope(org=org)


def _require_look(request: HttpRequest, scope: Scope) -> None:
    """Refuse whoever may neither look at attempts there nor change the policy."""
    if api.role_for(request.user, "manage_policy", **scope.names) is None:
        required_role(request, "view_attempts", **scope.names)


def _address(scope: Scope, name: str = "policy") -> str:
    if scope.course_key is not None:
        return reverse(f"attempts_console:course-{name}", args=[scope.course_key])
    return reverse(
        f"attempts_console:{'org' if scope.org else 'instance'}-{name}", args=[scope.org] if scope.org else []
    )


def _title(scope: Scope) -> str:
    if scope.course_key is not None:
        return _("Policy of %(course)s") % {"course": scope.course_key}
    return _("Policy of the organisation %(org)s") % {"org": scope.org} if scope.org else _("Policy of the whole site")


def _wider(request: HttpRequest, scope: Scope) -> list[tuple[str, str]]:
    """The addresses and names of the wider policies that somebody may change."""
    wider = [Scope(org=scope.org_around)] if scope.course_key is not None else []
    wider += [Scope()] if scope.names else []
    return [
        (_address(one), _title(one))
        for one in wider
        if api.role_for(request.user, "manage_policy", **one.names) is not None
    ]


def _history(scope: Scope, cursor: str | None) -> dict[str, Any]:
    found = api.policy_history(cursor=cursor, size=HISTORY_SIZE, **scope.names)
    before = api.policy_history(cursor=found.next, size=1, **scope.names).items if found.next else ()
    return {
        "history": list(history_entries(found.items, next(iter(before), None))),
        "pages": neighbours(_address(scope, "policy-history"), found),
    }
