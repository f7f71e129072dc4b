"""The texts of a package that are to be translated, found as ``makemessages`` finds them, without GNU gettext."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

#: How many arguments of each are texts: the context, the text, its plural.
_CALLS = {"_": 1, "gettext": 1, "ngettext": 2, "pgettext": 2, "npgettext": 3}
_LITERAL = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_CALL = re.compile(rf"\b(_|n?p?gettext)\(({_LITERAL}(?:,\s*{_LITERAL})*)")
_FIELD = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) "(.*)"$', re.MULTILINE)

#: The context, if there is one, and the text.
Key = tuple[str | None, str]


def catalogue(source: Path) -> list[dict[str, str]]:
    """The texts of a .po file, each on one line, with their translations."""
    blocks = source.read_text().split("\n\n")[1:]
    return [{name: ast.literal_eval(f'"{text}"') for name, text in _FIELD.findall(block)} for block in blocks]


def collected(package: Path) -> dict[Key, str | None]:
    """The texts of a package's modules and templates, with their plurals."""
    found: dict[Key, str | None] = {}
    for path in sorted(package.rglob("*")):
        calls = _in_module(path) if path.suffix == ".py" else _in_template(path)
        for name, texts in calls:
            context = texts.pop(0) if "pgettext" in name else None
            plural = texts[1] if name.startswith("n") else None
            key = (context, texts[0])
            found[key] = plural or found.get(key)
    return found


def _in_module(path: Path) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")).removesuffix("_lazy").removesuffix("_noop")
            texts = [text.value for text in node.args[: _CALLS.get(name, 0)] if isinstance(text, ast.Constant)]
            if texts:
                yield name, texts


def _in_template(path: Path) -> Iterator[tuple[str, list[str]]]:
    if path.suffix in (".html", ".txt"):
        for name, literals in _CALL.findall(templatize(path.read_text())):
            yield name, list(ast.literal_eval(f"({literals},)"))[: _CALLS[name]]
