"""Addresses of the courseware."""

from __future__ import annotations

from django.urls import path, register_converter
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog

from sandbox.courseware.pages import handlers, views
from sandbox.courseware.pages.converters import CourseKeyConverter, UsageKeyConverter

register_converter(CourseKeyConverter, "course_key")
register_converter(UsageKeyConverter, "usage_key")

_COURSE = "courses/<course_key:course_key>"
_BLOCK = f"{_COURSE}/xblocks/<usage_key:usage_key>"

urlpatterns = [
    path(f"{_COURSE}/", views.course, name="course"),
    # Where mails lead that are written for the platform.
    path(f"{_COURSE}/course/", RedirectView.as_view(pattern_name="course")),
    path(f"{_COURSE}/units/<usage_key:usage_key>/", views.unit, name="unit"),
    path(f"{_COURSE}/units/<usage_key:usage_key>/progress/", views.unit_progress, name="unit_progress"),
    path(f"{_BLOCK}/seen/", handlers.seen, name="xblock_seen"),
    path(f"{_BLOCK}/handler/<str:handler_name>", handlers.handle, name="xblock_handler"),
    path(f"{_BLOCK}/handler/<str:handler_name>/<path:suffix>", handlers.handle, name="xblock_handler"),
    path("xblock-resources/<str:block_type>/<path:path>", handlers.resource, name="xblock_resource"),
    # What XBlocks' scripts translate with.
    path("jsi18n/", JavaScriptCatalog.as_view(), name="jsi18n"),
]
