"""The operator's pages: what is under way and stuck, coverage, proofs that all is well, versions."""

from attempts_api.console.views.operator.coverage import CoverageView
from attempts_api.console.views.operator.operations import OperationsView, OperationView, RepeatView
from attempts_api.console.views.operator.overview import OperatorView, RecoverView
from attempts_api.console.views.operator.verifying import VerifyView
from attempts_api.console.views.operator.versions import VersionsView

__all__ = [
    "CoverageView",
    "OperationView",
    "OperationsView",
    "OperatorView",
    "RecoverView",
    "RepeatView",
    "VerifyView",
    "VersionsView",
]
