"""What is sent as a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Any, NoReturn

from django.http import FileResponse
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from attempts_api.v1.views.base import V1View

#: What may be in the name of a file on every system; letters are those of every script.
_UNSAFE = re.compile(r"[^\w.-]+")
_MOST_BYTES = 200


class ZipRenderer(BaseRenderer):
    """Stands for zips where a form of the answer is chosen. They are files, which nobody renders."""

    media_type = "application/zip"
    format = "zip"

    def render(self, *_words: Any) -> NoReturn:
        """Refuse.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError


class DownloadView(V1View):
    """A view whose answer is a file, and whose errors are what they are everywhere."""

    renderer_classes = (ZipRenderer,)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say of everything but the file that it is JSON, whatever was asked for."""
        if isinstance(response, Response):
            request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)


def download(write: Callable[[IO[bytes]], None], name: str) -> FileResponse:
    """Return a zip as a response. It is on the disk, whole, before anything is sent, and gone when it was sent.

    Args:
        write: writes the zip; if it raises, nothing is left.
        name: what the file is to be called; what is not safe in a name becomes ``_``.
    """
    with ExitStack() as stack:
        file = stack.enter_context(TemporaryFile())
        write(file)
        file.seek(0)
        stack.pop_all()
    return sent_as_file(file, name)


def sent_as_file(file: IO[bytes], name: str) -> FileResponse:
    """Return an open zip as a response, which closes it.

    Args:
        file: the zip.
        name: as in :func:`download`.
    """
    response = FileResponse(file, as_attachment=True, filename=_safe(name), content_type=ZipRenderer.media_type)
    # Else an older browser may take text that a learner wrote for a page.
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _safe(name: str) -> str:
    return f"{_UNSAFE.sub('_', name).encode()[:_MOST_BYTES].decode(errors='ignore')}.zip"
