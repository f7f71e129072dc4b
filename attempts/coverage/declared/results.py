"""Certificates, credit and exams: what others rely on."""

from django.utils.translation import gettext_noop as _

from attempts.coverage.declared.base import Answers

RESULTS: Answers = {
    "Certificates": {
        "certificates_generatedcertificate": (
            "refused",
            "Others rely on an issued certificate; the policy may also say that it is kept as it is.",
        ),
        "certificates_certificateinvalidation": (
            "refused",
            "It holds for the certificate that a reset is refused for.",
        ),
        "certificates_certificatedateoverride": (
            "refused",
            "It holds for the certificate that a reset is refused for.",
        ),
        "certificates_certificateallowlist": ("kept", _("An exception was made for the person.")),
        "certificates_certificategenerationhistory": ("kept", _("Who had certificates made for a course is a log.")),
        "certificates_historicalgeneratedcertificate": ("kept", _("What became of a certificate is a log.")),
        "certificates_historicalcertificateallowlist": ("kept", _("What became of an exception is a log.")),
        "certificates_historicalcertificateinvalidation": ("kept", _("What became of an invalidation is a log.")),
        "certificates_historicalcertificatedateoverride": ("kept", _("What became of a date is a log.")),
    },
    "Credit": {
        "credit_creditrequirementstatus": ("valued", "Requirements have to be met anew."),
        "credit_crediteligibility": ("refused", "The learner has a claim to credit, with a deadline."),
        "credit_creditrequest": ("refused", "A university was already asked for credit."),
    },
    "Timed and proctored exams (edx-proctoring)": {
        "proctoring_proctoredexamstudentattempt": ("refused", "A sitting is evidence, and keeps the exam closed."),
        "proctoring_proctoredexamsoftwaresecurereview": ("refused", "What a reviewer saw is evidence."),
        "proctoring_proctoredexamstudentattemptcomment": ("refused", "A remark belongs to a review that is evidence."),
        "proctoring_proctoredexam": ("kept", _("It is the exam, and about no learner.")),
        "proctoring_proctoredexamstudentallowance": ("kept", _("Extra time was granted to the person.")),
        "proctoring_proctoredexamstudentallowancehistory": ("kept", _("What became of extra time is a log.")),
        "proctoring_proctoredexamstudentattempt_history": ("kept", _("What became of a sitting is a log.")),
        "proctoring_proctoredexamsoftwaresecurereviewhistory": ("kept", _("What became of a review is a log.")),
        "proctoring_proctoredexamreviewpolicy": ("kept", _("It says who set the rules of an exam.")),
        "proctoring_proctoredexamreviewpolicyhistory": ("kept", _("Who set earlier rules of an exam is a log.")),
    },
    "Verified names (edx-name-affirmation)": {
        "nameaffirmation_verifiedname": ("kept", _("A name was proved for the person; a sitting was only the proof.")),
        "edx_name_affirmation_historicalverifiedname": ("kept", _("What became of a name is a log.")),
    },
    "LTI tools (lti-consumer-xblock)": {
        "lti_consumer_ltiagsscore": ("valued", "A tool's last score would come back with the next launch."),
        "lti_consumer_ltiagslineitem": ("kept", _("It is the column of a tool's gradebook, and about no learner.")),
    },
    "LTI provider": {
        "lti_provider_gradedassignment": ("kept", _("The other LMS launches the same assignment again.")),
        "content_libraries_ltigradedresource": ("kept", _("A library block in another LMS is in no course here.")),
    },
}
