"""Which service of the host this process belongs to."""

from __future__ import annotations

from attempts import conf
from attempts.exceptions import NotInStudio


def require_lms() -> None:
    """Refuse in Studio what needs all the tables of learners: Studio's Django has no grades and no certificates.

    A switch there would move some of a learner's rows and leave the others.

    Raises:
        NotInStudio: this is Studio.
    """
    if conf.service() == "studio":
        raise NotInStudio()
