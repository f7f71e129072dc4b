"""Settings of the sandbox LMS.

Environment variables: ``DATABASE_URL`` (default: SQLite in ``var/``), ``CELERY_BROKER_URL`` (default: the
file-system broker in ``var/broker``), ``SANDBOX_VAR`` (default: ``var`` beside ``manage.py``),
``SANDBOX_HOSTS`` (default: ``localhost,127.0.0.1``).
"""

from __future__ import annotations

import os
from pathlib import Path

from edx_django_utils.plugins import add_plugins, get_plugin_apps

from sandbox.databases import database_from_url

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("SANDBOX_VAR", BASE_DIR / "var")).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

#: How the plugin machinery names this kind of project; the LMS uses the same name.
PROJECT_TYPE = "lms.djangoapp"

SECRET_KEY = "the sandbox has no secrets"
DEBUG = True
ALLOWED_HOSTS = os.environ.get("SANDBOX_HOSTS", "localhost,127.0.0.1").split(",")
LMS_ROOT_URL = "http://localhost:8000"
ROOT_URLCONF = "sandbox.urls"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "simple_history",
    "waffle",
    "eventtracking.django.apps.EventTrackingConfig",
    "submissions",
    "sandbox.student",
    "sandbox.course_overviews",
    "sandbox.courseware",
    "sandbox.grades",
    "sandbox.certificates",
    "sandbox.content",
]
INSTALLED_APPS.extend(get_plugin_apps(PROJECT_TYPE))

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "sandbox" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'sandbox.sqlite3'}")}
# One migration of edx-submissions fails on every MariaDB.
MIGRATION_MODULES = {"submissions": "sandbox.submissions_migrations"}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

#: Sessions for browsers, and user and password so that the API can be tried with curl.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.BasicAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
}

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or "filesystem://"
CELERY_TASK_IGNORE_RESULT = True
#: What an operator puts on the beat: operations that a killed worker left behind are carried out after all.
CELERY_BEAT_SCHEDULE = {"recover": {"task": "attempts.recover", "schedule": 60.0}}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if CELERY_BROKER_URL.startswith("filesystem://"):
    _MESSAGES = VAR_DIR / "broker" / "messages"
    _CONTROL = VAR_DIR / "broker" / "control"
    _MESSAGES.mkdir(parents=True, exist_ok=True)
    _CONTROL.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_MESSAGES),
        "data_folder_out": str(_MESSAGES),
        "control_folder": str(_CONTROL),
    }

# Completions emit tracking events, which need a tracker even where nobody listens.
EVENT_TRACKING_ENABLED = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"attempts": {"handlers": ["console"], "level": "INFO"}},
}

#: Tells attempts how many blocks of a course count towards completion: the sandbox knows its own content.
ATTEMPTS_COMPLETABLE_BLOCKS = "sandbox.content.completable.completable_block_count"

add_plugins(__name__, PROJECT_TYPE, "common")
