"""Settings of the sandbox LMS.

Environment variables: ``DATABASE_URL`` (default: SQLite in ``var/``), ``DATABASE_ISOLATION`` (``read committed`` or
``repeatable read``; default: Django's), ``CELERY_BROKER_URL`` (default: the file-system broker in ``var/broker``),
``SANDBOX_VAR`` (default: ``var`` beside ``manage.py``), ``SANDBOX_HOSTS`` (default: ``localhost,127.0.0.1``),
``SANDBOX_PORT`` (where its own links lead; default: 8000), ``SANDBOX_CORS_ORIGINS`` (where micro-frontends are served
from; default: ``http://localhost:18450``, the Support Tools in development), ``EVENT_BUS_URL`` (a Redis that public
events are sent to; default: none), ``EVENT_BUS_TOPIC_PREFIX`` (default: ``sandbox``), ``SANDBOX_DEBUG`` (default:
``true``), ``SANDBOX_SECRET_KEY`` (default: the one that is shipped; needed with ``SANDBOX_DEBUG=false``, which
:mod:`sandbox.exposure` says more about).
"""

from __future__ import annotations

import copy
import os
import warnings
from pathlib import Path

from corsheaders.defaults import default_headers
from django.conf.global_settings import LANGUAGES
from edx_django_utils.plugins import add_plugins, get_plugin_apps

from sandbox.databases import checked_url, database_from_url
from sandbox.exposure import OWN_PASSWORDS_ONLY, SHIPPED_SECRET, is_on
from sandbox.package_tables import PACKAGES
from sandbox.packages import keep_xblocks_for_later, plugins_taken_whole
from sandbox.user_authn.keys import signing_keys

# Of a library that XBlock imports; nobody who runs the sandbox can do anything about it.
warnings.filterwarnings("ignore", "pkg_resources is deprecated as an API", UserWarning)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("SANDBOX_VAR", BASE_DIR / "var")).resolve()
# Nobody else's business: messages that a worker obeys, a signing key, a cache whose files are unpickled.
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

_PROBLEMS = keep_xblocks_for_later()

#: How the plugin machinery names this kind of project; the LMS uses the same name.
PROJECT_TYPE = "lms.djangoapp"

DEBUG = is_on(os.environ.get("SANDBOX_DEBUG") or "true", "SANDBOX_DEBUG")
SECRET_KEY = os.environ.get("SANDBOX_SECRET_KEY") or SHIPPED_SECRET
ALLOWED_HOSTS = os.environ.get("SANDBOX_HOSTS", "localhost,127.0.0.1").split(",")
LMS_ROOT_URL = f"http://localhost:{os.environ.get('SANDBOX_PORT') or 8000}"
ROOT_URLCONF = "sandbox.urls"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "sandbox" / "static", _PROBLEMS / "static"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
SIMPLE_HISTORY_DATE_INDEX = False

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "corsheaders",
    "csrf.apps.CsrfAppConfig",
    "oauth2_provider",
    "rest_framework",
    "simple_history",
    "waffle",
    "eventtracking.django.apps.EventTrackingConfig",
    "openedx_events",
    "submissions",
    "milestones",
    "edxval",
    "openassessment",
    "openassessment.assessment",
    "openassessment.staffgrader",
    "openassessment.workflow",
    "sandbox.packages.BulkGrades",
    "sandbox.packages.CompletionAggregator",
    "sandbox.packages.LtiConsumer",
    "sandbox.packages.ProblemBuilder",
    "sandbox.packages.Proctoring",
    "sandbox.packages.SuperCsv",
    "sandbox.packages.When",
    "sandbox.student",
    "sandbox.course_overviews",
    "sandbox.courseware",
    "sandbox.grades",
    "sandbox.certificates",
    "sandbox.content",
    "sandbox.content_libraries",
    # Before the plugins, whose receivers it connects.
    "sandbox.coursewarehistoryextended",
    "sandbox.schedules",
    "sandbox.credit",
    "sandbox.teams",
    "sandbox.user_api",
    "sandbox.support",
    "sandbox.course_groups",
    "sandbox.bookmarks",
    "sandbox.course_goals",
    "sandbox.agreements",
    "sandbox.notifications",
    "sandbox.bulk_email",
    "sandbox.survey",
    "sandbox.calendar_sync",
    "sandbox.experiments",
    "sandbox.lti_provider",
    "sandbox.instructor_task",
    "sandbox.external_user_ids",
    "sandbox.entitlements",
    "sandbox.program_enrollments",
    "sandbox.django_comment_common",
    "sandbox.openedx_catalog",
    "sandbox.openedx_learning",
    "sandbox.plugins",
]

# In the LMS's order. CORS is not first there either: a redirect to the address with a slash has no CORS headers.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "edx_django_utils.cache.middleware.RequestCacheMiddleware",
    "django.middleware.common.CommonMiddleware",
    "edx_rest_framework_extensions.auth.jwt.middleware.JwtAuthCookieMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "edx_rest_framework_extensions.middleware.RequestCustomAttributesMiddleware",
    "edx_rest_framework_extensions.auth.jwt.middleware.EnsureJWTAuthSettingsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "sandbox" / "templates", _PROBLEMS / "templates"],
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

