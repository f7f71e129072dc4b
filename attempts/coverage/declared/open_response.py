"""Submissions, and the open responses made of them."""

from django.utils.translation import gettext_noop as _

from attempts.coverage.declared.base import Answers

OPEN_RESPONSE: Answers = {
    "Submissions (edx-submissions)": {
        "submissions_studentitem": ("rekeyed", "All submissions and scores of a block hang on this row."),
        "submissions_submission": ("travels", "A submission points at the learner's item."),
        "submissions_score": ("travels", "A score points at the learner's item."),
        "submissions_scoresummary": ("travels", "The best and the latest score point at the learner's item."),
        "submissions_scoreannotation": ("travels", "A remark points at its score."),
        "submissions_externalgraderdetail": ("travels", "A place in a grader's queue points at its submission."),
        "submissions_submissionfile": ("travels", "A file for a grader points at the place in the queue."),
        "submissions_teamsubmission": ("refused", "The work is also that of the other members of the team."),
    },
    "Open response (ora2)": {
        "workflow_assessmentworkflow": ("rekeyed", "Staff statistics count the workflows of a block."),
        "workflow_assessmentworkflowstep": ("travels", "A step points at its workflow."),
        "workflow_assessmentworkflowcancellation": ("travels", "A cancellation points at its workflow."),
        "workflow_teamassessmentworkflow": ("refused", "It judges work of a whole team."),
        "workflow_orareminder": ("rekeyed", "Nobody should be reminded of work that is archived."),
        "assessment_peerworkflow": ("rekeyed", "Archived work must leave the pool that peers draw from."),
        "assessment_peerworkflowitem": ("travels", "A peer's turn points at the workflows of both learners."),
        "assessment_studenttrainingworkflow": ("rekeyed", "The next attempt is trained anew."),
        "assessment_studenttrainingworkflowitem": ("travels", "An example worked through points at the training."),
        "assessment_staffworkflow": ("rekeyed", "Archived work must leave the queue of the staff."),
        "assessment_teamstaffworkflow": ("refused", "It queues work of a whole team."),
        "assessment_assessment": ("travels", "An assessment names its submission, which stays as it is."),
        "assessment_assessmentpart": ("travels", "A part points at its assessment."),
        "assessment_assessmentfeedback": ("travels", "Feedback names its submission, which stays as it is."),
        "assessment_assessmentfeedback_assessments": ("travels", "A link points at feedback and assessment."),
        "assessment_assessmentfeedback_options": ("travels", "A link points at the feedback."),
        "assessment_sharedfileupload": ("refused", "The file is one of the whole team."),
        "assessment_historicalsharedfileupload": ("kept", _("Who changed a team's files is a log.")),
        "staffgrader_submissiongradinglock": ("kept", _("A grader's lock on a submission runs out by itself.")),
    },
}
