"""The web server of the campaign: the sandbox by gunicorn, with faults that a request asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

from tests.faults.hooks import Faults

_faults: Faults | None = None


class FaultyRequests:
    """A middleware: the header ``X-Faults`` says what happens at which boundary of the request."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        """Answer, if nothing happens meanwhile."""
        words = json.loads(request.headers.get("X-Faults", "null"))
        if words is None:
            return self.get_response(request)
        faults = _installed()
        faults.begin(words["work"], "request", words["faults"], words["clock"])
        try:
            return self.get_response(request)
        finally:
            faults.end()


def _installed() -> Faults:
    global _faults
    if _faults is None:
        _faults = Faults("web")
        _faults.install()
    return _faults


class WebServer(BaseApplication):
    """Gunicorn with workers that are forked, so that one that was killed is replaced at once."""

    def __init__(self, address: Any, workers: int) -> None:
        self.address, self.workers = address, workers
        super().__init__()

    def load_config(self) -> None:
        """Set what the command line would."""
        self.cfg.set("bind", self.address)
        self.cfg.set("workers", self.workers)
        self.cfg.set("preload_app", True)
        self.cfg.set("timeout", 60)
        self.cfg.set("loglevel", "error")

    def load(self) -> Any:
        """Return the application."""
        return get_wsgi_application()
