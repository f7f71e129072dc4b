"""Enrolment, and what hangs on it."""

from django.utils.translation import gettext_noop as _

from attempts.coverage.declared.base import Answers

ENROLMENT: Answers = {
    "Enrolment (student)": {
        "student_courseenrollment": ("kept", _("A reset is no new enrolment; mode and payment stay.")),
        "student_courseenrollment_history": ("kept", _("The history of the enrolment is its own.")),
        "student_courseenrollmentattribute": ("kept", _("Orders and the like belong to the enrolment.")),
        "student_courseenrollmentallowed": ("kept", _("An invitation to enrol was used once, whatever the attempt.")),
        "student_courseenrollmentcelebration": ("valued", "The new attempt has successes of its own to celebrate."),
        "student_manualenrollmentaudit": ("kept", _("What staff did to an enrolment is a log.")),
        "student_historicalmanualenrollmentaudit": ("kept", _("What became of a log is a log.")),
        "student_fbeenrollmentexclusion": ("kept", _("Limits of a mode bind the enrolment.")),
        "student_anonymoususerid": ("kept", _("Archived work is found by the name it was done under, which stays.")),
        "student_courseaccessrole": ("kept", _("What somebody may do in a course is no work in it.")),
        "student_courseaccessrolehistory": ("kept", _("What became of roles is a log.")),
        "student_entranceexamconfiguration": ("kept", _("Leave to skip the entrance exam was given to the person.")),
    },
    "Schedules": {
        "schedules_schedule": ("valued", "Due dates of a self-paced course are counted from the new start."),
        "schedules_historicalschedule": ("kept", _("The history of a schedule is a log.")),
        "schedules_scheduleexperience": ("kept", _("The kind of mails that go with a schedule does not change.")),
    },
    "Milestones (edx-milestones)": {
        "milestones_usermilestone": ("valued", "Gates close again, until the new attempt opens them."),
        "milestones_coursemilestone": ("kept", _("It says what a course asks for, and is about no learner.")),
        "milestones_coursecontentmilestone": ("kept", _("It says what a block asks for, and is about no learner.")),
    },
    "Dates (edx-when)": {
        "edx_when_userdate": ("valued", "An extension was given for one attempt; the newest row cancels it."),
        "edx_when_contentdate": ("kept", _("It is the date of a block, and about no learner.")),
    },
    "Entitlements": {
        "entitlements_courseentitlement": ("kept", _("What was bought is a right to enrol.")),
        "entitlements_historicalcourseentitlement": ("kept", _("What became of a right is a log.")),
        "entitlements_courseentitlementsupportdetail": ("kept", _("What support did for a right is a log.")),
        "entitlements_historicalcourseentitlementsupportdetail": ("kept", _("What became of a log is a log.")),
    },
    "Programs": {
        "program_enrollments_programcourseenrollment": ("kept", _("It says that the enrolment counts for a program.")),
        "program_enrollments_historicalprogramcourseenrollment": ("kept", _("What became of that is a log.")),
        "program_enrollments_courseaccessroleassignment": ("kept", _("A role that waits for an account is no work.")),
    },
    "Course overviews": {
        "course_overviews_courseoverview": ("kept", _("It is about the course, and about no learner.")),
    },
    "The platform's course reset (support)": {
        "support_courseresetaudit": ("kept", _("What the platform reset, and who asked for it, is a log.")),
    },
}
