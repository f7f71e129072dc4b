"""Employers who pay for courses, and the systems they are told of results in."""

from django.utils.translation import gettext_noop as _

from attempts.coverage.declared.base import Answers

_CONTRACT = ("kept", _("What an employer pays for is the enrolment."))
_LOG = ("kept", _("What became of that is a log."))
_SENT = ("kept", _("What an employer's system was told is a log of what was sent."))

ENTERPRISE: Answers = {
    "Enterprise (edx-enterprise)": {
        "enterprise_enterprisecourseenrollment": _CONTRACT,
        "enterprise_learnercreditenterprisecourseenrollment": _CONTRACT,
        "enterprise_licensedenterprisecourseenrollment": _CONTRACT,
        "enterprise_pendingenrollment": _CONTRACT,
        "enterprise_defaultenterpriseenrollmentrealization": _CONTRACT,
        "enterprise_historicalenterprisecourseenrollment": _LOG,
        "enterprise_historicallearnercreditenterprisecourseenrollment": _LOG,
        "enterprise_historicallicensedenterprisecourseenrollment": _LOG,
        "enterprise_historicalpendingenrollment": _LOG,
        "enterprise_historicaldefaultenterpriseenrollmentrealization": _LOG,
        "consent_datasharingconsent": ("kept", _("Leave to pass on data holds on.")),
        "consent_historicaldatasharingconsent": _LOG,
    },
    "Integrated channels": {
        "integrated_channel_genericlearnerdatatransmissionaudit": _SENT,
        "channel_integration_genericlearnerdatatransmissionaudit": _SENT,
        "blackboard_blackboardlearnerassessmentdatatransmissionaudit": _SENT,
        "blackboard_blackboardlearnerdatatransmissionaudit": _SENT,
        "blackboard_channel_blackboardlearnerassessmentdatatransmissionaudit": _SENT,
        "blackboard_channel_blackboardlearnerdatatransmissionaudit": _SENT,
        "canvas_canvaslearnerassessmentdatatransmissionaudit": _SENT,
        "canvas_canvaslearnerdatatransmissionaudit": _SENT,
        "canvas_channel_canvaslearnerassessmentdatatransmissionaudit": _SENT,
        "canvas_channel_canvaslearnerdatatransmissionaudit": _SENT,
        "cornerstone_channel_cornerstonelearnerdatatransmissionaudit": _SENT,
        "cornerstone_cornerstonelearnerdatatransmissionaudit": _SENT,
        "degreed2_channel_degreed2learnerdatatransmissionaudit": _SENT,
        "degreed2_degreed2learnerdatatransmissionaudit": _SENT,
        "degreed_degreedlearnerdatatransmissionaudit": _SENT,
        "moodle_channel_moodlelearnerdatatransmissionaudit": _SENT,
        "moodle_moodlelearnerdatatransmissionaudit": _SENT,
        "sap_success_factors_channel_sapsuccessfactorslearnerdatatransmissionaudit": _SENT,
        "sap_success_factors_sapsuccessfactorslearnerdatatransmission3ce5": _SENT,
        "xapi_channel_xapilearnerdatatransmissionaudit": _SENT,
        "xapi_xapilearnerdatatransmissionaudit": _SENT,
    },
}
