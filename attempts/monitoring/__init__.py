"""How attempts are doing on this site: numbers for Prometheus, and whether all is well."""

from attempts.monitoring.exposition import join_django_prometheus, metrics_page
from attempts.monitoring.health import health, recent_health

__all__ = ["health", "join_django_prometheus", "metrics_page", "recent_health"]
