"""The few words of SQL that engines spell differently."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """How one engine says things.

    Attributes:
        joined: texts one after the other: what stands before them, between them and after them.
        place: where a part is in a text.
        whole: the type of a whole number in a cast.
        words: the type of a text in a cast.
        counting: that a text is a number from 1 of at most nine digits, as keys of attempts have it.
        binary: a text that is compared character by character.
    """

    joined: tuple[str, str, str]
    place: str
    whole: str
    words: str
    counting: str
    binary: str = "{text}"

    def concat(self, *parts: str) -> str:
        """Return the expression of texts one after the other."""
        before, between, after = self.joined
        return f"{before}{between.join(parts)}{after}"

    def find(self, text: str, part: str) -> str:
        """Return the expression of the place, from 1, of a part in a text; 0 if it is not there."""
        return self.place.format(text=text, part=part)

    def number(self, value: str) -> str:
        """Return the expression of digits, or of a whole number of any kind, as a whole number that may be negative."""
        return f"CAST({value} AS {self.whole})"

    def is_attempt_number(self, text: str) -> str:
        """Return the condition that a text is the number of an attempt as keys have it."""
        return self.counting.format(text=text)

    def text(self, value: str) -> str:
        """Return the expression of a value as text."""
        return f"CAST({value} AS {self.words})"

    def exact(self, text: str) -> str:
        """Return the expression of a text that is compared and grouped character by character."""
        return self.binary.format(text=text)


_PIPES = ("(", " || ", ")")
_DIALECTS = {
    "postgresql": Dialect(_PIPES, "STRPOS({text}, {part})", "integer", "text", "{text} ~ '^[1-9][0-9]{{0,8}}$'"),
    "sqlite": Dialect(
        _PIPES,
        "INSTR({text}, {part})",
        "INTEGER",
        "TEXT",
        "({text} GLOB '[1-9]*' AND {text} NOT GLOB '*[^0-9]*' AND LENGTH({text}) <= 9)",
    ),
    "mysql": Dialect(
        ("CONCAT(", ", ", ")"),
        "LOCATE({part}, {text})",
        "SIGNED",
        "CHAR",
        # The end of a line is an end there, too, so what must not be is looked for.
        "({text} NOT REGEXP '^0|[^0-9]' AND LENGTH({text}) BETWEEN 1 AND 9)",
        "CONVERT({text} USING utf8mb4) COLLATE utf8mb4_bin",
    ),
}


def dialect_of(vendor: str) -> Dialect:
    """Return the dialect of an engine, by Django's name for it.

    Raises:
        LookupError: Open edX does not run on it.
    """
    try:
        return _DIALECTS[vendor]
    except KeyError:
        raise LookupError(f"Nothing is known of the SQL of {vendor}; there are {', '.join(_DIALECTS)}.") from None


def uuid_text(dialect: Dialect, value: str) -> str:
    """Return the expression of a uuid as text with hyphens, whether its column holds text or has a type of its own."""
    digits = f"REPLACE({dialect.text(value)}, '-', '')"
    pieces: list[str] = []
    for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12)):
        pieces += [f"SUBSTR({digits}, {start}, {length})", "'-'"]
    return dialect.concat(*pieces[:-1])
