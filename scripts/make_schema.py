"""Write ``attempts_api/v1/openapi.json`` from the views; with ``--check``, only say whether it is up to date."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Return the exit code: 1 if the file had to be, or would have to be, changed."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    django.setup()
    from attempts_api.v1.openapi import schema_document
    from attempts_api.v1.views.schema import SCHEMA_FILE

    document = schema_document()
    if "--check" in sys.argv:
        return 0 if SCHEMA_FILE.exists() and SCHEMA_FILE.read_text() == document else 1
    SCHEMA_FILE.write_text(document)
    return 0


if __name__ == "__main__":
    sys.exit(main())
