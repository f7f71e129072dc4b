"""URLs under ``/api/attempts/``."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("v1/", include("attempts_api.v1.urls"))]
