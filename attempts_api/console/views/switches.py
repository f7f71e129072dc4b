"""The dialogs of reset, undo and activate: what would happen first, then the request."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast
from uuid import UUID, uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey
from rest_framework import exceptions as drf

from attempts import api
from attempts.data import CourseStanding, Kind, LearnerData, OperationData, OperationQuery, Preview, Reach
from attempts.exceptions import AttemptsError, IdempotencyMismatch
from attempts_api.access import required_reach, required_role
from attempts_api.console.anchors import course_anchor
from attempts_api.console.forms import see_other
from attempts_api.console.learners.effects import effects
from attempts_api.console.learners.forms import SwitchForm
from attempts_api.console.learners.rows import KINDS, Rights, objections, page_of, rows_of
from attempts_api.console.live import next_look
from attempts_api.console.views.base import ConsoleView, is_fragment, said, sentences_about
from attempts_api.errors import sentence_of
from attempts_api.provenance import provenance_of
from attempts_api.switches import ask_for, check_overrides, who_is_switched
from attempts_api.v1.serializers.fields import COMMENT_LENGTH


class ChangedMeanwhile(drf.APIException):
    """Somebody else has asked for a switch since the form was shown."""

    status_code = 409
    default_code = "changed_meanwhile"


class SwitchView(ConsoleView):
    """The dialog of one kind of switch, for one learner at one course."""

    throttle_scope = "switch"

    def get(self, request: HttpRequest, learner: str, course_id: str, kind: str) -> HttpResponse:
        """Return the dialog for a script, or a page of its own: what would happen, and the form.

        Raises:
            PermissionDenied, LearnerNotFound, CourseNotFound, AttemptNotFound: see there.
        """
        found, key, _role = self._who(request, learner, course_id, kind)
        return self._dialog(SwitchForm(overridable=[]), found, key, cast(Kind, kind), request.GET.get("to"))

    def post(self, request: HttpRequest, learner: str, course_id: str, kind: str) -> HttpResponse:
        """Ask for the switch: a script gets the row of the course, a browser is sent to the learner's page.

        Raises:
            PermissionDenied, OverrideNotPermitted, LearnerNotFound, CourseNotFound, AttemptNotFound: see there.
            ChangedMeanwhile, NotEligible, OperationInFlight, IdempotencyMismatch: told in the dialog; what was written
                in the form stays.
        """
        found, key, role = self._who(request, learner, course_id, kind)
        the_kind = cast(Kind, kind)
        form = SwitchForm(request.POST, overridable=request.POST.getlist("override")[:100])
        if not form.is_valid():
            return self._refused(form, found, key, the_kind, _sentences(form))
        check_overrides(request, the_kind, form.cleaned_data["override"])
        try:
            self._ask(form, the_kind, found, key, role)
        except (AttemptsError, ChangedMeanwhile) as error:
            if is_fragment(request):
                raise
            sentences = sentences_about(error) if isinstance(error, AttemptsError) else [sentence_of(error.detail)]
            return self._refused(form, found, key, the_kind, sentences, status=409)
        return self._asked(request, found, key, the_kind)

    def _who(self, request: HttpRequest, learner: str, course_id: str, kind: str) -> tuple[LearnerData, CourseKey, str]:
        """Whom and what it is about, and the role that gives the right; each request asks anew."""
        if kind not in KINDS:
            raise Http404
        key = api.course_key(course_id)
        if not required_reach(request, "view_attempts").covers(key):
            required_role(request, "view_attempts", course_key=key)
        role, found = who_is_switched(request, cast(Kind, kind), learner, key)
        self.looked_at("switch", role, learner=found.id, course_id=key)
        return found, key, role

    def _ask(self, form: SwitchForm, kind: Kind, learner: LearnerData, key: CourseKey, role: str) -> None:
        words = form.cleaned_data
        options = {
            "requested_by": self.request.user,
            "comment": words["comment"],
            "override": words["override"],
            "idempotency_key": str(words["idempotency_key"]),
            "provenance": provenance_of(self.request, role),
        }
        last = _newest(learner, key)
        try:
            if _uuid_of(last) == words["latest"]:
                ask_for(kind, learner.id, key, words["to"], **options)
                return
            # Sent twice, it is the earlier request; else it is about what is not so any more, and nothing is written.
            began = timezone.now()
            with transaction.atomic():
                if ask_for(kind, learner.id, key, words["to"], **options).created >= began:
                    raise ChangedMeanwhile(_meanwhile(last))
        except IdempotencyMismatch as error:
            raise ChangedMeanwhile(_("This form was sent before, with other words. Open it again.")) from error

    def _asked(self, request: HttpRequest, learner: LearnerData, key: CourseKey, kind: Kind) -> HttpResponse:
        if not is_fragment(request):
            return see_other(f"{page_of(learner.username)}#{course_anchor(key)}")
        (row,) = rows_of(request.user, learner, Reach(courses=frozenset({key})), look=next_look(request))
        names = {"learner": learner.username, "course": row.standing.display_name}
        sentences = {
            "reset": _("Asked for: reset of %(learner)s in %(course)s."),
            "undo": _("Asked for: undo for %(learner)s in %(course)s."),
            "activate": _("Asked for: another attempt of %(learner)s in %(course)s."),
        }
        response = self.page("learners/row.html", {"row": row, "learner": learner})
        return said(response, sentences[kind] % names, close=True, focus=f"{row.id}-status")

    def _refused(
        self,
        form: SwitchForm,
        learner: LearnerData,
        key: CourseKey,
        kind: Kind,
        sentences: list[str],
        *,
        status: int = 422,
    ) -> HttpResponse:
        """Say why it is not asked for: in the dialog, where all stays as it is, or on the page with the form filled."""
        if is_fragment(self.request):
            return self.page("parts/error.html", {"sentences": sentences}, status=status)
        return self._dialog(form, learner, key, kind, form["to"].value(), sentences, status)

    def _dialog(
        self,
        form: SwitchForm,
        learner: LearnerData,
        key: CourseKey,
        kind: Kind,
        to: Any,
        sentences: Collection[str] = (),
        status: int = 200,
    ) -> HttpResponse:
        standing = api.courses(learner.username, within=Reach(courses=frozenset({key})))[0]
        preview = api.preview(learner.id, key, kind=kind, to=to)
        rights, part = Rights.of(self.request.user), is_fragment(self.request)
        against = objections(preview.eligibility.reasons)
        overridable = [one for one in against if rights.may_override(kind, one.reason)]
        for_good = [one for one in against if one not in overridable]
        words = {
            "form": form,
            "hidden": {"idempotency_key": uuid4(), "latest": _uuid_of(standing.last_operation) or "", "to": to or ""},
            "heading": title(preview, standing),
            "kind": kind,
            "learner": learner,
            "course_key": key,
            "row_id": course_anchor(key),
            "preview": preview,
            "effects": effects(preview, standing.policy),
            "operation": standing.last_operation,
            "for_good": for_good,
            "overridable": overridable,
            "moving": [store for store in preview.stores if store.archived or store.restored],
            "possible": not for_good and preview.to_number is not None,
            "sentences": sentences,
            "most": COMMENT_LENGTH,
            "part": part,
            "back": f"{page_of(learner.username)}#{course_anchor(key)}",
        }
        template = "learners/dialog.html" if part else "learners/switch.html"
        return self.page(template, words, status=status, title=str(words["heading"]))


def title(preview: Preview, standing: CourseStanding) -> str:
    """Return what the dialog is called, and its button: the switch, the learner and the course; what an undo undoes."""
    names = {"learner": preview.learner.username, "course": standing.display_name, "number": preview.to_number}
    if preview.kind == "reset":
        return _("Reset %(learner)s in %(course)s") % names
    if preview.kind == "undo":
        sentences = {
            "reset": _("Undo the reset of %(learner)s in %(course)s: back to attempt %(number)s"),
            "undo": _("Take back the undo for %(learner)s in %(course)s: back to attempt %(number)s"),
            "activate": _("Take back the activation for %(learner)s in %(course)s: back to attempt %(number)s"),
            None: _("Undo for %(learner)s in %(course)s"),
        }
        return sentences[standing.undo_of] % names
    return _("Activate attempt %(number)s of %(learner)s in %(course)s") % names


def _newest(learner: LearnerData, key: CourseKey) -> OperationData | None:
    """Return the newest operation of a learner at a course."""
    page = api.search_operations(OperationQuery(learner=learner.id, course_key=key), size=1)
    return page.items[0] if page.items else None


def _uuid_of(operation: OperationData | None) -> UUID | None:
    return operation.uuid if operation else None


def _meanwhile(operation: OperationData | None) -> str:
    if operation and operation.requested_by:
        return _(
            "Meanwhile %(name)s has asked for a switch of this learner at this course, so what you were shown is not so"
            " any more. Nothing was asked for. Close this, look at the course, and ask again if it is still right."
        ) % {"name": operation.requested_by}
    return _(
        "Meanwhile this learner was switched at this course, so what you were shown is not so any more. Nothing was"
        " asked for. Close this, look at the course, and ask again if it is still right."
    )


def _sentences(form: SwitchForm) -> list[str]:
    """What is wrong with the form; of hidden fields that it has to be opened again."""
    seen = {"why", "text"}
    errors: dict[str, Any] = form.errors.get_json_data()
    found = [one["message"] for name, some in errors.items() if name in seen for one in some]
    if set(errors) - seen:
        found.append(_("This form is not whole. Close it, open it again, and repeat what you wrote."))
    return found
