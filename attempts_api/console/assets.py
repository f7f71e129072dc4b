"""The console's static files, and an address for each that changes when its content does."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.urls import reverse

FOLDER = Path(__file__).parent / "public"
#: Files that pages may ask for; the folder has their licences and sources beside them.
SUFFIXES = (".css", ".js")


@cache
def names() -> frozenset[str]:
    """Return the names of the files."""
    return frozenset(file.name for file in FOLDER.iterdir() if file.suffix in SUFFIXES)


@cache
def version() -> str:
    """Return a word that changes with any of the files."""
    digest = sha256()
    for name in sorted(names()):
        digest.update(name.encode() + (FOLDER / name).read_bytes())
    return digest.hexdigest()[:16]


def asset_url(name: str) -> str:
    """Return the address of a file.

    Raises:
        LookupError: there is no such file.
    """
    if name not in names():
        raise LookupError(name)
    return reverse("attempts_console:asset", args=[version(), name])
