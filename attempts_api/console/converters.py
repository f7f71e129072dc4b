"""What is in addresses beside plain words: names that hosts gave, which may have slashes."""

from __future__ import annotations


class Name:
    """A name of the host's, such as the key of an old block; its slashes are escaped, for servers take them apart."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Return the name that is meant."""
        return value.replace("%2F", "/").replace("%25", "%")

    def to_url(self, value: str) -> str:
        """Return the name as a part of a path has it; ``reverse`` escapes what else has to be."""
        return str(value).replace("%", "%25").replace("/", "%2F")
