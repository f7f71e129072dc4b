"""Reasons against a switch: what the learner has that a switch would put in doubt."""

from __future__ import annotations

from attempts.exceptions.base import NotEligible, gettext_noop


class CertificateIssued(NotEligible):
    """The learner holds a certificate that the switch would put in doubt."""

    code = "certificate_issued"

    def __init__(self, status: str) -> None:
        super().__init__(
            gettext_noop("The learner has a certificate for this course (status: %(status)s)."), status=status
        )


class ExamSitting(NotEligible):
    """The learner has sat a timed or proctored exam of the course."""

    code = "exam_sitting"

    def __init__(self, rows: int) -> None:
        super().__init__(
            gettext_noop(
                "The learner has %(rows)s sittings or reviews of timed or proctored exams in this course. They stay as "
                "they are, so an exam that was submitted stays submitted. A review that comes later counts in the new "
                "attempt: a rejection sets its grade of that exam to zero and revokes the certificate. Override this "
                "reason to go on."
            ),
            rows=rows,
        )


class TeamWork(NotEligible):
    """The learner has handed in work with a team."""

    code = "team_work"

    def __init__(self, rows: int) -> None:
        super().__init__(
            gettext_noop(
                "The learner has %(rows)s submissions or files of a team in this course. What belongs to the team "
                "stays, for all its members; override this reason to go on."
            ),
            rows=rows,
        )


class FilesUploaded(NotEligible):
    """The learner has uploaded files to open responses, which uploads in a new attempt would overwrite."""

    code = "files_uploaded"
    overridable = False

    def __init__(self, rows: int) -> None:
        super().__init__(
            gettext_noop(
                "The learner has uploaded files to open responses (%(rows)s answers or drafts). A file uploaded in "
                "another attempt would take the same name and overwrite them, so the attempt cannot be archived."
            ),
            rows=rows,
        )


class CreditGranted(NotEligible):
    """The learner is eligible for academic credit, or has asked for it."""

    code = "credit_granted"

    def __init__(self, rows: int) -> None:
        super().__init__(
            gettext_noop(
                "The learner is eligible for academic credit for this course or has asked for it (%(rows)s records). "
                "That stays as it is; override this reason to go on."
            ),
            rows=rows,
        )
