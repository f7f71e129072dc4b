"""Two attempts of a learner side by side."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import UsageKey

from attempts import api
from attempts.data import AttemptData, BlockWork
from attempts.exceptions import NotComparable
from attempts_api.console.attempts.addresses import address
from attempts_api.console.attempts.changes import ROWS, Mark, course_mark, rows_of
from attempts_api.console.attempts.looking import attempt_at
from attempts_api.console.attempts.texts import answers_text, excerpt, state_text
from attempts_api.console.attempts.words import name_of
from attempts_api.console.views.base import ConsoleView, is_fragment


class ComparisonView(ConsoleView):
    """What changed from one attempt to another, block by block."""

    def get(self, request: HttpRequest, uuid: str, other: str) -> HttpResponse:
        """Return the page, or the table for a script.

        Raises:
            AttemptNotFound, LearnerNotFound, CourseNotFound, PermissionDenied: see
                :func:`attempts_api.visible.visible_attempt`.
            NotComparable: they are not two attempts of one learner at one course.
        """
        first, second = both(request, uuid, other)
        show_all = request.GET.get("show") == "all"
        found = api.compare(first, second)
        standing = api.course_standing(first.learner.id, first.course_key)
        rows = Paginator(rows_of(found, changed_only=not show_all), ROWS)
        words = {
            "found": found,
            "standing": standing,
            "mark": course_mark(found),
            "rows": rows.get_page(request.GET.get("page")),
            "show_all": show_all,
            "here": address("attempt-comparison", first, str(second.uuid)),
            "turned": address("attempt-comparison", second, str(first.uuid)),
            "first_url": address("attempt", first),
            "second_url": address("attempt", second),
            "others": [
                (one, address("attempt-comparison", first, str(one.uuid)))
                for one in standing.attempts
                if one.number not in (first.number, second.number)
            ],
        }
        template = "comparison_rows.html" if is_fragment(request) else "comparison.html"
        title = _("Attempts %(first)s and %(second)s of %(learner)s") % {
            "first": first.number,
            "second": second.number,
            "learner": first.learner.username,
        }
        return self.page(f"attempts/{template}", words, title=title)


class BlockComparisonView(ConsoleView):
    """What was answered in one block in two attempts."""

    def get(self, request: HttpRequest, uuid: str, other: str, name: str) -> HttpResponse:
        """Return the page, or a dialog for a script.

        Raises:
            AttemptNotFound, LearnerNotFound, CourseNotFound, PermissionDenied: see
                :func:`attempts_api.visible.visible_attempt`.
            NotComparable: they are not two attempts of one learner at one course.
            Http404: neither has anything of such a block.
        """
        first, second = both(request, uuid, other)
        try:
            key = UsageKey.from_string(name)
        except InvalidKeyError as error:
            raise Http404 from error
        works = [api.block_work(attempt, key) for attempt in (first, second)]
        if works == [None, None]:
            raise Http404
        texts = [None if work is None else _text(work) for work in works]
        is_other = texts[0] != texts[1]
        names = {block.key: block.name for block in api.course_outline(first.course_key)}
        title = name_of(key, names.get(key, ""))
        words = {
            "title": title,
            "sides": [
                (attempt, work, excerpt(text), address("attempt-block", attempt, name))
                for attempt, work, text in zip((first, second), works, texts, strict=True)
            ],
            "mark": Mark("≠", _("The texts differ.")) if is_other else Mark("=", _("The texts are the same.")),
            "back": address("attempt-comparison", first, str(second.uuid)),
        }
        template = "both_dialog.html" if is_fragment(request) else "both.html"
        return self.page(f"attempts/{template}", words, title=title)


def both(request: HttpRequest, uuid: str, other: str) -> tuple[AttemptData, AttemptData]:
    """Return two attempts of a learner that the caller may look into, and log that she looked.

    Raises:
        AttemptNotFound, PermissionDenied: see :func:`attempts_api.visible.visible_attempt`.
        NotComparable: they are not two attempts of one learner at one course.
    """
    first, second = (attempt_at(request, one, "view_attempt_data", "comparison") for one in (uuid, other))
    if (first.learner.id, first.course_key) != (second.learner.id, second.course_key) or first.number == second.number:
        raise NotComparable(first.uuid, second.uuid)
    return first, second


def _text(work: BlockWork) -> str | None:
    return answers_text(work) or state_text(work)
