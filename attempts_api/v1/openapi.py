"""Generates the OpenAPI document from the views. It is stored beside them, so that no running LMS has to do it."""

from __future__ import annotations

import json
from typing import Any

from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from attempts.data import DATASET_NAMES, EXPORT_FORMATS
from attempts_api.v1.error_codes import ERROR_CODES
from attempts_api.v1.serializers import attempts, exports, policies, switches

_DESCRIPTION = """\
Learners' attempts: list, preview, reset, undo, activate, follow, read, and the policies that govern them.

Keys in paths and queries may be percent-encoded or not. Times are ISO-8601 in UTC. Every error has one shape, with a
code of a closed list. Lists are pages by keyset: follow `next`.
"""
_TAGS = {
    "learners": "Where somebody stands.",
    "attempts": "Attempts of everybody, and what is in them.",
    "operations": "Resets, undos and activations: previewed, asked for, followed.",
    "reports": "What all attempts at a course say together.",
    "exports": "Datasets as files for the tools of analysts.",
    "policies": "What is allowed where.",
    "me": "One's own attempts.",
}
#: Names for choices that occur in several places.
_ENUMS = {
    "Kind": switches.KINDS,
    "OwnKind": switches.LEARNER_KINDS,
    "ActivationKind": ("activate",),
    "OperationStatus": switches.STATUSES,
    "ExportStatus": exports.STATUSES,
    "DatasetName": DATASET_NAMES,
    "ExportFormat": EXPORT_FORMATS,
    "StoreStatus": switches.STORE_STATUSES,
    "AttemptState": attempts.STATES,
    "PolicyField": tuple(policies.FIELDS),
    "PolicyScope": policies.SCOPES,
    "PolicyOrigin": policies.ORIGINS,
    "CourseSettingsProblemCode": policies.PROBLEMS,
    "ErrorCode": tuple(ERROR_CODES),
}
#: What the host's own settings for its schema must not decide for ours.
_SETTINGS: dict[str, Any] = {
    "TITLE": "Attempts",
    "VERSION": "1",
    "DESCRIPTION": _DESCRIPTION,
    "SCHEMA_PATH_PREFIX": "/api/attempts/v1",
    "OAS_VERSION": "3.1.0",
    "TAGS": [{"name": name, "description": description} for name, description in _TAGS.items()],
    "PREPROCESSING_HOOKS": [],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums"],
    "ENUM_NAME_OVERRIDES": _ENUMS,
    "ENUM_SUFFIX": "",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "COMPONENT_SPLIT_PATCH": False,
    "COMPONENT_SPLIT_REQUEST": False,
    "AUTHENTICATION_WHITELIST": [],
    "SECURITY": [{"jwt": []}, {"session": []}, {"bearer": []}],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "jwt": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "`JWT <token>`, or the JWT cookies with `USE-JWT-COOKIE: true` and a CSRF token.",
            },
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "sessionid",
                "description": "A session of the LMS; writes need `X-CSRFToken`.",
            },
            "bearer": {"type": "http", "scheme": "bearer", "description": "OAuth2, where the host provides it."},
        }
    },
}


class _Urls:
    urlpatterns = (path("api/attempts/v1/", include("attempts_api.v1.urls")),)


def schema_document() -> str:
    """Return the document as JSON text."""
    with patched_settings(_SETTINGS):
        generator = SchemaGenerator(patterns=list(_Urls.urlpatterns))
        document = generator.get_schema(request=None, public=True)
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=False) + "\n"
