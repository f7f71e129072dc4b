"""The retake report as tables, some of which are drawn as charts: the numbers as they are, and as people read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import UsageKey

from attempts.data import RetakeReport, Spread
from attempts_api.console.courses.fields import FIELDS

_RULE = FIELDS["grade_of_record"]
Kind = Literal["count", "percent", "change", "days"]


@dataclass(frozen=True)
class Column:
    """A column of numbers.

    Attributes:
        label: its heading.
        kind: how its numbers are written.
        is_drawn: whether the chart shows it.
    """

    label: str
    kind: Kind = "count"
    is_drawn: bool = False


@dataclass(frozen=True)
class Cell:
    """A number: as Python writes it, for scripts, and as people read it. Both are empty where there is none."""

    raw: str
    text: str


@dataclass(frozen=True)
class Line:
    """A row: its heading, what more there is to say of that, and its numbers."""

    head: str
    cells: Sequence[Cell]
    about: str = ""


@dataclass(frozen=True)
class Table:
    """A table of the report.

    Attributes:
        name: its name in the page.
        caption: what it is about.
        head: the heading of the rows' headings.
        columns: its columns.
        lines: its rows.
        chart: what the chart shows, in a sentence; empty for a table that is not drawn.
        format: whether the chart's numbers are percentages.
        is_long: whether bars lie, because there may be many with long names.
        note: a sentence below it.
    """

    name: str
    caption: str
    head: str
    columns: Sequence[Column]
    lines: Sequence[Line]
    chart: str = ""
    format: Literal["count", "percent"] = "count"
    is_long: bool = False
    note: str = ""


def tables_of(report: RetakeReport, names: Mapping[UsageKey, str]) -> list[Table]:
    """Return the tables of a report, those without a row left out; none if it is about nobody.

    Args:
        report: the report.
        names: what the blocks of the course are called; one that is not there, or has no name, goes by its key.
    """
    if not report.learners:
        return []
    made = [
        _learners(report),
        _resets(report),
        _numbers(report),
        _results(report),
        _subsections(report, names),
        _of_record(report),
        _days(report),
    ]
    return [table for table in made if table.lines]


def _learners(report: RetakeReport) -> Table:
    return Table(
        name="attempts",
        caption=_("Learners by number of attempts"),
        head=_("Attempts"),
        columns=[Column(_("Learners"), is_drawn=True)],
        lines=[Line(number_format(one.attempts), _cells((one.learners, "count"))) for one in report.attempts],
        chart=_("Bar chart: how many learners have how many attempts."),
    )


def _resets(report: RetakeReport) -> Table:
    heads = {"day": _("Day"), "week": _("Week from"), "month": _("Month")}
    date = "YEAR_MONTH_FORMAT" if report.period == "month" else "DATE_FORMAT"
    return Table(
        name="resets",
        caption=_("Resets over time"),
        head=heads[report.period],
        columns=[Column(_("Resets"), is_drawn=True), Column(_("Learners who were reset"), is_drawn=True)],
        lines=[
            Line(date_format(one.begins, date), _cells((one.resets, "count"), (one.learners, "count")))
            for one in report.resets
        ],
        chart=_("Bar chart: how many resets there were, and of how many learners, over time."),
        note=_("By days of UTC; periods without resets are left out."),
    )


def _numbers(report: RetakeReport) -> Table:
    return Table(
        name="numbers",
        caption=_("Attempts by their number, and how many of them are passing"),
        head=_("Attempt"),
        columns=[Column(_("Attempts"), is_drawn=True), Column(_("Passing"), is_drawn=True)],
        lines=[
            Line(number_format(one.number), _cells((one.attempts, "count"), (one.passed, "count")))
            for one in report.numbers
        ],
        chart=_("Bar chart: how many first, second and further attempts there are, and how many of them are passing."),
    )


def _results(report: RetakeReport) -> Table:
    return Table(
        name="results",
        caption=_("Grades and completion by number of the attempt"),
        head=_("Attempt"),
        columns=[
            *_quartiles(_("Grade: lower quartile"), _("Grade: median"), _("Grade: upper quartile")),
            *_quartiles(_("Completion: lower quartile"), _("Completion: median"), _("Completion: upper quartile")),
        ],
        lines=[
            Line(number_format(one.number), [*_spread(one.grade, "percent"), *_spread(one.completion, "percent")])
            for one in report.numbers
            if one.grade or one.completion
        ],
        chart=_("Bar chart: the median of grades and of completion in first, second and further attempts."),
        format="percent",
        note=_("Of archived attempts as they were frozen, of active ones as they are now."),
    )


def _subsections(report: RetakeReport, names: Mapping[UsageKey, str]) -> Table:
    told = [names.get(one.block_key) or one.block_key.block_id for one in report.subsections]
    times = Counter(told)
    return Table(
        name="subsections",
        caption=_("Change of each subsection, from the first attempt to the latest"),
        head=_("Subsection"),
        columns=[
            Column(_("Learners")),
            *_quartiles(_("First: lower quartile"), _("First: median"), _("First: upper quartile")),
            *_quartiles(_("Latest: lower quartile"), _("Latest: median"), _("Latest: upper quartile")),
            Column(_("Change: lower quartile"), "change"),
            Column(_("Change: median"), "change"),
            Column(_("Change: upper quartile"), "change"),
        ],
        lines=[
            Line(
                name,
                [
                    *_cells((one.change.count, "count")),
                    *_spread(one.first, "percent"),
                    *_spread(one.latest, "percent"),
                    *_spread(one.change, "change"),
                ],
                about=one.block_key.block_id if times[name] > 1 else "",
            )
            for one, name in zip(report.subsections, told, strict=True)
        ],
        chart=_("Bar chart: the median of each subsection in the first attempt and in the latest."),
        format="percent",
        is_long=True,
        note=_("Of learners who came to the subsection in several attempts; parts of the possible points."),
    )


def _of_record(report: RetakeReport) -> Table:
    record = report.of_record
    return Table(
        name="of_record",
        caption=_("The grades that count, one of each learner"),
        head=_("Which grade counts"),
        columns=[
            Column(_("Passing")),
            *_quartiles(_("Grade: lower quartile"), _("Grade: median"), _("Grade: upper quartile")),
        ],
        lines=[Line(_RULE.text(record.rule), [*_cells((record.passed, "count")), *_spread(record.grade, "percent")])]
        if record
        else [],
    )


def _days(report: RetakeReport) -> Table:
    days = report.days_between
    return Table(
        name="days_between",
        caption=_("Days from one attempt to the next, of each learner the median"),
        head=_("Time between attempts"),
        columns=[
            Column(_("Learners")),
            Column(_("Lower quartile"), "days"),
            Column(_("Median"), "days"),
            Column(_("Upper quartile"), "days"),
        ],
        lines=[Line(_("Days"), [*_cells((days.count, "count")), *_spread(days, "days")])] if days else [],
    )


def _quartiles(lower: str, median: str, upper: str) -> Iterator[Column]:
    yield Column(lower, "percent")
    yield Column(median, "percent", is_drawn=True)
    yield Column(upper, "percent")


def _spread(spread: Spread | None, kind: Kind) -> list[Cell]:
    values = (spread.lower, spread.median, spread.upper) if spread else (None, None, None)
    return _cells(*((value, kind) for value in values))


def _cells(*values: tuple[Any, Kind]) -> list[Cell]:
    return [Cell("" if value is None else repr(value), _text(value, kind)) for value, kind in values]


def _text(value: float | None, kind: Kind) -> str:
    if value is None:
        return _("none")
    if kind in ("percent", "change"):
        number = number_format(round(abs(value) * 100), decimal_pos=0)
        sign = "" if kind == "percent" or number == "0" else "+" if value > 0 else "\u2212"
        return _("%(sign)s%(number)s%%") % {"sign": sign, "number": number}
    return number_format(value, decimal_pos=0) if kind == "count" else number_format(round(value, 1), decimal_pos=1)
