"""Static files. Served from here, so that a host need not collect its static files anew."""

from __future__ import annotations

import mimetypes

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.gzip import gzip_page

from attempts_api.console import assets

_YEAR = 365 * 24 * 60 * 60


# Nothing secret is in them, so that their compressed length tells nothing.
@method_decorator(gzip_page, name="dispatch")
class AssetView(View):
    """A static file of the console; it says nothing of anybody, so nobody need be logged in."""

    def get(self, request: HttpRequest, version: str, name: str) -> HttpResponseBase:
        """Return it.

        Raises:
            Http404: there is no such file.
        """
        if name not in assets.names():
            raise Http404
        response = FileResponse((assets.FOLDER / name).open("rb"), content_type=mimetypes.guess_type(name)[0])
        response.headers["X-Content-Type-Options"] = "nosniff"
        if version == assets.version():
            patch_cache_control(response, public=True, max_age=_YEAR, immutable=True)
        return response