DATABASES = {
    "default": database_from_url(
        checked_url(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'sandbox.sqlite3'}", "DATABASE_URL"),
        os.environ.get("DATABASE_ISOLATION", ""),
    )
}
# Packages bring hundreds of migrations, not all of which run on every engine.
MIGRATION_MODULES = dict.fromkeys(PACKAGES, "sandbox.package_tables")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # An LMS has one cache for all its processes; here it is a directory.
    "shared": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR_DIR / "cache"},
}

# An account is inactive in an LMS until its address is confirmed, and may have a session all the same.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.AllowAllUsersModelBackend" if DEBUG else OWN_PASSWORDS_ONLY]

#: How the API of a plugin lets callers in: tokens for micro-frontends and for programs, sessions for pages of the LMS.
ATTEMPTS_API_AUTHENTICATION = [
    "edx_rest_framework_extensions.auth.jwt.authentication.JwtAuthentication",
    "rest_framework.authentication.SessionAuthentication",
    "oauth2_provider.contrib.rest_framework.OAuth2Authentication",
    # So that the API can be tried with curl -u. An LMS does not have it.
    "rest_framework.authentication.BasicAuthentication",
]
#: For views that do not say how they let callers in.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.BasicAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
}

_JWT_PRIVATE_KEY, _JWT_PUBLIC_KEYS = signing_keys(VAR_DIR)
_JWT_ISSUER = {
    "ISSUER": f"{LMS_ROOT_URL}/oauth2",
    "AUDIENCE": "lms-key",
    "SECRET_KEY": f"{SECRET_KEY}, but this one must be long",
}
JWT_AUTH = {
    "JWT_ALGORITHM": "HS256",
    "JWT_AUDIENCE": _JWT_ISSUER["AUDIENCE"],
    "JWT_AUTH_COOKIE": "edx-jwt-cookie",
    "JWT_AUTH_COOKIE_HEADER_PAYLOAD": "edx-jwt-cookie-header-payload",
    "JWT_AUTH_COOKIE_SIGNATURE": "edx-jwt-cookie-signature",
    "JWT_AUTH_HEADER_PREFIX": "JWT",
    "JWT_DECODE_HANDLER": "sandbox.user_authn.tokens.decode",
    "JWT_IN_COOKIE_EXPIRATION": 60 * 60,
    "JWT_ISSUER": _JWT_ISSUER["ISSUER"],
    "JWT_ISSUERS": [_JWT_ISSUER],
    "JWT_LEEWAY": 1,
    "JWT_PRIVATE_SIGNING_JWK": _JWT_PRIVATE_KEY,
    "JWT_PUBLIC_SIGNING_JWK_SET": _JWT_PUBLIC_KEYS,
    "JWT_SECRET_KEY": _JWT_ISSUER["SECRET_KEY"],
    "JWT_SIGNING_ALGORITHM": "RS512",
    "JWT_SUPPORTED_VERSION": "1.2.0",
    "JWT_VERIFY_EXPIRATION": True,
}
# What an old token says of somebody must not change the account.
EDX_DRF_EXTENSIONS = {"JWT_PAYLOAD_USER_ATTRIBUTE_MAPPING": {}}
OAUTH2_PROVIDER = {
    "SCOPES": {
        "read": "Read access",
        "write": "Write access",
        "email": "Know your email address",
        "profile": "Know your name and username",
    },
}

CORS_ALLOWED_ORIGINS = [
    origin for origin in os.environ.get("SANDBOX_CORS_ORIGINS", "http://localhost:18450").split(",") if origin
]
CORS_ALLOW_CREDENTIALS = True
# The first four are the LMS's; a site has to add the last two for callers from other origins.
CORS_ALLOW_HEADERS = [
    *default_headers,
    "cache-control",
    "expires",
    "pragma",
    "use-jwt-cookie",
    "idempotency-key",
    "x-request-id",
]
CORS_EXPOSE_HEADERS = ["Content-Disposition", "Location", "Retry-After", "X-Request-ID"]
CSRF_TRUSTED_ORIGINS = CORS_ALLOWED_ORIGINS

CELERY_BROKER_URL = checked_url(os.environ.get("CELERY_BROKER_URL") or "filesystem://", "CELERY_BROKER_URL")
CELERY_TASK_IGNORE_RESULT = True
#: Celery's own default. Whoever can write a message that is unpickled runs what she likes.
CELERY_ACCEPT_CONTENT = ["json"]
#: What an operator puts on the beat: operations that a killed worker left behind are carried out after all.
CELERY_BEAT_SCHEDULE = {"recover": {"task": "attempts.recover", "schedule": 60.0}}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if CELERY_BROKER_URL.startswith("filesystem://"):
    _MESSAGES = VAR_DIR / "broker" / "messages"
    _CONTROL = VAR_DIR / "broker" / "control"
    for _folder in (_MESSAGES.parent, _MESSAGES, _CONTROL):
        _folder.mkdir(mode=0o700, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_MESSAGES),
        "data_folder_out": str(_MESSAGES),
        "control_folder": str(_CONTROL),
    }

