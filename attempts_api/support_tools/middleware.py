"""Takes the address of the platform's Course Reset: a plugin's own URLs come after the platform's and cannot."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from attempts_api import conf

_ADDRESS = re.compile(r"/support/course_reset/[\w.@+-]*")


class CourseResetMiddleware:
    """Routes ``/support/course_reset/…`` to us where ``ATTEMPTS_REPLACE_COURSE_RESET`` says so, else not at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take a place in the chain, or leave it.

        Raises:
            MiddlewareNotUsed: the setting is off.
        """
        if not conf.replaces_course_reset():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the request through, with our URL configuration if it is for that address."""
        if _ADDRESS.fullmatch(request.path_info):
            # Django looks here before it takes ROOT_URLCONF.
            vars(request)["urlconf"] = "attempts_api.support_tools.urls"
        return self.get_response(request)
