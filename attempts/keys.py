"""placeholder"""
from opaque_keys.edx.locator import CourseLocator, BlockUsageLocator
class AttemptCourseLocator(CourseLocator):
    CANONICAL_NAMESPACE = "attempt-v1"
class AttemptBlockUsageLocator(BlockUsageLocator):
    CANONICAL_NAMESPACE = "attempt-block-v1"
