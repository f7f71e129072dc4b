"""URLs of the sandbox's Studio: Django admin, then those of every plugin."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import path
from edx_django_utils.plugins import get_plugin_url_patterns

urlpatterns = [path("admin/", admin.site.urls)]
urlpatterns.extend(get_plugin_url_patterns(settings.PROJECT_TYPE))
