"""URLs under ``/api/attempts/v1/``."""

from __future__ import annotations

from django.urls import path, re_path

from attempts_api.v1.views import (
    attempts,
    comparisons,
    exports,
    learners,
    operations,
    own,
    packs,
    policies,
    records,
    reports,
    schema,
    unknown,
)

urlpatterns = [
    path("learners/<str:learner>/", learners.LearnerView.as_view(), name="learner"),
    path("attempts/", attempts.AttemptsListView.as_view(), name="attempts"),
    path("attempts/<str:uuid>/", attempts.AttemptView.as_view(), name="attempt"),
    path("attempts/<str:uuid>/states/", attempts.StatesView.as_view(), name="attempt-states"),
    path("attempts/<str:uuid>/grades/", attempts.GradesView.as_view(), name="attempt-grades"),
    path("attempts/<str:uuid>/completion/", attempts.CompletionView.as_view(), name="attempt-completion"),
    path("attempts/<str:uuid>/compare/<str:other>/", comparisons.ComparisonView.as_view(), name="attempt-comparison"),
    path("attempts/<str:uuid>/grade-of-record/", records.GradeOfRecordView.as_view(), name="attempt-grade-of-record"),
    path("attempts/<str:uuid>/appeal-pack/", packs.AppealPackView.as_view(), name="attempt-appeal-pack"),
    path("operations/", operations.OperationsView.as_view(), name="operations"),
    path("operations/preview/", operations.PreviewView.as_view(), name="operation-preview"),
    path("operations/<str:uuid>/", operations.OperationView.as_view(), name="operation"),
    path("policies/", policies.PoliciesView.as_view(), name="policies"),
    path("policies/instance/", policies.PolicyView.as_view(), name="policy-instance"),
    path("policies/instance/history/", policies.PolicyHistoryView.as_view(), name="policy-instance-history"),
    path("policies/orgs/<str:org>/", policies.PolicyView.as_view(), name="policy-org"),
    path("policies/orgs/<str:org>/history/", policies.PolicyHistoryView.as_view(), name="policy-org-history"),
    path("policies/courses/<str:course_id>/", policies.PolicyView.as_view(), name="policy-course"),
    path(
        "policies/courses/<str:course_id>/history/", policies.PolicyHistoryView.as_view(), name="policy-course-history"
    ),
    path("reports/retakes/<str:course_id>/", reports.RetakeReportView.as_view(), name="report-retakes"),
    path("exports/", exports.ExportsView.as_view(), name="exports"),
    path("exports/<str:uuid>/", exports.ExportView.as_view(), name="export"),
    path("exports/<str:uuid>/cancel/", exports.CancelExportView.as_view(), name="export-cancel"),
    path("exports/<str:uuid>/file/", exports.ExportFileView.as_view(), name="export-file"),
    path("me/attempts/", own.OwnAttemptsView.as_view(), name="own-attempts"),
    path("me/operations/", own.OwnOperationsView.as_view(), name="own-operations"),
    path("me/operations/<str:uuid>/", own.OwnOperationView.as_view(), name="own-operation"),
    path("schema/", schema.SchemaView.as_view(), name="schema"),
    path("schema/browse/", schema.BrowseView.as_view(), name="schema-browse"),
    path("schema/browse/<str:name>", schema.AssetView.as_view(), name="schema-asset"),
    re_path("", unknown.UnknownView.as_view()),
]
