"""How far a learner is: the grades that are stored, and the blocks that are complete."""

from __future__ import annotations

from dataclasses import dataclass

from completion.models import BlockCompletion
from django.contrib.auth.models import AbstractBaseUser
from opaque_keys.edx.keys import UsageKey

from sandbox.content.completable import CONTAINER_TYPES
from sandbox.content.models import CourseBlock
from sandbox.courseware.pages.shown import ShownBlocks
from sandbox.grades.models import PersistentCourseGrade, PersistentSubsectionGrade
from sandbox.work.outline import Outline


@dataclass(frozen=True)
class Completion:
    """How much of something is complete.

    Attributes:
        done: Blocks that are complete.
        blocks: Blocks that can be completed.
    """

    done: int
    blocks: int

    @property
    def whole(self) -> bool:
        """Whether nothing is left to do."""
        return self.done == self.blocks


@dataclass(frozen=True)
class Section:
    """A subsection of a course as a learner has it.

    Attributes:
        block: The subsection.
        units: The blocks right below it, each with what is complete of it.
        completion: What is complete of the whole.
        grade: What is stored of its points, None before anything in it was answered.
    """

    block: CourseBlock
    units: list[tuple[CourseBlock, Completion]]
    completion: Completion
    grade: PersistentSubsectionGrade | None


class Progress:
    """One learner's progress in one course; reads the tables once.

    Args:
        user: The learner.
        outline: The course.
        shown: What she sees of it.
    """

    def __init__(self, user: AbstractBaseUser, outline: Outline, shown: ShownBlocks) -> None:
        self._outline = outline
        self._shown = shown
        course_key = outline.course_key
        self.grade = PersistentCourseGrade.objects.filter(user_id=user.pk, course_id=course_key).first()
        self._grades: dict[UsageKey, PersistentSubsectionGrade] = {
            row.usage_key: row
            for row in PersistentSubsectionGrade.objects.filter(user_id=user.pk, course_id=course_key)
        }
        self._complete: dict[UsageKey, float] = BlockCompletion.get_learning_context_completions(user, course_key)

    @property
    def percent(self) -> int:
        """The stored grade in the course, from 0 to 100."""
        return round(self.grade.percent_grade * 100) if self.grade else 0

    def section(self, block: CourseBlock) -> Section:
        """Return what the learner has of a subsection."""
        units = [(unit, self._of(unit)) for unit in self._outline.below(block)]
        whole = Completion(sum(of.done for _, of in units), sum(of.blocks for _, of in units))
        return Section(block, units, whole, self._grades.get(block.usage_key))

    def chapters(self) -> list[tuple[CourseBlock, list[Section]]]:
        """Return the chapters of the course with their subsections."""
        return [
            (chapter, [self.section(block) for block in self._outline.below(chapter)])
            for chapter in self._outline.below(self._outline.course)
        ]

    def _of(self, unit: CourseBlock) -> Completion:
        blocks = [block.usage_key for block in self._shown.below(unit) if block.block_type not in CONTAINER_TYPES]
        return Completion(sum(self._complete.get(key, 0.0) >= 1.0 for key in blocks), len(blocks))
