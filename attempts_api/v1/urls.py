"""URLs under ``/api/attempts/v1/``."""

from __future__ import annotations

from django.urls import path

from attempts_api.v1 import views

urlpatterns = [
    path("learners/<str:learner>/", views.LearnerView.as_view(), name="learner"),
    path("operations/", views.OperationsView.as_view(), name="operations"),
    path("operations/preview/", views.PreviewView.as_view(), name="operation-preview"),
    path("operations/<str:uuid>/", views.OperationView.as_view(), name="operation"),
]
