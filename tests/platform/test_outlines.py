"""How the platform's courses are laid out, and what a learner did laid out so."""

from __future__ import annotations

from lms_course import RIGHT, CourseCase

from attempts import api


class OutlinesTest(CourseCase):
    def setUp(self) -> None:
        super().setUp()
        self.work(RIGHT)
        self.reset(override=["learner_passing"])

    def test_a_course_is_laid_out_as_its_block_structure_is(self) -> None:
        """In order, with names; what only holds other blocks cannot be completed."""
        found = api.course_outline(self.key)
        assert (found[0].key.block_type, found[0].parent) == ("course", None)
        assert [block.name for block in found if block.key.block_type in ("chapter", "sequential")] == [
            "Section 0",
            "Part 0",
            "Section 1",
            "Part 1",
        ]
        completable = {block.key for block in found if block.completable}
        assert completable == {*self.problems, *self.texts}
        assert {block.parent for block in found if block.key in completable} == set(self.units)

    def test_an_archived_attempt_is_laid_out_so(self) -> None:
        """Points and completion of what the learner did, answers, and their history."""
        archived, active = api.attempts(self.learner, self.key)
        outline = api.outline(archived)
        assert outline.is_of_course
        whole = outline.whole
        assert (whole.completed, whole.completable) == (len(self.problems) + len(self.texts),) * 2
        assert [place.block_type for place in whole.places] == ["chapter", "chapter"]
        assert whole.score == whole.max_score == len(self.problems)
        work = api.block_work(archived, self.problems[0])
        assert (work.score, work.tries, list(work.answers)) == (1.0, 1, ["student_answers"])
        versions = api.block_versions(archived, self.problems[0]).items
        assert versions[0].answers == work.answers
        fresh = api.outline(active).whole
        assert (fresh.completed, fresh.score) == (0, None)
        assert api.block_work(active, self.problems[0]) is None