# As an operator connects the event bus; it needs edx-event-bus-redis.
if os.environ.get("EVENT_BUS_URL"):
    EVENT_BUS_PRODUCER = "edx_event_bus_redis.create_producer"
    EVENT_BUS_CONSUMER = "edx_event_bus_redis.RedisEventConsumer"
    EVENT_BUS_REDIS_CONNECTION_URL = checked_url(os.environ["EVENT_BUS_URL"], "EVENT_BUS_URL")
    EVENT_BUS_TOPIC_PREFIX = os.environ.get("EVENT_BUS_TOPIC_PREFIX", "sandbox")
    EVENTS_SERVICE_NAME = "sandbox"
    EVENT_BUS_PRODUCER_CONFIG = {
        f"org.openedx.learning.attempt.{what}.v1": {
            "learning-attempt-lifecycle": {"event_key_field": "switch.course.course_key", "enabled": True}
        }
        for what in ("archived", "opened", "restored")
    }

# Mail goes nowhere but to the page /mail/, whose files are in var/mail.
PLATFORM_NAME = "Sandbox LMS"
CONTACT_EMAIL = "support@example.com"
DEFAULT_FROM_EMAIL = "sandbox@example.com"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
ACE_ENABLED_CHANNELS = ["django_email"]
ACE_ENABLED_POLICIES: list[str] = []
ACE_CHANNEL_DEFAULT_EMAIL = "django_email"
ACE_CHANNEL_TRANSACTIONAL_EMAIL = "django_email"
# Nobody monitors the sandbox.
OPENEDX_TELEMETRY: list[str] = []

#: edx-proctoring reads these while its models are imported and its tables made.
PROCTORING_SETTINGS = {"SITE_NAME": "sandbox", "PLATFORM_NAME": "sandbox"}
PROCTORING_BACKENDS = {"DEFAULT": "null", "null": {}}

# Completions emit tracking events, which need a tracker even where nobody listens.
EVENT_TRACKING_ENABLED = True

# What XBlocks of the platform ask its settings for; their files come as they are, and no video comes from elsewhere.
FEATURES: dict[str, bool] = {}
PIPELINE = {"PIPELINE_ENABLED": False}
REQUIRE_DEBUG = True
AI_TRANSLATIONS_API_URL = ""
YOUTUBE = {"API": "", "TEST_TIMEOUT": 1500}
TRANSCRIPT_LANG_CACHE_TIMEOUT = 60
ALL_LANGUAGES = LANGUAGES
LANGUAGE_DICT = dict(LANGUAGES)

#: Pages and mails about errors show settings, but for what this hides.
DEFAULT_EXCEPTION_REPORTER_FILTER = "sandbox.exposure.HidesAddresses"

#: Ways of edx-ace to reach people that the sandbox does not have; it loads them all before it takes e-mail.
_CHANNELS_NOT_HERE = {"push_notification", "sailthru_email"}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "channels": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: (
                not (record.msg == "Could not load %r: %s" and record.args[0] in _CHANNELS_NOT_HERE)
            ),
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "attempts": {"handlers": ["console"], "level": "INFO"},
        "stevedore.extension": {"filters": ["channels"]},
        "edx_ace.channel": {"level": "ERROR"},
    },
}

#: The Support Tools micro-frontend talks to attempts here; in an LMS as it comes, to the platform's own Course Reset.
ATTEMPTS_REPLACE_COURSE_RESET = True
#: Tells attempts how many blocks of a course count towards completion: the sandbox knows its own content.
ATTEMPTS_COMPLETABLE_BLOCKS = "sandbox.content.completable.completable_block_count"
#: Tells attempts how a course is laid out; an LMS has its block structure for it.
ATTEMPTS_COURSE_OUTLINE = "sandbox.content.outline.course_blocks"
#: Computes a learner's grades anew; an LMS has a task for it.
ATTEMPTS_RECOMPUTE_GRADES = "sandbox.work.grades.regrade"
#: Where exports wait to be fetched; no web server gives them out.
ATTEMPTS_EXPORT_STORAGE = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": str(VAR_DIR / "exports"), "file_permissions_mode": 0o600},
}
#: By which a monitor sees numbers and details. What a site has here is a secret.
ATTEMPTS_METRICS_TOKEN = "sandbox-has-no-secrets"  # nosec B105  # what the sandbox ships is no secret
#: Where web servers and workers tell one another that attempts were switched.
ATTEMPTS_FENCE_CACHE = "shared"

#: What both services of the site have in common: everything above, and no plugin.
HOST_SETTINGS = {name: copy.copy(value) for name, value in list(vars().items()) if name.isupper()}

INSTALLED_APPS.extend(plugins_taken_whole(get_plugin_apps(PROJECT_TYPE)))
add_plugins(__name__, PROJECT_TYPE, "common")
