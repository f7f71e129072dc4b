"""The fields of a policy in words: what each is called, what it says, and what can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from attempts.data import INHERIT

INHERITED = "inherit"
UNLIMITED = "unlimited"
LIMITED = "limited"
_YES, _NO = "yes", "no"
#: The most that a limit can be.
_MOST = 2**31 - 1


@dataclass(frozen=True)
class PolicyField:
    """A field of a policy.

    Attributes:
        name: its name, as in :class:`attempts.data.PolicyData`.
        label: what people call it.
        help: what it decides.
        choices: values as a form sends them, each with what people call it; the wider policy's say is not among them.
    """

    name: str
    label: Promise
    help: Promise
    choices: Mapping[str, Promise]

    @property
    def is_number(self) -> bool:
        """Whether it is a number, or unlimited."""
        return LIMITED in self.choices

    def text(self, value: Any) -> str:
        """Return a value as people read it."""
        if value is INHERIT:
            return _("left to the wider policy")
        if self.is_number and value is not None:
            return str(value)
        return str(self.choices[sent(value)])


def sent(value: Any) -> str:
    """Return a value as a form sends it."""
    if value is INHERIT:
        return INHERITED
    if isinstance(value, bool):
        return _YES if value else _NO
    return UNLIMITED if value is None else str(value)


def received(field: PolicyField, text: str) -> Any:
    """Return the value that a form has sent.

    Raises:
        ValueError: it is none of this field; the sentence is for whoever has written it.
    """
    if text == INHERITED:
        return INHERIT
    if field.is_number:
        if text == UNLIMITED:
            return None
        if text.isascii() and text.isdigit() and len(text) <= len(str(_MOST)) and int(text) <= _MOST:
            return int(text)
        raise ValueError(_("Write a whole number, 0 or more."))
    if text not in field.choices:
        raise ValueError(_("Choose one of these."))
    return {_YES: True, _NO: False}.get(text, text)


def _switch(name: str, label: Promise, help_text: Promise) -> PolicyField:
    choices = {_YES: pgettext_lazy("a rule of a policy", "Yes"), _NO: pgettext_lazy("a rule of a policy", "No")}
    return PolicyField(name, label, help_text, choices)


def _choice(name: str, label: Promise, help_text: Promise, **choices: Promise) -> PolicyField:
    return PolicyField(name, label, help_text, choices)


#: All fields, under the headings of the page.
GROUPS: tuple[tuple[Promise, tuple[PolicyField, ...]], ...] = (
    (
        gettext_lazy("When a reset is possible"),
        (
            _switch("active", gettext_lazy("Resets"), gettext_lazy("Resets are possible at all.")),
            _choice(
                "max_resets",
                gettext_lazy("Number of resets"),
                gettext_lazy("How often each learner can be reset in a course."),
                unlimited=gettext_lazy("Unlimited"),
                limited=gettext_lazy("At most"),
            ),
            _switch(
                "require_started", gettext_lazy("Started courses only"), gettext_lazy("The course must have started.")
            ),
            _switch(
                "require_not_ended", gettext_lazy("Before the end only"), gettext_lazy("The course must not be over.")
            ),
            _switch(
                "require_not_passing",
                gettext_lazy("Not after passing"),
                gettext_lazy("The learner must not have a passing grade."),
            ),
            _choice(
                "pacing",
                gettext_lazy("Pacing"),
                gettext_lazy("Courses of which pacing it is for."),
                any=gettext_lazy("Any"),
                self_paced=gettext_lazy("Self-paced courses"),
                instructor_paced=gettext_lazy("Instructor-paced courses"),
            ),
        ),
    ),
    (
        gettext_lazy("What is protected"),
        (
            _switch(
                "protect_passing",
                gettext_lazy("Protect passing attempts"),
                gettext_lazy("Undo and activate do not put away a passing attempt."),
            ),
            _switch(
                "protect_new_work",
                gettext_lazy("Protect new work"),
                gettext_lazy("Undo and activate do not put away an attempt in which the learner has worked."),
            ),
            _choice(
                "certificates",
                gettext_lazy("Certificates"),
                gettext_lazy("What an earned certificate means for a switch."),
                block=gettext_lazy("It stands in the way"),
                keep=gettext_lazy("It is kept"),
            ),
        ),
    ),
    (
        gettext_lazy("How a new attempt begins"),
        (
            _choice(
                "experiments",
                gettext_lazy("Content experiments"),
                gettext_lazy("The learner's groups of content experiments."),
                keep=gettext_lazy("The same groups"),
                redraw=gettext_lazy("Drawn again"),
            ),
            _choice(
                "schedule",
                gettext_lazy("Personal schedule"),
                gettext_lazy("The personal schedule of a self-paced course."),
                restart=gettext_lazy("Starts with the attempt"),
                keep=gettext_lazy("Is kept"),
            ),
        ),
    ),
    (
        gettext_lazy("Who takes part"),
        (
            _switch(
                "course_team_may_reset",
                gettext_lazy("Course team"),
                gettext_lazy("The course team may switch attempts, as far as its roles let it."),
            ),
            _switch(
                "learner_may_reset",
                gettext_lazy("Learners themselves"),
                gettext_lazy("Learners may reset themselves, and take that back."),
            ),
            _switch(
                "notify_learner", gettext_lazy("Tell the learner"), gettext_lazy("Learners are told of each switch.")
            ),
        ),
    ),
    (
        gettext_lazy("Grades"),
        (
            _choice(
                "grade_of_record",
                gettext_lazy("Grade that counts"),
                gettext_lazy("It is reported, and never written over the grade of the LMS."),
                latest=gettext_lazy("That of the active attempt"),
                best=gettext_lazy("The best"),
                first=gettext_lazy("That of the first attempt"),
                chosen=gettext_lazy("The one that staff choose"),
            ),
        ),
    ),
)
FIELDS: Mapping[str, PolicyField] = {field.name: field for _heading, fields in GROUPS for field in fields}


def origin_text(origin: str, org: str) -> str:
    """Return where a value comes from, or who has locked it, as people say it.

    Args:
        origin: a word of :data:`attempts.data.Origin`.
        org: the organisation that is meant by ``org``.
    """
    if origin == "org":
        return _("from the organisation %(org)s") % {"org": org}
    return {
        "default": _("by default"),
        "instance": _("from the policy of the whole site"),
        "course": _("from the policy of this course"),
        "course_settings": _("from the course's settings in Studio"),
    }[origin]


def lock_text(scope: str, org: str) -> str:
    """Return who has locked a field, as people say it; arguments are those of :func:`origin_text`."""
    if scope == "org":
        return _("Locked by the organisation %(org)s: it cannot be decided here.") % {"org": org}
    return _("Locked by the policy of the whole site: it cannot be decided here.")
