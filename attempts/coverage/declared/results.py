"""Certificates, credit and exams: what others rely on."""

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
        "certificates_certificateallowlist": ("kept", "An exception was made for the person."),
        "certificates_certificategenerationhistory": ("kept", "Who had certificates made for a course is a log."),
        "certificates_historicalgeneratedcertificate": ("kept", "What became of a certificate is a log."),
        "certificates_historicalcertificateallowlist": ("kept", "What became of an exception is a log."),
        "certificates_historicalcertificateinvalidation": ("kept", "What became of an invalidation is a log."),
        "certificates_historicalcertificatedateoverride": ("kept", "What became of a date is a log."),
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
        "proctoring_proctoredexam": ("kept", "It is the exam, and about no learner."),
        "proctoring_proctoredexamstudentallowance": ("kept", "Extra time was granted to the person."),
        "proctoring_proctoredexamstudentallowancehistory": ("kept", "What became of extra time is a log."),
        "proctoring_proctoredexamstudentattempt_history": ("kept", "What became of a sitting is a log."),
        "proctoring_proctoredexamsoftwaresecurereviewhistory": ("kept", "What became of a review is a log."),
        "proctoring_proctoredexamreviewpolicy": ("kept", "It says who set the rules of an exam."),
        "proctoring_proctoredexamreviewpolicyhistory": ("kept", "Who set earlier rules of an exam is a log."),
    },
    "Verified names (edx-name-affirmation)": {
        "nameaffirmation_verifiedname": ("kept", "A name was proved for the person; a sitting was only the proof."),
        "edx_name_affirmation_historicalverifiedname": ("kept", "What became of a name is a log."),
    },
    "LTI tools (lti-consumer-xblock)": {
        "lti_consumer_ltiagsscore": ("valued", "A tool's last score would come back with the next launch."),
        "lti_consumer_ltiagslineitem": ("kept", "It is the column of a tool's gradebook, and about no learner."),
    },
    "LTI provider": {
        "lti_provider_gradedassignment": ("kept", "The other LMS launches the same assignment again."),
        "content_libraries_ltigradedresource": ("kept", "A library block in another LMS is in no course here."),
    },
}
