"""URLs under ``/attempts/``."""

from __future__ import annotations

from django.db.transaction import non_atomic_requests
from django.urls import path, register_converter

from attempts_api.console.converters import Name
from attempts_api.console.views import (
    assets,
    attempt_exports,
    attempts,
    comparisons,
    courses,
    home,
    learners,
    operator,
    own,
    packs,
    policies,
    reports,
    switches,
    unknown,
)

register_converter(Name, "attempts_name")

urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("assets/<str:version>/<str:name>", assets.AssetView.as_view(), name="asset"),
    path("me/", own.OwnView.as_view(), name="own"),
    path("me/courses/<str:course_id>/", own.OwnCourseView.as_view(), name="own-course"),
    path("me/courses/<str:course_id>/<str:kind>/", own.OwnSwitchView.as_view(), name="own-switch"),
    path("operator/", operator.OperatorView.as_view(), name="operator"),
    path("operator/operations/", operator.OperationsView.as_view(), name="operator-operations"),
    path("operator/operations/<str:uuid>/", operator.OperationView.as_view(), name="operator-operation"),
    path(
        "operator/operations/<str:uuid>/repeat/",
        # A worker that has the message before the commit would find nothing to do.
        non_atomic_requests(operator.RepeatView.as_view()),
        name="operator-repeat",
    ),
    path("operator/recover/", operator.RecoverView.as_view(), name="operator-recover"),
    path("operator/coverage/", operator.CoverageView.as_view(), name="operator-coverage"),
    path("operator/verify/", operator.VerifyView.as_view(), name="operator-verify"),
    path("operator/versions/", operator.VersionsView.as_view(), name="operator-versions"),
    path("learners/", learners.LearnersView.as_view(), name="learners"),
    path("learners/<attempts_name:learner>/", learners.LearnerView.as_view(), name="learner"),
    path(
        "learners/<attempts_name:learner>/courses/<str:course_id>/",
        learners.LearnerCourseView.as_view(),
        name="learner-course",
    ),
    path(
        "learners/<attempts_name:learner>/courses/<str:course_id>/<str:kind>/",
        switches.SwitchView.as_view(),
        name="switch",
    ),
    path("attempts/<str:uuid>/", attempts.AttemptView.as_view(), name="attempt"),
    path("attempts/<str:uuid>/blocks/<attempts_name:name>/", attempts.BlockView.as_view(), name="attempt-block"),
    path(
        "attempts/<str:uuid>/blocks/<attempts_name:name>/<str:what>/",
        attempts.BlockTextView.as_view(),
        name="attempt-block-text",
    ),
    path("attempts/<str:uuid>/compare/<str:other>/", comparisons.ComparisonView.as_view(), name="attempt-comparison"),
    path(
        "attempts/<str:uuid>/compare/<str:other>/blocks/<attempts_name:name>/",
        comparisons.BlockComparisonView.as_view(),
        name="attempt-comparison-block",
    ),
    path("attempts/<str:uuid>/appeal-pack/", packs.AppealPackView.as_view(), name="attempt-appeal-pack"),
    path("attempts/<str:uuid>/exports/", attempt_exports.ExportsView.as_view(), name="attempt-exports"),
    path("attempts/<str:uuid>/exports/<str:export>/", attempt_exports.ExportView.as_view(), name="attempt-export"),
    path("courses/", courses.CoursesView.as_view(), name="courses"),
    path("courses/<str:course_id>/", courses.CourseView.as_view(), name="course"),
    path("courses/<str:course_id>/learners/", courses.CourseLearnersView.as_view(), name="course-learners"),
    path("courses/<str:course_id>/operations/", courses.CourseOperationsView.as_view(), name="course-operations"),
    path("courses/<str:course_id>/policy/", policies.PolicyView.as_view(), name="course-policy"),
    path("courses/<str:course_id>/policy/history/", policies.PolicyHistoryView.as_view(), name="course-policy-history"),
    path("courses/<str:course_id>/report/", reports.CourseReportView.as_view(), name="course-report"),
    path("policies/instance/", policies.PolicyView.as_view(), name="instance-policy"),
    path("policies/instance/history/", policies.PolicyHistoryView.as_view(), name="instance-policy-history"),
    path("policies/orgs/<str:org>/", policies.PolicyView.as_view(), name="org-policy"),
    path("policies/orgs/<str:org>/history/", policies.PolicyHistoryView.as_view(), name="org-policy-history"),
    path("<path:rest>", unknown.UnknownView.as_view(), name="unknown"),
]
