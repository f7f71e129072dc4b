"""What changed from one attempt to another, as rows in the order of the course."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from opaque_keys.edx.keys import AsideUsageKey, UsageKey

from attempts import api
from attempts.data import AttemptData, BlockComparison, Comparison, SubsectionComparison
from attempts_api.console.attempts.addresses import address
from attempts_api.console.attempts.words import name_of, type_word

#: Rows on a page: each has two columns.
ROWS = 50


@dataclass(frozen=True)
class Mark:
    """A change, said by a sign and a word.

    Attributes:
        sign: an arrow or the like; never without the word.
        word: what changed.
    """

    sign: str
    word: str


@dataclass(frozen=True)
class Row:
    """A block, or the grade of a subsection, in two attempts.

    Attributes:
        title: what it is called.
        kind: what its type is called.
        is_grade: whether it is the grade of a subsection, and not what was done in a block.
        is_gone: whether the course has no place for it any more.
        first, second: what is known of it in each attempt, None where there is nothing.
        marks: what changed; empty if nothing did.
        url: where the answers are beside one another; empty for a grade, and for a block that only holds others.
    """

    title: str
    kind: str
    is_grade: bool
    is_gone: bool
    first: Any
    second: Any
    marks: tuple[Mark, ...]
    url: str


def rows_of(found: Comparison, *, changed_only: bool) -> list[Row]:
    """Return a comparison as rows, in the order of the course; what it has no place for any more comes last.

    Args:
        found: the comparison.
        changed_only: whether rows in which nothing changed are left out.
    """
    blocks = api.course_outline(found.first.course_key)
    known = {block.key: block.name for block in blocks}
    holders = {block.parent for block in blocks}
    compared: list[BlockComparison | SubsectionComparison] = [*found.subsections, *found.blocks]
    rows = [(one.block_key, _row(found, one, known, holders)) for one in compared]
    order = {key: number for number, key in enumerate(known)}
    rows.sort(key=lambda one: order.get(one[0], len(order)))
    return [row for _key, row in rows if row.marks or not changed_only]


def marks_of(one: BlockComparison | SubsectionComparison, first: AttemptData, second: AttemptData) -> tuple[Mark, ...]:
    """Return what changed, in words."""
    return tuple(_marks(one, first, second))


def change_mark(change: float | None) -> Mark | None:
    """Return the mark of a change of a grade or score, -1.0 to 1.0; None if there is none."""
    if not change:
        return None
    count = round(abs(change) * 100)
    if change > 0:
        better = ngettext("better by %(count)d percentage point", "better by %(count)d percentage points", count)
        return Mark("▲", better % {"count": count})
    worse = ngettext("worse by %(count)d percentage point", "worse by %(count)d percentage points", count)
    return Mark("▼", worse % {"count": count})


def course_mark(found: Comparison) -> Mark | None:
    """Return the mark of the course grade; None if it is the same, or there is none in either attempt."""
    if (found.first_grade is None) != (found.second_grade is None):
        return _only_in(found.second if found.first_grade is None else found.first, is_second=found.first_grade is None)
    return change_mark(found.change)


def _only_in(there: AttemptData, *, is_second: bool) -> Mark:
    return Mark("+" if is_second else "-", _("only in attempt %(number)s") % {"number": there.number})


def _row(
    found: Comparison,
    one: BlockComparison | SubsectionComparison,
    known: Mapping[UsageKey, str],
    holders: Collection[UsageKey | None],
) -> Row:
    key = one.block_key.usage_key if isinstance(one.block_key, AsideUsageKey) else one.block_key
    is_grade = isinstance(one, SubsectionComparison)
    return Row(
        title=name_of(one.block_key, known.get(one.block_key, "")),
        kind=_("Subsection grade") if is_grade else type_word(one.block_key.block_type),
        is_grade=is_grade,
        is_gone=bool(known) and key not in known,
        first=one.first,
        second=one.second,
        marks=marks_of(one, found.first, found.second),
        url=""
        if is_grade or one.block_key in holders
        else address("attempt-comparison-block", found.first, str(found.second.uuid), str(one.block_key)),
    )


def _marks(one: BlockComparison | SubsectionComparison, first: AttemptData, second: AttemptData) -> Iterator[Mark]:
    if one.first is None or one.second is None:
        yield _only_in(second if one.first is None else first, is_second=one.first is None)
        return
    points = change_mark(one.change)
    if points:
        yield points
    if isinstance(one, SubsectionComparison):
        return
    if one.answer_changed:
        yield Mark("≠", _("other answers"))
    if one.first.tries != one.second.tries:
        yield Mark("≠", _("other number of tries"))
    if one.first.completion != one.second.completion:
        yield Mark("≠", _("other completion"))
    if not points and (one.first.score, one.first.max_score) != (one.second.score, one.second.max_score):
        yield Mark("≠", _("other points"))
