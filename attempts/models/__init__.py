"""The models of attempts. Other apps read them through :mod:`attempts.api`."""

from attempts.models.contexts import AttemptContext, LearnerCourse
from attempts.models.followups import FollowUp, FollowUpStatus
from attempts.models.operations import AttemptOperation, OperationKind, OperationStatus
from attempts.models.policies import CertificateRule, Pacing, ResetPolicy

__all__ = [
    "AttemptContext",
    "AttemptOperation",
    "CertificateRule",
    "FollowUp",
    "FollowUpStatus",
    "LearnerCourse",
    "OperationKind",
    "OperationStatus",
    "Pacing",
    "ResetPolicy",
]
