"""The pages: a course, a unit of it, and how far the learner is."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from opaque_keys.edx.keys import CourseKey, UsageKey

from sandbox.content.models import CourseBlock
from sandbox.courseware.pages.access import course_outline, is_learner
from sandbox.courseware.pages.progress import Progress
from sandbox.courseware.pages.shown import ShownBlocks
from sandbox.courseware.pages.unit import show
from sandbox.courseware.xblocks import CoursewareRuntime
from sandbox.work.outline import Outline

#: Nothing that an author writes into a course makes a browser ask elsewhere; scripts in content run as on the platform.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; base-uri 'self'; form-action 'self'; object-src 'none'"
)


@login_required
def course(request: HttpRequest, course_key: CourseKey) -> HttpResponse:
    """Return the outline of a course with the learner's grade and completion."""
    outline = course_outline(course_key)
    learner = is_learner(request.user, course_key)
    progress = Progress(request.user, outline, ShownBlocks(request.user, outline, keeps=learner))
    context = {**_common(outline, learner), "progress": progress, "chapters": progress.chapters()}
    return _page(request, "sandbox/courseware/course.html", context)


@login_required
def unit(request: HttpRequest, course_key: CourseKey, usage_key: UsageKey) -> HttpResponse:
    """Return a unit, ready to be worked in."""
    outline = course_outline(course_key)
    learner = is_learner(request.user, course_key)
    units = [below for section in outline.subsections for below in outline.below(section)]
    block = _unit(units, usage_key)
    shown = ShownBlocks(request.user, outline, keeps=learner)
    shown.draw(block)
    runtime = CoursewareRuntime(request.user, outline, keeps=learner)
    blocks, needed = show(runtime, list(shown.below(block)))
    place = units.index(block)
    context = {
        **_common(outline, learner),
        **_progress(request.user, outline, shown, block),
        "unit": block,
        "blocks": blocks,
        "head": needed.head_html(),
        "foot": needed.foot_html(),
        "before": units[place - 1] if place else None,
        "after": units[place + 1] if place + 1 < len(units) else None,
        "seen_after": runtime.seen_after,
    }
    return _page(request, "sandbox/courseware/unit.html", context)


@login_required
def unit_progress(request: HttpRequest, course_key: CourseKey, usage_key: UsageKey) -> HttpResponse:
    """Return what the page of a unit says of the learner's progress, for a page that is open already."""
    outline = course_outline(course_key)
    learner = is_learner(request.user, course_key)
    block = _unit([below for section in outline.subsections for below in outline.below(section)], usage_key)
    shown = ShownBlocks(request.user, outline, keeps=learner)
    return render(request, "sandbox/courseware/_progress.html", _progress(request.user, outline, shown, block))


def _unit(units: list[CourseBlock], usage_key: UsageKey) -> CourseBlock:
    for block in units:
        if block.usage_key == usage_key:
            return block
    raise Http404(f"{usage_key} is no unit of this course")


def _progress(user: Any, outline: Outline, shown: ShownBlocks, block: CourseBlock) -> dict[str, Any]:
    progress = Progress(user, outline, shown)
    section = next(section for section in outline.subsections if section.pk == block.parent_id)
    return {"progress": progress, "section": progress.section(section)}


def _common(outline: Outline, learner: bool) -> dict[str, Any]:
    return {"course_key": outline.course_key, "course": outline.course, "only_looks": not learner}


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    response["Content-Security-Policy"] = _POLICY
    return response
