"""The models of attempts. Other apps read them through :mod:`attempts.api`."""

from attempts.models.choices import GradeChoice
from attempts.models.contexts import AttemptContext, LearnerCourse
from attempts.models.exports import AttemptExport, ExportStatus
from attempts.models.followups import FollowUp, FollowUpStatus
from attempts.models.operations import AttemptOperation, OperationKind, OperationStatus
from attempts.models.policies import (
    CertificateRule,
    CourseSettingsReport,
    ExperimentRule,
    GradeRule,
    Pacing,
    ResetPolicy,
    ScheduleRule,
)
from attempts.models.proofs import AttemptProof
from attempts.models.restorations import BareKey, KeyRestoration, RestorationDirection, RestorationStatus
from attempts.models.values import KeptValues

__all__ = [
    "AttemptContext",
    "AttemptExport",
    "AttemptOperation",
    "AttemptProof",
    "BareKey",
    "CertificateRule",
    "CourseSettingsReport",
    "ExperimentRule",
    "ExportStatus",
    "FollowUp",
    "FollowUpStatus",
    "GradeChoice",
    "GradeRule",
    "KeptValues",
    "KeyRestoration",
    "LearnerCourse",
    "OperationKind",
    "OperationStatus",
    "Pacing",
    "ResetPolicy",
    "RestorationDirection",
    "RestorationStatus",
    "ScheduleRule",
]
