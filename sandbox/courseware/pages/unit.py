"""A unit of a course, shown by its XBlocks."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from web_fragments.fragment import Fragment

from sandbox.content.models import CourseBlock
from sandbox.courseware.xblocks import CoursewareRuntime, NotRunnable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ShownBlock:
    """A block on the page.

    Attributes:
        block: The block.
        html: What its XBlock shows, "" if it does not run.
        why_not: A sentence that says why it does not run, "" if it does.
    """

    block: CourseBlock
    html: str = ""
    why_not: str = ""


def show(runtime: CoursewareRuntime, blocks: list[CourseBlock]) -> tuple[list[ShownBlock], Fragment]:
    """Return blocks as a learner sees them, and the scripts and styles that they need.

    Args:
        runtime: Where they run.
        blocks: Blocks that hold no others, in order.
    """
    runtime.learner.read_ahead([block.usage_key for block in blocks])
    needed = Fragment()
    shown = []
    for block in blocks:
        try:
            fragment = _render(runtime, block)
        except NotRunnable as error:
            shown.append(ShownBlock(block, why_not=str(error)))
        except Exception:
            # Authors and other people's code: one block that fails must not take the unit with it.
            log.exception("%s cannot be shown", block.usage_key)
            shown.append(ShownBlock(block, why_not="This block could not be shown; the log of the sandbox says why."))
        else:
            needed.add_fragment_resources(fragment)
            shown.append(ShownBlock(block, html=fragment.body_html()))
    return shown, needed


def _render(runtime: CoursewareRuntime, row: CourseBlock) -> Fragment:
    try:
        with transaction.atomic():
            return _student_view(runtime, row)
    except IntegrityError:
        # Another page, or a switch, was faster: what a block saves when it is first seen it saves the next time.
        log.warning("%s is shown, and what it saves is not kept", row.usage_key, exc_info=True)
        return _student_view(runtime.looking(), row)


def _student_view(runtime: CoursewareRuntime, row: CourseBlock) -> Fragment:
    block = runtime.get_block(row.usage_key)
    if row.block_type == "problem":
        # A problem that cannot be made shows a sentence of its own and no error; asked for directly, it raises.
        _ = block.lcp
    return runtime.render(block, "student_view", {})
