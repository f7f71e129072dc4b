"""The schema of version 1, and a page to browse it that needs nothing from elsewhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import drf_spectacular_sidecar
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.static import serve

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


@require_safe
def schema(_request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI document, as it was generated from the views of this version."""
    return HttpResponse(_document(), content_type="application/json")


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """Return the page to browse the schema."""
    return render(request, "attempts_api/browse.html")


@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponseBase:
    """Return a file of that page.

    Raises:
        Http404: there is no such file.
    """
    if name not in _ASSETS:
        raise Http404
    return serve(request, name, document_root=str(_ASSETS[name]))


@cache
def _document() -> bytes:
    return SCHEMA_FILE.read_bytes()
