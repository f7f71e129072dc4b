"""Files uploaded to open responses: the next attempt would overwrite them, so the reset is refused.

A file is stored under the learner's anonymous id, the course, the block and a number
(``openassessment/fileupload/api.py``: ``get_student_file_key``), and the answer lists these names. A new attempt begins
to count anew, under the same names.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.host.expressions import exactly
from attempts.host.models import host_model
from attempts.stores.base import LearnerNames
from attempts.stores.guarding import GuardingStore
from attempts.stores.tables import Half, as_text

#: In an answer: at least one name of a file, in the form of today or of old.
_IN_ANSWER = r'"file_keys?":\s*(\[(\s*"",?)*)?\s*"[^"]'
#: In the state of a block: what is uploaded and not yet handed in. The value is a text of JSON.
_IN_STATE = r'"saved_files_(descriptions|names)":\s*"\[[^]]'


@dataclass(frozen=True, kw_only=True)
class UploadedFiles(GuardingStore):
    """Answers and drafts of open responses that have files."""

    def rows(self, learner: LearnerNames, course_key: CourseKey) -> QuerySet:
        """Return the learner's answers with files."""
        rows = super().rows(learner, course_key).annotate(answer_text=as_text("answer"))
        return rows.filter(answer_text__regex=_IN_ANSWER)

    def surveyed_rows(
        self, learner: LearnerNames, course_key: CourseKey, restored: CourseKey | None
    ) -> list[tuple[Half, QuerySet]]:
        """Return answers and drafts."""
        drafts = self._open_responses(learner).filter(exactly("course_id", course_key)).filter(state__regex=_IN_STATE)
        return [*super().surveyed_rows(learner, course_key, restored), ("archived", drafts)]

    def objecting_courses(self, learner: LearnerNames, growth: int) -> list[QuerySet]:
        """Return a query for the courses with answers that have files, and one for those with such drafts."""
        answers = self.rows_anywhere(learner).annotate(answer_text=as_text("answer"), course_text=as_text(self.course))
        responses = self._open_responses(learner).annotate(course_text=as_text("course_id"))
        drafts = responses.filter(state__regex=_IN_STATE)
        both = (answers.filter(answer_text__regex=_IN_ANSWER), drafts)
        return [rows.values_list("course_text", flat=True).distinct() for rows in both]

    def _open_responses(self, learner: LearnerNames) -> QuerySet:
        """The states of open responses; conditions on what they hold come last, for engines keep to the order."""
        states = host_model("courseware.StudentModule")._base_manager.using(self.database()).order_by()
        return states.filter(student_id=learner.user_id).filter(module_type="openassessment")
