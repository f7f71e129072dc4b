"""The Celery application, configured as the platform's: Django settings, tasks found in installed apps."""

from __future__ import annotations

import os

from celery import Celery
from django.apps import apps

from sandbox.packages import TablesOnly

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")

app = Celery("sandbox")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: [config.name for config in apps.get_app_configs() if not isinstance(config, TablesOnly)])
