"""Real XBlocks in the sandbox: a runtime with its fields and services, over the host's tables.

Content comes from the imported course, a learner's state lies where the platform has it. Import this once Django is
set up: XBlocks translate while they are imported.
"""

from sandbox.courseware.xblocks.catalogue import NotRunnable, block_class
from sandbox.courseware.xblocks.runtime import CoursewareRuntime

__all__ = ["CoursewareRuntime", "NotRunnable", "block_class"]
