"""The schema of version 1, and a page to browse it that needs nothing from elsewhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import drf_spectacular_sidecar
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.static import serve
from rest_framework.request import Request

from attempts_api.views import OpenView

SCHEMA_FILE = Path(__file__).parent.parent / "openapi.json"
_OWN_ASSETS = Path(__file__).parent.parent / "browse"
_SWAGGER_UI = Path(drf_spectacular_sidecar.__file__).parent / "static" / "drf_spectacular_sidecar" / "swagger-ui-dist"
#: What the page needs, and where it lies. Served from here, so that a host need not collect static files anew.
_ASSETS = {
    "browse.js": _OWN_ASSETS,
    "swagger-ui.css": _SWAGGER_UI,
    "swagger-ui-bundle.js": _SWAGGER_UI,
    "favicon-32x32.png": _SWAGGER_UI,
}


class SchemaView(OpenView):
    """The OpenAPI document, as it was generated from the views of this version."""

    def get(self, request: Request) -> HttpResponse:
        """Return it."""
        return HttpResponse(_document(), content_type="application/json")


class BrowseView(OpenView):
    """The page to browse the schema."""

    def get(self, request: Request) -> HttpResponse:
        """Return it."""
        return render(request._request, "attempts_api/browse.html")


class AssetView(OpenView):
    """A file of that page."""

    def get(self, request: Request, name: str) -> HttpResponseBase:
        """Return it.

        Raises:
            Http404: there is no such file.
        """
        if name not in _ASSETS:
            raise Http404
        return serve(request._request, name, document_root=str(_ASSETS[name]))


@cache
def _document() -> bytes:
    return SCHEMA_FILE.read_bytes()
