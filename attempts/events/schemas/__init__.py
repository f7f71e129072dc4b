"""The Avro schemas of the public events, one file each, for consumers that are not written in Python.

They are what the event bus makes of the code; a test holds them to it. Within version 1 they may only grow by fields
with a default.
"""

from __future__ import annotations

import json
from pathlib import Path

from openedx_events.event_bus.avro.serializer import AvroSignalSerializer
from openedx_events.tooling import OpenEdxPublicSignal

SCHEMAS = Path(__file__).parent


def schema_file(signal: OpenEdxPublicSignal) -> Path:
    """Return where the schema of an event is stored; the name is formed as in openedx-events."""
    return SCHEMAS / f"{signal.event_type.replace('.', '+')}_schema.avsc"


def schema_document(signal: OpenEdxPublicSignal) -> str:
    """Return the schema that the event bus uses for an event, as JSON."""
    return json.dumps(AvroSignalSerializer(signal).schema, indent=2) + "\n"
