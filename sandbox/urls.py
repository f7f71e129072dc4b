"""URLs of the sandbox LMS: its own few pages, then those of every plugin."""

from __future__ import annotations

from completion.apps import CompletionAppConfig
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from edx_django_utils.plugins import get_plugin_url_patterns

from sandbox.pages.views import home

# edx-completion's REST views import the platform, so the sandbox takes that plugin without its URLs.
CompletionAppConfig.plugin_app.pop("url_config", None)

urlpatterns = [
    path("", home, name="home"),
    path("admin/", admin.site.urls),
    path("", include("django.contrib.auth.urls")),
]
urlpatterns.extend(get_plugin_url_patterns(settings.PROJECT_TYPE))
