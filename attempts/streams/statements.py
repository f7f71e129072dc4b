"""Attempts in the statements that event-routing-backends makes: xAPI ``registration``, and an extension in Caliper.

The package's processors make statements by the transformers of a registry, which they have as an attribute. They are
given one with the same transformers, that says the attempt too. So it holds for all of them, for those that other
plugins register, and for statements that are made of old logs.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from event_routing_backends.processors.caliper.registry import CaliperTransformersRegistry
from event_routing_backends.processors.caliper.transformer_processor import CaliperProcessor
from event_routing_backends.processors.xapi.registry import XApiTransformersRegistry
from event_routing_backends.processors.xapi.transformer import OneToManyXApiTransformerMixin
from event_routing_backends.processors.xapi.transformer_processor import XApiProcessor

from attempts.streams.naming import attempt_of_emitted


class SaysRegistration:
    """A transformer whose statements have the attempt's uuid as the ``registration`` of their context."""

    event: dict[str, Any]

    def get_context(self) -> Any:
        """Return the context of the statement."""
        context = super().get_context()  # type: ignore[misc]
        attempt = attempt_of_emitted(self.event)
        if attempt is not None:
            context.registration = UUID(attempt["uuid"])
        return context


class SaysRegistrationOfParts(SaysRegistration):
    """A transformer that makes several statements of one event, all of the same attempt."""

    @property
    def child_transformer_class(self) -> type:
        """Return what makes the statements beside the first."""
        part: Any = super().child_transformer_class  # type: ignore[misc]
        return _combined(SaysRegistration, part)


class SaysAttempt:
    """A transformer whose Caliper events have the attempt among their extensions, as Caliper describes attempts."""

    event: dict[str, Any]

    def get_extensions(self) -> dict[str, Any]:
        """Return the extensions of the event."""
        extensions: dict[str, Any] = super().get_extensions()  # type: ignore[misc]
        attempt = attempt_of_emitted(self.event)
        if attempt is None:
            return extensions
        told = {"id": UUID(attempt["uuid"]).urn, "type": "Attempt", "count": attempt["number"]}
        return {**extensions, "attempt": told}


class XApiRegistry(XApiTransformersRegistry):
    """The transformers of xAPI, with the attempt."""

    mapping = XApiTransformersRegistry.mapping

    @classmethod
    def get_transformer(cls, event: dict[str, Any]) -> Any:
        """Return the transformer for an event; NoTransformerImplemented of the library if it has none."""
        transformer: Any = type(super().get_transformer(event))
        has_parts = issubclass(transformer, OneToManyXApiTransformerMixin)
        return _combined(SaysRegistrationOfParts if has_parts else SaysRegistration, transformer)(event)


class CaliperRegistry(CaliperTransformersRegistry):
    """The transformers of Caliper, with the attempt."""

    mapping = CaliperTransformersRegistry.mapping

    @classmethod
    def get_transformer(cls, event: dict[str, Any]) -> Any:
        """Return the transformer for an event; NoTransformerImplemented of the library if it has none."""
        transformer: Any = type(super().get_transformer(event))
        return _combined(SaysAttempt, transformer)(event)


def connect() -> None:
    """Give the processors their registries."""
    XApiProcessor.registry = XApiRegistry
    CaliperProcessor.registry = CaliperRegistry


@cache
def _combined(says: type, transformer: type) -> type:
    # Errors of the library name the transformer by its class.
    return type(transformer.__name__, (says, transformer), {"__module__": transformer.__module__})
