"""How attempts are doing on this site: numbers for Prometheus, and whether all is well."""

from attempts.monitoring.about import about_site
from attempts.monitoring.exposition import join_django_prometheus, metrics_page
from attempts.monitoring.health import health, recent_health
from attempts.monitoring.state import count_stuck, read_state

__all__ = [
    "about_site",
    "count_stuck",
    "health",
    "join_django_prometheus",
    "metrics_page",
    "read_state",
    "recent_health",
]
