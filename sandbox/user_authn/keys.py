"""The key pair that signs JSON Web Tokens. Read by the settings, so nothing here may need Django."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

FILE_NAME = "jwt-signing-key.json"
_PUBLIC = ("kty", "kid", "n", "e")


def signing_keys(folder: Path) -> tuple[str, str]:
    """Return the private JWK and the set of public ones, both as JSON, making the pair if the folder has none.

    Args:
        folder: Where the private key is kept.
    """
    path = folder / FILE_NAME
    if not path.exists():
        _write_unless_there(path, _new_key())
    private = json.loads(path.read_text())
    return json.dumps(private), json.dumps({"keys": [{name: private[name] for name in _PUBLIC}]})


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return json.dumps({**json.loads(RSAAlgorithm.to_jwk(key)), "kid": "sandbox"})


def _write_unless_there(path: Path, text: str) -> None:
    # The LMS and its worker start at once and must end up with the same key: a link, unlike a rename, never replaces
    # the file of whoever came first, and is there only when all of it is.
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
