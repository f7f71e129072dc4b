"""XML elements that know their line, parsed without entities."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, tostring  # nosec B405  # defusedxml parses
from xml.sax.saxutils import escape  # nosec B406  # parses nothing

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from sandbox.content.olx.errors import OlxError
from sandbox.content.olx.files import CourseFiles

#: Deeper nesting than this is no course, and would exhaust the stack of whoever walks it.
MAX_DEPTH = 200


class LocatedElement(Element):
    """An XML element with the line of its start tag, from 1."""

    line: int = 0


class _LocatingBuilder(TreeBuilder):
    """Builds located elements."""

    def __init__(self, file: str) -> None:
        super().__init__(element_factory=LocatedElement)
        self.file = file
        self.depth = 0
        self.expat: Any = None

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        """Open an element."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise OlxError(f"elements are nested more than {MAX_DEPTH} deep", self.file, self.expat.CurrentLineNumber)
        element = super().start(tag, attrs)
        element.line = self.expat.CurrentLineNumber
        return element

    def end(self, tag: str) -> Element:
        """Close an element."""
        self.depth -= 1
        return super().end(tag)


def read_xml(files: CourseFiles, name: str) -> LocatedElement | None:
    """Return the root element of an XML file of a course, None if there is no such file.

    Raises:
        OlxError: The file is not well-formed, or declares entities.
    """
    content = files.read(name)
    if content is None:
        return None
    label = files.label(name)
    builder = _LocatingBuilder(label)
    parser = DefusedXMLParser(target=builder)
    builder.expat = parser.parser
    try:
        parser.feed(content)
        return parser.close()
    except DefusedXmlException as error:
        raise OlxError(
            "it declares entities, which no export needs and which can be used to attack a server; remove the DOCTYPE",
            label,
            parser.parser.CurrentLineNumber,
        ) from error
    except ParseError as error:
        raise OlxError(f"this is not well-formed XML ({error}); correct the file", label, error.position[0]) from error
    except (LookupError, ValueError) as error:
        raise OlxError(f"its encoding cannot be read ({error}); save it as UTF-8", label, 1) from error


def inner_xml(element: Element) -> str:
    """Return what stands between an element's start and end tag."""
    children = "".join(tostring(child, encoding="unicode") for child in element)
    return f"{escape(element.text or '')}{children}".strip()


def is_empty(element: Element) -> bool:
    """Tell whether an element has neither children nor text."""
    return len(element) == 0 and not (element.text or "").strip()
