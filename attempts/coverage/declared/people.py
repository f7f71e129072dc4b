"""Groups, wishes, talk and messages: what somebody is or wants in a course, whatever the attempt."""

from django.utils.translation import gettext_noop as _

from attempts.coverage.declared.base import Answers

PEOPLE: Answers = {
    "Tags (user_api)": {
        "user_api_usercoursetag": ("rekeyed", "By policy the groups of experiments are kept or drawn anew."),
        "user_api_userorgtag": ("kept", _("It holds for all courses of an organisation.")),
    },
    "Cohorts (course_groups)": {
        "course_groups_cohortmembership": ("kept", _("Learners stay among those they know.")),
        "course_groups_courseusergroup_users": ("kept", _("Learners stay among those they know.")),
        "course_groups_unregisteredlearnercohortassignments": ("kept", _("It waits for somebody without an account.")),
    },
    "Teams": {
        "teams_courseteammembership": ("kept", _("Only the team can say who is in it.")),
    },
    "Discussion": {
        "django_comment_client_role_users": ("kept", _("What somebody may do in a discussion is no work.")),
        "forum_comment": ("kept", _("Others answered, and would lose what they answered to.")),
        "forum_commentthread": ("kept", _("Others answered, and would lose what they answered to.")),
        "forum_coursestat": ("kept", _("It counts contributions, which stay.")),
        "forum_readstate": ("kept", _("What was read stays read.")),
        "forum_lastreadtime": ("kept", _("What was read stays read.")),
    },
    "Bookmarks": {"bookmarks_bookmark": ("kept", _("A learner's marks are her own."))},
    "Goals (course_goals)": {
        "course_goals_coursegoal": ("kept", _("How often somebody wants to learn is no work.")),
        "course_goals_coursegoalreminderstatus": ("kept", _("It says whether a mail was sent this week.")),
        "course_goals_historicalcoursegoal": ("kept", _("What became of a goal is a log.")),
        "course_goals_useractivity": ("kept", _("On which days somebody was there stays true.")),
    },
    "Agreements": {
        "agreements_integritysignature": ("kept", _("What was promised for a course holds on.")),
        "agreements_ltipiisignature": ("kept", _("Leave to pass on data holds on.")),
        "agreements_proctoringpiisignature": ("kept", _("Leave to pass on data holds on.")),
    },
    "Notifications": {
        "notifications_notification": ("kept", _("What somebody was told stays told.")),
        "notifications_coursenotificationpreference": ("kept", _("What somebody wants to be told is no work.")),
    },
    "Course mail (bulk_email)": {
        "bulk_email_optout": ("kept", _("Who wants no mail wants none in the next attempt.")),
        "bulk_email_courseemail": ("kept", _("A mail was sent to many, by somebody of the team.")),
        "bulk_email_courseemail_targets": ("kept", _("A mail was sent to many, by somebody of the team.")),
    },
    "Surveys": {"survey_surveyanswer": ("kept", _("What was answered about oneself is asked once."))},
    "Calendars (calendar_sync)": {
        "calendar_sync_usercalendarsyncconfig": ("kept", _("Whether a calendar is wanted is no work.")),
        "calendar_sync_historicalusercalendarsyncconfig": ("kept", _("What became of that is a log.")),
    },
    "Experiments": {"experiments_experimentdata": ("kept", _("What an experiment measured must stay measured."))},
    "Tasks of course teams (instructor_task)": {
        "instructor_task_instructortask": ("kept", _("What a course team had done is a log.")),
        "instructor_task_instructortaskschedule": ("kept", _("When a task of a course team runs is about no learner.")),
        "instructor_task_historicalinstructortaskschedule": ("kept", _("What became of that is a log.")),
    },
    "Custom courses (ccx)": {
        "ccx_customcourseforedx": ("kept", _("It names the coach of a course.")),
        "ccx_ccxfieldoverride": ("kept", _("A coach's settings hold for all learners of the course.")),
    },
    "Authoring": {
        "course_action_state_coursererunstate": ("kept", _("Who made a new run of a course is a log.")),
    },
    "Permissions (openedx-authz)": {
        "openedx_authz_extendedcasbinrule": ("kept", _("What somebody may do in a course is no work in it.")),
    },
}
