"""Policies of the instance, of organisations and of courses."""

from __future__ import annotations

import re
from typing import Any

from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from attempts import api
from attempts.data import INHERIT
from attempts.exceptions import InvalidPolicy
from attempts_api.access import required_role
from attempts_api.provenance import provenance_of
from attempts_api.v1 import examples
from attempts_api.v1.schema import COURSE_KEYS, described, errors, write_errors
from attempts_api.v1.serializers import policies as shapes
from attempts_api.v1.serializers.fields import ID_PATTERN
from attempts_api.v1.serializers.pages import PageQuery
from attempts_api.v1.views.base import V1View, body_words, page_response, query_words

_ORG = re.compile(ID_PATTERN)
#: What may be wrong with an address of a policy.
_ADDRESS = (*COURSE_KEYS, "invalid_policy", "not_found")


class PoliciesView(V1View):
    """The policies there are."""

    @described(
        parameters=[PageQuery],
        responses={200: shapes.PolicyPage, **errors("invalid_cursor")},
        examples=[examples.POLICIES],
    )
    def get(self, request: Request) -> Response:
        """The policies that decide anything, where you may look or manage them."""
        words = query_words(PageQuery, request)
        reach = api.reach(request.user, "view_attempts") | api.reach(request.user, "manage_policy")
        if not reach:
            required_role(request, "view_attempts")
        page = api.list_policies(within=reach, cursor=words.get("cursor"), size=words["page_size"])
        return page_response(shapes.PolicyPage, page, request)


class PolicyView(V1View):
    """One policy; its scope is in the address."""

    throttle_scope = "policy"
    #: A form has texts only, and these words are numbers, true, false and null.
    parser_classes = (JSONParser,)

    @described(responses={200: shapes.PolicySerializer, **errors(*_ADDRESS)}, examples=[examples.POLICY])
    def get(self, request: Request, org: str = "", course_id: str | None = None) -> Response:
        """What a policy decides itself, and what is in force where it applies."""
        scope = _scope(org, course_id)
        _require_look(request, scope)
        return self._answer(request, scope)

    @described(
        request=shapes.PolicyWords,
        responses={200: shapes.PolicySerializer, **write_errors(*_ADDRESS, "policy_locked")},
        examples=[examples.POLICY_WORDS, examples.POLICY],
    )
    def put(self, request: Request, org: str = "", course_id: str | None = None) -> Response:
        """Decide everything anew: what is left out is inherited."""
        return self._write(request, _scope(org, course_id), whole=True)

    @described(
        request=shapes.PolicyWords,
        responses={200: shapes.PolicySerializer, **write_errors(*_ADDRESS, "policy_locked")},
        examples=[examples.POLICY_WORDS, examples.POLICY],
    )
    def patch(self, request: Request, org: str = "", course_id: str | None = None) -> Response:
        """Change some of what a policy decides: what is left out stays."""
        return self._write(request, _scope(org, course_id), whole=False)

    def _write(self, request: Request, scope: dict[str, Any], *, whole: bool) -> Response:
        role = required_role(request, "manage_policy", **scope)
        words = body_words(shapes.PolicyWords, request)
        locked = words.pop("locked", [] if whole else None)
        changes = {**(dict.fromkeys(shapes.FIELDS, INHERIT) if whole else {}), **words}
        came = provenance_of(request, role)
        api.change_policy(changes, locked=locked, changed_by=request.user, provenance=came, **scope)
        return self._answer(request, scope)

    def _answer(self, request: Request, scope: dict[str, Any]) -> Response:
        effective = api.effective_policy(scope.get("course_key"), org=scope.get("org", ""))
        course_key = scope.get("course_key")
        settings = api.course_settings_report(course_key) if course_key else None
        context = {"request": request, "effective": effective, "course_settings": settings}
        return Response(shapes.PolicySerializer(api.own_policy(**scope), context=context).data)


class PolicyHistoryView(V1View):
    """What one policy was; its scope is in the address."""

    @described(
        parameters=[PageQuery],
        responses={200: shapes.PolicyHistoryPage, **errors(*_ADDRESS, "invalid_cursor")},
        examples=[examples.POLICY_HISTORY],
    )
    def get(self, request: Request, org: str = "", course_id: str | None = None) -> Response:
        """What a policy decided and by whom it was changed, newest first."""
        words, scope = query_words(PageQuery, request), _scope(org, course_id)
        _require_look(request, scope)
        page = api.policy_history(cursor=words.get("cursor"), size=words["page_size"], **scope)
        return page_response(shapes.PolicyHistoryPage, page, request)


def _scope(org: str, course_id: str | None) -> dict[str, Any]:
    """The scope that an address names, as :mod:`attempts.api` takes it; nothing for the instance.

    Raises:
        InvalidPolicy: no course key can have such an organisation.
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    if course_id is not None:
        return {"course_key": api.course_key(course_id)}
    if org and not _ORG.fullmatch(org):
        raise InvalidPolicy("No organisation has such a name: it has letters, digits and -_~.: only.")
    return {"org": org} if org else {}


def _require_look(request: Request, scope: dict[str, Any]) -> None:
    if api.role_for(request.user, "manage_policy", **scope) is None:
        required_role(request, "view_attempts", **scope)
