"""The runtime: XBlocks of one course for one learner."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from fs.memoryfs import MemoryFS
from opaque_keys.edx.keys import UsageKey
from web_fragments.fragment import Fragment
from xblock.core import XBlock
from xblock.exceptions import NoSuchUsage
from xblock.field_data import SplitFieldData
from xblock.fields import Scope, ScopeIds
from xblock.runtime import KvsFieldData, MemoryIdManager, Runtime

from sandbox.courseware.xblocks.authored import AuthoredStore, CourseSettings, read_block
from sandbox.courseware.xblocks.catalogue import NotRunnable, block_class, why_not
from sandbox.courseware.xblocks.content import CourseContent
from sandbox.courseware.xblocks.elsewhere import html_from_here, styles_from_here
from sandbox.courseware.xblocks.learner_fields import LearnerStore
from sandbox.courseware.xblocks.results import Results
from sandbox.courseware.xblocks.services import services
from sandbox.work.outline import Outline

#: Stands in an address of a handler for the name of the handler, which the client's runtime puts there.
HANDLER = "HANDLER"
_AUTHORED = (Scope.content, Scope.settings, Scope.parent, Scope.children)
_LEARNER = (Scope.user_state, Scope.user_state_summary, Scope.preferences, Scope.user_info)


class CoursewareRuntime(Runtime):
    """Runs the blocks of one course for one learner, for as long as a request takes.

    Args:
        user: The learner.
        outline: The course.
        keeps: Whether what blocks save is kept; see :class:`LearnerStore`.
    """

    def __init__(self, user: AbstractBaseUser, outline: Outline, *, keeps: bool = True) -> None:
        self.content = CourseContent(outline)
        self.learner = LearnerStore(user, outline.course_key, keeps=keeps)
        self.results = Results(user, outline, keeps=keeps)
        #: Files of the course that problems may include; the importer passes over them.
        self.resources_fs = MemoryFS()
        self._user = user
        authored, kept = KvsFieldData(AuthoredStore(self.content)), KvsFieldData(self.learner)
        ids = MemoryIdManager()
        super().__init__(
            id_reader=ids,
            id_generator=ids,
            mixins=(CourseSettings,),
            services={
                **services(user, outline.course_key),
                "field-data": SplitFieldData({**dict.fromkeys(_AUTHORED, authored), **dict.fromkeys(_LEARNER, kept)}),
            },
        )

    def looking(self) -> CoursewareRuntime:
        """Return a runtime of the same blocks that keeps nothing of what they save."""
        return CoursewareRuntime(self._user, self.content.outline, keeps=False)

    def get_block(self, usage_id: UsageKey, for_parent: XBlock | None = None) -> XBlock:
        """Return a block of the course.

        Raises:
            NoSuchUsage: The course has no such block.
            NotRunnable: The block does not run in the sandbox.
        """
        row = self.content.block(usage_id)
        if row is None:
            raise NoSuchUsage(usage_id)
        if reason := why_not(row):
            raise NotRunnable(f"This block needs {reason}.")
        mixed = self.mixologist.mix(block_class(row.block_type))
        block = read_block(mixed, row, self, ScopeIds(self._user.pk, row.block_type, usage_id, usage_id))
        block.save()
        return block

    def completed_by_viewing(self, block: XBlock) -> bool:
        """Tell whether a block is complete once it was seen."""
        return self._services["completion"].can_mark_block_complete_on_view(block)

    @property
    def seen_after(self) -> int:
        """For how many milliseconds a block has to be on the screen to have been seen."""
        return self._services["completion"].get_complete_on_view_delay_ms()

    def get_policy(self, _usage_id: UsageKey) -> dict[str, Any]:
        """Return what a policy file says of a block: nothing that the importer has not put into its attributes."""
        return {}

    def applicable_aside_types(self, _block: XBlock) -> list[str]:
        """Return the asides of a block: the sandbox shows none."""
        return []

    def handler_url(
        self, block: XBlock, handler_name: str, suffix: str = "", query: str = "", thirdparty: bool = False
    ) -> str:
        """Return where the browser calls a handler of a block."""
        usage_key = block.scope_ids.usage_id
        words = [usage_key.course_key, usage_key, handler_name, *([suffix] if suffix else [])]
        url = reverse("xblock_handler", args=words)
        return f"{url}?{query}" if query else url

    def local_resource_url(self, block: XBlock, uri: str) -> str:
        """Return where a file lies that comes with a block's class."""
        return reverse("xblock_resource", args=[block.scope_ids.block_type, uri])

    def resource_url(self, resource: str) -> str:
        """Return where a file of the runtime lies."""
        raise NotImplementedError(f"the sandbox has no {resource} for XBlocks")

    def publish(self, block: XBlock, event_type: str, event_data: dict[str, Any]) -> None:
        """Take what a block publishes."""
        self.results.take(block.scope_ids.usage_id, event_type, event_data)

    def wrap_xblock(self, block: XBlock, _view: str, frag: Fragment, _context: Any) -> Fragment:
        """Return what a view gave, in an element that the client's runtime finds and starts."""
        usage_key = block.scope_ids.usage_id
        data = {
            "block-type": usage_key.block_type,
            "usage-id": str(usage_key),
            "handlers": self.handler_url(block, HANDLER),
        }
        if frag.js_init_fn:
            data["init"] = frag.js_init_fn
            data["init-args"] = json.dumps(frag.json_init_args or {})
        if self.completed_by_viewing(block):
            data["seen"] = reverse("xblock_seen", args=[usage_key.course_key, usage_key])
        attributes = format_html_join("", ' data-{}="{}"', data.items())
        # What the view gave is HTML of the block's own.
        body = mark_safe(html_from_here(frag.body_html()))  # nosec B308 B703
        # The last two classes are what style sheets of the platform's own blocks look for.
        name = f"xmodule_display xmodule_{block.unmixed_class.__name__}"
        wrapped = Fragment(format_html('<div class="xblock xblock-student_view {}"{}>{}</div>', name, attributes, body))
        for resource in frag.resources:
            if resource.kind == "url":
                wrapped.add_resource_url(resource.data, resource.mimetype, resource.placement)
            else:
                text = styles_from_here(resource.data) if resource.mimetype == "text/css" else resource.data
                wrapped.add_resource(text, resource.mimetype, resource.placement)
        return wrapped
