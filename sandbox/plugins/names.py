"""The names by which plugins find the signals and the content store of an Open edX.

Plugins name them by dotted path in their configuration, and the plugin machinery imports them. Each module here says
what of the platform's it has.
"""

from __future__ import annotations

import sys
from importlib import import_module

from django.apps import apps

#: Whose tables Studio does not have.
_ONLY_IN_THE_LMS = {"lms.djangoapps.certificates.signals": "sandbox.certificates.signals"}
_NAMES = {
    "lms.djangoapps.grades.signals.signals": "sandbox.grades.signals",
    "openedx.core.djangoapps.signals.signals": "sandbox.grades.signals",
    "openedx.core.djangoapps.user_api.accounts.signals": "sandbox.user_api.signals",
    "xmodule.modulestore.django": "sandbox.content.modulestore",
}


def stand_in() -> None:
    """Let the sandbox's modules be found by the platform's names, unless the platform is there."""
    names = {**_NAMES, **_ONLY_IN_THE_LMS} if apps.is_installed("sandbox.certificates") else _NAMES
    for name, module in names.items():
        sys.modules.setdefault(name, import_module(module))
