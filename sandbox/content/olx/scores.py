"""How many points a block is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element  # nosec B405  # the type only

from sandbox.content.olx.values import boolean_value, number_value

#: Points of scored blocks that name none, by type.
DEFAULT_POINTS = {"lti": 1.0, "lti_consumer": 1.0, "drag-and-drop-v2": 1.0, "edx_sga": 100.0, "staffgradedxblock": 1.0}


def response_types(element: Element) -> list[str]:
    """Return the types of a problem's responses in document order, such as ``choiceresponse``."""
    return [found.tag for found in element.iter() if found.tag.endswith("response")]


def max_score(block_type: str, attributes: Mapping[str, Any], element: Element, file: str, line: int) -> float | None:
    """Return a block's weight in points, None where it has no score.

    Args:
        block_type: Type of the block.
        attributes: The block's attributes, policy included.
        element: The block's XML.
        file: Where the block stands, for messages.
        line: The line there.

    Raises:
        OlxError: The weight is not a number of 0 or more.
    """
    weight = number_value(attributes, "weight", file, line)
    if block_type == "problem":
        responses = len(response_types(element))
        return None if not responses else float(responses) if weight is None else weight
    if block_type == "openassessment":
        return _rubric_points(element)
    if block_type in {"lti", "lti_consumer"} and not boolean_value(attributes, "has_score", default=False):
        return None
    if block_type in DEFAULT_POINTS:
        return DEFAULT_POINTS[block_type] if weight is None else weight
    return None


def _rubric_points(element: Element) -> float:
    """Return the sum of the best option of each criterion; options with unreadable points count nothing."""
    best = (
        max(
            (
                int(option.get("points", "0"))
                for option in criterion.iter("option")
                if option.get("points", "0").isdecimal()
            ),
            default=0,
        )
        for criterion in element.iter("criterion")
    )
    return float(sum(best))
