"""Names that lead nowhere, for people and for what leads to them: keyed hashes."""

from __future__ import annotations

import hmac
from hashlib import sha256
from uuid import UUID

from attempts import conf

#: Hexadecimal digits; 128 bits.
_LENGTH = 32


class Pseudonyms:
    """Gives each user id one pseudonym, the same in every export of the site; keeps those it has given."""

    def __init__(self) -> None:
        self._key = conf.pseudonym_key()
        self.given: dict[int, str] = {}

    def of(self, user_id: int) -> str:
        """Return the pseudonym of a user."""
        known = self.given.get(user_id)
        if known is None:
            self.given[user_id] = known = self._hash(str(user_id))
        return known

    def of_handle(self, uuid: str) -> str:
        """Return what stands for a uuid: that of an attempt is made of the user id, and others can look it up."""
        return str(UUID(self._hash(f"uuid:{uuid}")))

    def _hash(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), sha256).hexdigest()[:_LENGTH]
