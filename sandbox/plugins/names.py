"""The names by which plugins find the signals and the content store of an Open edX.

Plugins name them by dotted path in their configuration, and the plugin machinery imports them. Each module here says
what of the platform's it has.
"""

from __future__ import annotations

import sys
from importlib import import_module

_NAMES = {
    "lms.djangoapps.certificates.signals": "sandbox.certificates.signals",
    "lms.djangoapps.grades.signals.signals": "sandbox.grades.signals",
    "openedx.core.djangoapps.signals.signals": "sandbox.grades.signals",
    "openedx.core.djangoapps.user_api.accounts.signals": "sandbox.user_api.signals",
    "xmodule.modulestore.django": "sandbox.content.modulestore",
}


def stand_in() -> None:
    """Let the sandbox's modules be found by the platform's names, unless the platform is there."""
    for name, module in _NAMES.items():
        sys.modules.setdefault(name, import_module(module))
