"""Texts for people, and their translations: the e-mail's, the pages of packs, and the console's."""

from __future__ import annotations

import gettext
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

import attempts
import attempts_api
from tests.texts import catalogue, collected

PACKAGES = [Path(package.__file__).parent for package in (attempts, attempts_api)]
SOURCES = [source for package in PACKAGES for source in package.glob("locale/*/LC_MESSAGES/django.po")]


def name_of(source: Path) -> str:
    """The package and the language of a catalogue."""
    return f"{source.parents[3].name}-{source.parents[1].name}"


def placeholders(text: str) -> list[str]:
    """What is put into a text."""
    return sorted(re.findall(r"%\(\w+\)[a-z]", text))


def markup(text: str) -> list[str]:
    """The tags of a text, without what is in them."""
    return sorted(re.findall(r"</?\w+", text))


def test_every_package_has_the_same_languages() -> None:
    """Or one page would be in two of them."""
    languages = [{source.parents[1].name for source in SOURCES if package in source.parents} for package in PACKAGES]
    assert languages == [{"de"}] * len(PACKAGES)


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_every_text_is_in_the_catalogue(source: Path) -> None:
    """And nothing else is: after a change of texts, `make messages` is due."""
    texts = {(one.get("msgctxt"), one["msgid"]): one.get("msgid_plural") for one in catalogue(source)}
    assert texts == collected(source.parents[3])


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_every_text_is_translated(source: Path) -> None:
    """And compiled: workers read the compiled file. Nothing that is put into a text is lost."""
    assert not re.search("^#.*fuzzy", source.read_text(), re.MULTILINE)
    with source.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for one in catalogue(source):
        translated = [text for name, text in one.items() if name.startswith("msgstr")]
        assert all(translated), one
        for text in translated:
            assert set(placeholders(text)) == set(placeholders(one["msgid"])), one
            assert markup(text) == markup(one["msgid"]), one
        assert found_in(compiled, one) == translated


def found_in(translations: Any, one: dict[str, str]) -> list[str]:
    """What a text is translated to, in the singular and the plural if it has one."""
    if "msgid_plural" in one:
        return [translations.ngettext(one["msgid"], one["msgid_plural"], number) for number in (1, 2)]
    if "msgctxt" in one:
        return [translations.pgettext(one["msgctxt"], one["msgid"])]
    return [translations.gettext(one["msgid"])]


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_no_other_app_has_the_same_text_with_another_meaning(source: Path) -> None:
    """Django has one catalogue for all apps, in which the first app wins; a text with a context is ours alone."""
    with translation.override(source.parents[1].name):
        for one in catalogue(source):
            assert found_in(translation, one) == [text for name, text in one.items() if name.startswith("msgstr")]
