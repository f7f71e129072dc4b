"""Which block types run in the sandbox, and what the others need that it does not have."""

from __future__ import annotations

import json
import re

from xblock.core import XBlock

from sandbox.content.models import CourseBlock

#: Types that run, all of them from xblocks-contrib.
RUNNABLE = frozenset({"annotatable", "html", "poll_question", "problem", "video", "word_cloud"})
#: What others need; the texts end the sentence "This block needs …".
_NEEDS = {
    "discussion": "a forum",
    "edx_sga": "staff who grade uploaded files",
    "lti": "a tool elsewhere, by LTI",
    "lti_consumer": "a tool elsewhere, by LTI",
    "openassessment": "the platform's assessment of open responses",
    "staffgradedxblock": "staff who grade by spreadsheet",
}
#: Response types that an author's code, a grader elsewhere or a person answers.
_NEEDED_BY_RESPONSE = {
    "coderesponse": "a grader elsewhere",
    "customresponse": "Python of its author, which the sandbox does not run",
    "externalresponse": "a grader elsewhere",
    "schematicresponse": "Python of its author, which the sandbox does not run",
    "symbolicresponse": "a service that reads formulas",
}
#: A script of an author that is not for the browser; problems run it on the server.
_SERVER_SCRIPT = re.compile(r"<script(?![^>]*javascript)", re.IGNORECASE)
#: Where the files lie that come with the sandbox's own courses.
OWN_FILES = "/static/sandbox/courses/"
#: The files of a video that stand in its own XML.
_SOURCE = re.compile(r"<source\s[^>]*?src=\"([^\"]*)\"")


class NotRunnable(Exception):
    """A block does not run in the sandbox; the text says why."""


def why_not(row: CourseBlock) -> str:
    """Return what a block needs that the sandbox does not have, "" if it runs."""
    if row.block_type not in RUNNABLE:
        return _NEEDS.get(row.block_type, f"an XBlock of the type {row.block_type}")
    if row.block_type == "problem":
        for response in row.data.get("responses", ()):
            if response in _NEEDED_BY_RESPONSE:
                return _NEEDED_BY_RESPONSE[response]
        if _SERVER_SCRIPT.search(row.data.get("text", "")):
            return "Python of its author, which the sandbox does not run"
    if row.block_type == "video" and not _lies_here(row):
        return "a video that lies elsewhere"
    return ""


def _lies_here(row: CourseBlock) -> bool:
    """Tell whether every file of a video is one of the sandbox's own."""
    named = row.data.get("attributes", {}).get("html5_sources") or "[]"
    sources = json.loads(named) if isinstance(named, str) else named
    sources = [*sources, *_SOURCE.findall(row.data.get("text", ""))]
    return bool(sources) and all(source.startswith(OWN_FILES) for source in sources)


def block_class(block_type: str) -> type[XBlock]:
    """Return the class that runs a block type.

    Raises:
        NotRunnable: The type does not run here.
    """
    if block_type not in RUNNABLE:
        raise NotRunnable(f"Blocks of the type {block_type} do not run in the sandbox.")
    # xblocks-contrib registers its blocks by another name as long as the platform has some of its own.
    return XBlock.load_class(f"_{block_type}_extracted")
