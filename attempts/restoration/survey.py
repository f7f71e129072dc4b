"""What there is of a form in the host's tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from attempts.restoration.forms import KeyForm
from attempts.restoration.tables import KeyTable, key_tables


@dataclass
class FormSurvey:
    """What keys of a form there are.

    Attributes:
        courses: the texts of course keys, each with whether a row that does not lie in it names a block of it.
        rows: rows by table.
        faults: sentences about texts that begin like keys of the form and are none.
    """

    courses: dict[str, bool] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def survey_form(form: KeyForm, courses: Collection[str] | None = None) -> FormSurvey:
    """Return what there is of a form; a few statements for each table.

    Args:
        form: the form.
        courses: look at keys of these courses only; None for all.
    """
    survey = FormSurvey()
    for table in key_tables():
        for name in table.course_fields:
            for text, rows in table.courses(name, form).items():
                if courses is not None and text not in courses:
                    continue
                if form.is_course(text):
                    survey.courses.setdefault(text, False)
                    survey.rows[table.name] += rows
                else:
                    survey.faults.append(f"{rows} rows of {table.name} have '{text}' in {table.column(name)}")
        for name in table.usage_fields:
            _survey_loose(survey, table, name, form, courses)
    return survey


def _survey_loose(
    survey: FormSurvey, table: KeyTable, name: str, form: KeyForm, courses: Collection[str] | None
) -> None:
    for primary_key, text in table.loose(name, form):
        course = form.course_of(text)
        if courses is not None and course not in courses:
            continue
        if course is None:
            survey.faults.append(f"row {primary_key} of {table.name} has '{text}' in {table.column(name)}")
        else:
            survey.courses[course] = True
            survey.rows[table.name] += 1


def columns_with_keys(form: KeyForm, courses: Collection[str] | None = None) -> Iterator[tuple[str, int]]:
    """Yield every column that is for keys, with the number of its rows that have a key of a form.

    Args:
        form: the form.
        courses: count keys of these courses only; None for all.
    """
    for table in key_tables():
        for name in table.course_fields:
            found = table.courses(name, form)
            yield (
                f"{table.name}.{table.column(name)}",
                sum(rows for text, rows in found.items() if courses is None or text in courses),
            )
        for name in table.usage_fields:
            yield f"{table.name}.{table.column(name)}", table.count_blocks(name, form, courses)
