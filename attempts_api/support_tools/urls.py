"""The one address of the platform's Course Reset, then the host's own: whatever else the request meets needs them."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.urls import include, re_path

from attempts_api.support_tools.views import CourseResetView

_ADDRESS = r"^support/course_reset/(?P<username_or_email>[\w.@+-]+)?$"
_HOST = import_module(settings.ROOT_URLCONF)

urlpatterns = [
    re_path(_ADDRESS, CourseResetView.as_view(), name="course_reset"),
    re_path("", include(_HOST)),
]
# Django looks for these in the URL configuration of the request.
globals().update({name: value for name, value in vars(_HOST).items() if name.startswith("handler")})
