"""Tutor plugin for openedx-attempts: a copy of this file in ``$(tutor plugins printroot)`` is all that Tutor needs.

    tutor plugins enable attempts
    tutor config save
    tutor images build openedx
    tutor local do init --limit=attempts
    tutor local start -d

Settings, by ``tutor config save --set NAME=VALUE``:

ATTEMPTS_PACKAGE                what pip installs, such as ``openedx-attempts==1.0.0`` or a URL
ATTEMPTS_UUID_NAMESPACE         made once; keep it, for the uuids of all attempts hang on it
ATTEMPTS_QUEUE                  a Celery queue for switches, with a worker of its own; empty: the LMS's default queue
ATTEMPTS_RUN_BEAT               run a Celery beat; false if the site has one, which then finds the schedule
ATTEMPTS_RECOVER_SECONDS        how often what a killed worker left behind is taken up
ATTEMPTS_REPLACE_COURSE_RESET   the Support Tools' "Course Reset" starts a new attempt
"""

from __future__ import annotations

from uuid import uuid4

from tutor import hooks

hooks.Filters.CONFIG_DEFAULTS.add_items(
    [
        ("ATTEMPTS_PACKAGE", "openedx-attempts"),
        ("ATTEMPTS_QUEUE", ""),
        ("ATTEMPTS_RUN_BEAT", True),
        ("ATTEMPTS_RECOVER_SECONDS", 300),
        ("ATTEMPTS_REPLACE_COURSE_RESET", True),
        ("ATTEMPTS_EXPORT_DIRECTORY", "/openedx/media-private/attempts"),
    ]
)
hooks.Filters.CONFIG_UNIQUE.add_item(("ATTEMPTS_UUID_NAMESPACE", str(uuid4())))

_DOCKERFILE = """
RUN --mount=type=cache,target=/openedx/.cache/pip,sharing=shared \\
    ${PIP_COMMAND:-pip} install '{{ ATTEMPTS_PACKAGE }}'
"""

_SETTINGS = """
ATTEMPTS_UUID_NAMESPACE = "{{ ATTEMPTS_UUID_NAMESPACE }}"
ATTEMPTS_QUEUE = "{{ ATTEMPTS_QUEUE }}" or None
"""

# The platform reads Celery's settings by their old names.
_LMS_SETTINGS = """
ATTEMPTS_REPLACE_COURSE_RESET = {{ ATTEMPTS_REPLACE_COURSE_RESET }}
ATTEMPTS_EXPORT_STORAGE = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": "{{ ATTEMPTS_EXPORT_DIRECTORY }}", "file_permissions_mode": 0o600},
} if "{{ ATTEMPTS_EXPORT_DIRECTORY }}" else None
CELERYBEAT_SCHEDULE = {
    **globals().get("CELERYBEAT_SCHEDULE", {}),
    "attempts-recover": {
        "task": "attempts.recover",
        "schedule": {{ ATTEMPTS_RECOVER_SECONDS }},
        "options": {"queue": ATTEMPTS_QUEUE} if ATTEMPTS_QUEUE else {},
    },
}
"""

_LOCAL_SERVICE = """
NAME:
  image: {{ DOCKER_IMAGE_OPENEDX }}
  environment:
    SERVICE_VARIANT: lms
    DJANGO_SETTINGS_MODULE: lms.envs.tutor.production
  command: COMMAND
  restart: unless-stopped
  volumes:
    - ../apps/openedx/settings/lms:/openedx/edx-platform/lms/envs/tutor:ro
    - ../apps/openedx/settings/cms:/openedx/edx-platform/cms/envs/tutor:ro
    - ../apps/openedx/config:/openedx/config:ro
    - ../../data/lms:/openedx/data
    - ../../data/openedx-media:/openedx/media
    - ../../data/openedx-media-private:/openedx/media-private
    {%- for mount in iter_mounts(MOUNTS, "openedx", "lms-worker") %}
    - {{ mount }}
    {%- endfor %}
  depends_on:
    - lms
"""

_K8S_DEPLOYMENT = """
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: NAME
  labels:
    app.kubernetes.io/name: NAME
spec:
  replicas: 1
  strategy:
    type: Recreate
  selector:
    matchLabels:
      app.kubernetes.io/name: NAME
  template:
    metadata:
      labels:
        app.kubernetes.io/name: NAME
    spec:
      securityContext:
        runAsUser: 1000
        runAsGroup: 1000
      containers:
        - name: NAME
          image: {{ DOCKER_IMAGE_OPENEDX }}
          args: COMMAND
          env:
          - name: SERVICE_VARIANT
            value: lms
          - name: DJANGO_SETTINGS_MODULE
            value: lms.envs.tutor.production
          volumeMounts:
            - mountPath: /openedx/edx-platform/lms/envs/tutor/
              name: settings-lms
            - mountPath: /openedx/edx-platform/cms/envs/tutor/
              name: settings-cms
            - mountPath: /openedx/config
              name: config
          securityContext:
            allowPrivilegeEscalation: false
      volumes:
        - name: settings-lms
          configMap:
            name: openedx-settings-lms
        - name: settings-cms
          configMap:
            name: openedx-settings-cms
        - name: config
          configMap:
            name: openedx-config
"""

#: What each process is called, the setting that it is there for, and what it runs.
_PROCESSES = (
    (
        "attempts-beat",
        "ATTEMPTS_RUN_BEAT",
        '["celery", "--app=lms.celery", "beat", "--loglevel=info", "--schedule=/tmp/attempts-beat", "--pidfile="]',
    ),
    (
        "attempts-worker",
        "ATTEMPTS_QUEUE",
        '["celery", "--app=lms.celery", "worker", "--loglevel=info", "--hostname=attempts.%%h",'
        ' "--queues={{ ATTEMPTS_QUEUE }}", "--max-tasks-per-child=100"]',
    ),
)


def _processes(template: str) -> str:
    """Return the configuration of the processes that the settings ask for."""
    return "".join(
        f"{{% if {setting} %}}{template.replace('NAME', name).replace('COMMAND', command)}{{% endif %}}"
        for name, setting, command in _PROCESSES
    )


hooks.Filters.ENV_PATCHES.add_items(
    [
        ("openedx-dockerfile-post-python-requirements", _DOCKERFILE),
        ("openedx-common-settings", _SETTINGS),
        ("openedx-lms-common-settings", _LMS_SETTINGS),
        ("local-docker-compose-prod-services", _processes(_LOCAL_SERVICE)),
        ("k8s-deployments", _processes(_K8S_DEPLOYMENT)),
    ]
)
hooks.Filters.CLI_DO_INIT_TASKS.add_item(
    ("lms", "./manage.py lms migrate attempts\n./manage.py lms check --tag attempts\n")
)
