"""The form of a policy: how each field is shown, and what somebody has changed in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey
from rest_framework.exceptions import ParseError

from attempts.data import INHERIT, OwnPolicy, PolicyChange, PolicyData
from attempts_api.console.courses.fields import (
    FIELDS,
    GROUPS,
    INHERITED,
    LIMITED,
    UNLIMITED,
    PolicyField,
    lock_text,
    origin_text,
    received,
    sent,
)


@dataclass(frozen=True)
class Scope:
    """Whose policy it is: that of a course, of an organisation, or of the whole site if there is neither."""

    org: str = ""
    course_key: CourseKey | None = None

    @property
    def names(self) -> dict[str, Any]:
        """The scope as :mod:`attempts.api` takes it."""
        if self.course_key is not None:
            return {"course_key": self.course_key}
        return {"org": self.org} if self.org else {}

    @property
    def org_around(self) -> str:
        """The organisation whose policy holds there; empty for the whole site."""
        return self.org or (str(self.course_key.org) if self.course_key is not None else "")

    @property
    def may_lock(self) -> bool:
        """Whether there are narrower policies, which can be kept from deciding otherwise."""
        return self.course_key is None


@dataclass(frozen=True)
class Row:
    """One field on the page.

    Attributes:
        field: the field.
        value: what is in force, in words.
        origin: where that comes from, in words.
        lock: who keeps it from being decided here, in words; empty if nobody does.
        inherited: what would be in force if it were left to the wider policy, and where from, in words.
        chosen, number: what the form has chosen.
        was: the policy's own value when the form was made, as the form sends it back.
        locks: whether it is ticked that narrower policies cannot decide it.
        error: what is wrong with what was sent; empty if nothing is.
    """

    field: PolicyField
    value: str
    origin: str
    lock: str
    inherited: str
    chosen: str
    number: str
    was: str
    locks: bool
    error: str


@dataclass(frozen=True)
class Sent:
    """What somebody has sent.

    Attributes:
        chosen: of each field of the form, the choice and the number beside it.
        locks: fields that are ticked.
        changes: fields that are to be other than they were shown, and their new values.
        locked: fields that narrower policies are not to decide; None if that is as it was shown.
        shown: the policy as it was shown.
        errors: what is wrong, by field.
    """

    chosen: Mapping[str, tuple[str, str]]
    locks: frozenset[str]
    changes: Mapping[str, Any]
    locked: frozenset[str] | None
    shown: OwnPolicy
    errors: Mapping[str, str]


def read_form(data: QueryDict, scope: Scope) -> Sent:
    """Return what somebody has sent. Only what differs from what she was shown is a change.

    Raises:
        ParseError: it does not say what she was shown.
    """
    chosen: dict[str, tuple[str, str]] = {}
    changes: dict[str, Any] = {}
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, one in FIELDS.items():
        if name not in data:
            continue
        was = _shown(one, data)
        if was is not INHERIT:
            values[name] = was
        choice, number = str(data[name]), str(data.get(f"{name}_number", "")).strip()
        chosen[name] = (choice, number)
        try:
            value = received(one, number if one.is_number and choice == LIMITED else choice)
        except ValueError as error:
            errors[name] = str(error)
            continue
        if value != was:
            changes[name] = value
    locks, locked_then = (frozenset(data.getlist(name)) & set(FIELDS) for name in ("lock", "was-lock"))
    return Sent(
        chosen=chosen,
        locks=locks,
        changes=changes,
        locked=locks if scope.may_lock and locks != locked_then else None,
        shown=OwnPolicy("instance", "", "", values, tuple(sorted(locked_then))),
        errors=errors,
    )


def _shown(one: PolicyField, data: QueryDict) -> Any:
    try:
        return received(one, str(data[f"was-{one.name}"]))
    except (KeyError, ValueError) as error:
        raise ParseError(_("The form is not complete. Open it again.")) from error


def groups_of(
    scope: Scope,
    own: OwnPolicy,
    effective: PolicyData,
    wider: PolicyData,
    answer: Sent | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[tuple[Promise, list[Row]]]:
    """Return the fields as they are shown, under their headings.

    Args:
        scope: whose policy it is.
        own: what it decides itself.
        effective: what is in force.
        wider: what would be in force if it decided nothing.
        answer: what was sent and could not be taken; it stays in the form.
        errors: what is wrong with that, by field.
    """
    org = scope.org_around

    def row(one: PolicyField) -> Row:
        name, value = one.name, own.values.get(one.name, INHERIT)
        chosen, number = sent(value), ""
        if one.is_number and chosen not in (INHERITED, UNLIMITED):
            chosen, number = LIMITED, chosen
        if answer is not None and (name in answer.changes or name in answer.errors):
            chosen, number = answer.chosen[name]
        return Row(
            field=one,
            value=one.text(getattr(effective, name)),
            origin=origin_text(effective.origins[name], org),
            lock=lock_text(wider.locks[name], org) if name in wider.locks else "",
            inherited=_("%(value)s, %(origin)s")
            % {"value": one.text(getattr(wider, name)), "origin": origin_text(wider.origins[name], org)},
            chosen=chosen,
            number=number,
            was=sent(value),
            locks=name in (own.locked if answer is None or answer.locked is None else answer.locks),
            error=(errors or {}).get(name, ""),
        )

    return [(heading, [row(one) for one in fields]) for heading, fields in GROUPS]


@dataclass(frozen=True)
class Difference:
    """What became of one field: its name, and its value before and after, in words."""

    label: Promise
    before: str
    after: str


@dataclass(frozen=True)
class HistoryEntry:
    """A change of a policy, in words.

    Attributes:
        change: when, by whom, by which right and through what.
        differences: fields that were changed.
        locked, unlocked: fields that narrower policies can no longer decide, or again.
    """

    change: PolicyChange
    differences: list[Difference] = field(default_factory=list)
    locked: list[Promise] = field(default_factory=list)
    unlocked: list[Promise] = field(default_factory=list)


def history_entries(changes: Sequence[PolicyChange], before: PolicyChange | None) -> Iterator[HistoryEntry]:
    """Yield changes, each with how it differs from the one before it.

    Args:
        changes: newest first.
        before: the one before the last of them; None if there is none, for a policy begins with nothing decided.
    """
    for change, earlier in zip(changes, [*changes, before][1:], strict=True):
        values, locked = (earlier.values, set(earlier.locked)) if earlier else ({}, set())
        yield HistoryEntry(
            change=change,
            differences=[
                Difference(one.label, one.text(then), one.text(now))
                for name, one in FIELDS.items()
                if (then := values.get(name, INHERIT)) != (now := change.values.get(name, INHERIT))
            ],
            locked=_labels(set(change.locked) - locked),
            unlocked=_labels(locked - set(change.locked)),
        )


def _labels(names: set[str]) -> list[Promise]:
    return [one.label for name, one in FIELDS.items() if name in names]
