"""URLs of the sandbox LMS: its own few pages, then those of every plugin."""

from __future__ import annotations

from completion.apps import CompletionAppConfig
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from edx_django_utils.plugins import get_plugin_url_patterns
from oauth2_provider.views import TokenView

from sandbox.pages.mailbox import mailbox
from sandbox.pages.views import home
from sandbox.user_authn.views import LoginView, log_out, login_refresh

# edx-completion's REST views import the platform, so the sandbox takes that plugin without its URLs.
CompletionAppConfig.plugin_app.pop("url_config", None)

urlpatterns = [
    path("", home, name="home"),
    path("", include("sandbox.courseware.pages.urls")),
    path("mail/", mailbox, name="mailbox"),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", log_out, name="logout"),
    path("login_refresh", login_refresh, name="login_refresh"),
    re_path(r"^oauth2/access_token/?$", TokenView.as_view(), name="access_token"),
    path("", include("csrf.urls")),
    # The admin's own would leave the token with the browser.
    path("admin/logout/", log_out),
    path("admin/", admin.site.urls),
    path("", include("django.contrib.auth.urls")),
]
urlpatterns.extend(get_plugin_url_patterns(settings.PROJECT_TYPE))
