"""Write the Avro schemas of the public events, as the event bus makes them, into ``attempts/events/schemas``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write one file for each event."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    django.setup()
    from attempts.events.schemas import SCHEMAS, schema_document, schema_file
    from attempts.events.signals import SIGNALS

    SCHEMAS.mkdir(exist_ok=True)
    for signal in SIGNALS:
        schema_file(signal).write_text(schema_document(signal))


if __name__ == "__main__":
    main()
