"""What people call things that go by a raw name elsewhere; a name that is not known here is told as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

#: Roles by which somebody has a right: those of the platform, and that of whoever has a shell.
_ROLES: Mapping[str, Any] = {
    "is_superuser": pgettext_lazy("a role", "superuser"),
    "is_staff": pgettext_lazy("a role", "staff of the site"),
    "support": pgettext_lazy("a role", "support"),
    "operator": pgettext_lazy("a role", "operator"),
    "learner": pgettext_lazy("a role", "the learner herself"),
    "instructor": pgettext_lazy("a role", "instructor"),
    "staff": pgettext_lazy("a role", "staff"),
    "limited_staff": pgettext_lazy("a role", "limited staff"),
    "data_researcher": pgettext_lazy("a role", "data researcher"),
    "admin": pgettext_lazy("a role", "administrator"),
}
_CHECKS: Mapping[str, Any] = {
    "database": pgettext_lazy("a check of health", "Database"),
    "migrations": pgettext_lazy("a check of health", "Migrations of the database"),
    "broker": pgettext_lazy("a check of health", "Broker of the workers"),
    "operations": pgettext_lazy("a check of health", "Operations under way"),
    "recover": pgettext_lazy("a check of health", "Recovery of what is stuck"),
}


def role_word(role: str) -> str:
    """Return what a role is called, and of what it is one."""
    for end, sentence in (
        (" of the course", _("%(role)s of the course")),
        (" of the organisation", _("%(role)s of the organisation")),
    ):
        name = role.removesuffix(end)
        if name != role:
            # openedx-authz has the role of a course in the name, too.
            return sentence % {"role": _ROLES.get(name.removeprefix("course_"), name)}
    return str(_ROLES.get(role, role))


def check_word(name: str) -> str:
    """Return what a check of health is about."""
    return str(_CHECKS.get(name, name))
