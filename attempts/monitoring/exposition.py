"""Metrics for whoever scrapes them, where ``prometheus_client`` is installed."""

from __future__ import annotations

from importlib.util import find_spec

from django.apps import apps

from attempts import conf


def metrics_page(accept: str = "") -> tuple[bytes, str] | None:
    """Return the page of metrics and its content type; None without ``prometheus_client``.

    Args:
        accept: the ``Accept`` header of the request; empty for Prometheus' plain text.
    """
    if not _is_installed():
        return None
    from attempts.monitoring.collector import text_for

    return text_for(accept)


def join_django_prometheus() -> bool:
    """Let the page of django-prometheus show our metrics too; return whether it does.

    Studio's does not: its numbers would be those of the LMS once more.
    """
    if not (apps.is_installed("django_prometheus") and conf.service() == "lms" and _is_installed()):
        return False
    from prometheus_client import REGISTRY

    from attempts.monitoring.collector import AttemptsCollector

    REGISTRY.register(AttemptsCollector())
    return True


def _is_installed() -> bool:
    return find_spec("prometheus_client") is not None
