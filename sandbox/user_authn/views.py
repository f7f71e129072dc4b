"""Logging in and out, and a fresh token for whoever has a session."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import forms, logout, views
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import http_date, url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from sandbox.user_authn.cookies import delete_jwt_cookies, set_jwt_cookies


class LoginView(views.LoginView):
    """The login form. Micro-frontends send people here, and get them back."""

    def get_success_url_allowed_hosts(self) -> set[str]:
        """Return the hosts that somebody who has logged in may be sent to."""
        return _hosts(self.request)

    def form_valid(self, form: forms.AuthenticationForm) -> HttpResponse:
        """Log in, by a session and by a token."""
        response = super().form_valid(form)
        set_jwt_cookies(self.request, response, form.get_user())
        return response


@require_http_methods(["GET", "POST"])
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session and take the token away; by GET too, because micro-frontends log out by a link."""
    logout(request)
    target = request.GET.get("redirect_url") or request.GET.get("next")
    if not url_has_allowed_host_and_scheme(target, _hosts(request), require_https=request.is_secure()):
        target = settings.LOGOUT_REDIRECT_URL
    response = HttpResponseRedirect(target)
    delete_jwt_cookies(response)
    return response


# Whoever asks for a first token cannot have a CSRF token yet, and has nothing to fear from getting another one.
@csrf_exempt
@require_POST
def login_refresh(request: HttpRequest) -> JsonResponse:
    """Give whoever has a session a fresh token, as micro-frontends ask for at every start."""
    if not request.user.is_authenticated:
        return JsonResponse({"detail": "Not logged in."}, status=401)
    now = int(time.time())
    expires = now + settings.JWT_AUTH["JWT_IN_COOKIE_EXPIRATION"]
    response = JsonResponse(
        {
            "success": True,
            "user_id": request.user.id,
            "response_epoch_seconds": now,
            "response_http_date": http_date(now),
            "expires": http_date(expires),
            "expires_epoch_seconds": expires,
        }
    )
    set_jwt_cookies(request, response, request.user)
    return response


def _hosts(request: HttpRequest) -> set[str]:
    return {request.get_host(), *(urlsplit(origin).netloc for origin in settings.CORS_ALLOWED_ORIGINS)}
