"""What the site's own code may say against a switch: an Open edX filter."""

from __future__ import annotations

from typing import Any, Literal

from django.db import DatabaseError
from opaque_keys.edx.keys import CourseKey
from openedx_filters.exceptions import OpenEdxFilterException
from openedx_filters.tooling import OpenEdxPublicFilter

from attempts.data import Kind
from attempts.exceptions import NotEligible, Vetoed, VetoUnknown
from attempts.telemetry import Event, EventLog

log = EventLog(__name__)

#: Whether somebody asks for the switch, or a worker is about to carry it out.
Stage = Literal["request", "execution"]


class AttemptSwitchRequested(OpenEdxPublicFilter):
    """Asked before a learner's attempts are switched: when the switch is requested, and again when it is carried out.

    A step may refuse the switch by raising :class:`PreventSwitch`. What it returns is not used: there is nothing to
    change about a switch.
    """

    filter_type = "org.openedx.learning.attempt.switch.requested.v1"

    class PreventSwitch(OpenEdxFilterException):
        """Raise to refuse the switch: ``PreventSwitch("Sentence for people.", code="word_for_programs")``."""

        code = ""

    @classmethod
    def run_filter(
        cls,
        user: Any,
        course_key: CourseKey,
        kind: Kind,
        from_number: int,
        to_number: int | None,
        requested_by: Any,
        comment: str,
        override: frozenset[str],
        stage: Stage,
    ) -> None:
        """Ask the configured steps.

        Args:
            user: the host's user whose attempts they are.
            course_key: the plain key of the course.
            kind: reset, undo or activate.
            from_number: the attempt that would be archived.
            to_number: the attempt that would be active, None for a new one.
            requested_by: the host's user who asks, None for the system.
            comment: the reason given.
            override: codes of the reasons that the requester goes on in spite of.
            stage: ``request`` or ``execution``.

        Raises:
            PreventSwitch: a step refuses it.
            Exception: a step failed, and the configuration says ``fail_silently: False``.
        """
        super().run_pipeline(
            user=user,
            course_key=course_key,
            kind=kind,
            from_number=from_number,
            to_number=to_number,
            requested_by=requested_by,
            comment=comment,
            override=override,
            stage=stage,
        )


def site_has_steps() -> bool:
    """Tell whether the operator has configured steps for the filter."""
    return bool(AttemptSwitchRequested.get_pipeline_configuration()[0])


def veto(**words: Any) -> NotEligible | None:
    """Return what the site's own code has against a switch; None if nothing.

    Arguments are those of :meth:`AttemptSwitchRequested.run_filter`.

    Raises:
        DatabaseError: the database was in the way.
    """
    try:
        AttemptSwitchRequested.run_filter(**words)
    except OpenEdxFilterException as refusal:
        return Vetoed(str(getattr(refusal, "code", "")), str(refusal.message))
    except DatabaseError:
        # Of a transaction that is broken nothing more can be said; the caller knows how to try again.
        raise
    except Exception as error:
        # Only where the operator wants the switch refused if a step fails.
        log.error(Event.FILTER_STEP_FAILED, error, filter=AttemptSwitchRequested.filter_type)
        return VetoUnknown()
    return None
