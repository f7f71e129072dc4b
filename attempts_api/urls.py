"""URLs under ``/api/attempts/``."""

from __future__ import annotations

from django.db.transaction import non_atomic_requests
from django.urls import include, path, re_path

from attempts_api.monitoring import HealthView, MetricsView

urlpatterns = [
    path("v1/", include("attempts_api.v1.urls")),
    # With a slash at the end or without: Prometheus has none by default, the platform's addresses have one.
    # Outside of a transaction: a database that is away must not keep us from saying so.
    re_path(r"^metrics/?$", non_atomic_requests(MetricsView.as_view()), name="metrics"),
    re_path(r"^health/?$", non_atomic_requests(HealthView.as_view()), name="health"),
]
