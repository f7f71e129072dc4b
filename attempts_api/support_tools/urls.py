"""The one address of the platform's Course Reset, as a URL configuration of its own."""

from __future__ import annotations

from django.urls import re_path

from attempts_api.support_tools.views import CourseResetView

urlpatterns = [
    re_path(r"^support/course_reset/(?P<username_or_email>[\w.@+-]+)?$", CourseResetView.as_view(), name="course_reset")
]
