"""Exports: asked for, followed, fetched."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from attempts.data import DATASET_NAMES, EXPORT_FORMATS, ExportData
from attempts_api.exporting import file_path
from attempts_api.v1.serializers.fields import (
    LEARNER_LENGTH,
    ORG_LENGTH,
    CourseKeyInput,
    KeyField,
    NameInput,
    StrictSerializer,
    Switch,
    TextInput,
    UtcField,
)
from attempts_api.v1.serializers.pages import page_serializer

STATUSES = ("enqueued", "in_progress", "complete", "failed", "canceled")
_EVERYBODY = "Null for all."


class ExportRequest(StrictSerializer):
    """What to export. Without course, organisation and learner it is of the whole site."""

    course_id = CourseKeyInput(required=False)
    org = NameInput(required=False, max_length=ORG_LENGTH, help_text="All courses of an organisation.")
    learner = NameInput(required=False, max_length=LEARNER_LENGTH, help_text="Username or e-mail address.")
    datasets = serializers.ListField(
        required=False,
        child=serializers.ChoiceField(choices=DATASET_NAMES),
        min_length=1,
        max_length=len(DATASET_NAMES),
        help_text="All unless given.",
    )
    #: Required, so that a request in which all else was forgotten is not one for the whole site.
    format = serializers.ChoiceField(choices=EXPORT_FORMATS)
    identities = Switch(
        required=False, default=False, help_text="Tell whose the pseudonyms are, and what people wrote."
    )


class ExportProgressSerializer(serializers.Serializer):
    """How far an export is."""

    learners = serializers.IntegerField(help_text="Enrolments that are done.")
    of_learners = serializers.IntegerField(allow_null=True, help_text="All of them; null until it is known.")


class ExportErrorSerializer(serializers.Serializer):
    """Why an export failed."""

    code = serializers.CharField()
    detail = serializers.CharField()


class ExportSerializer(serializers.Serializer):
    """One export that somebody asked for."""

    uuid = serializers.UUIDField()
    url = serializers.SerializerMethodField(help_text="Address of the export.")
    status = serializers.ChoiceField(choices=STATUSES)
    course_id = KeyField(source="query.course_key", allow_null=True, help_text=_EVERYBODY)
    org = serializers.CharField(source="query.org", allow_blank=True, help_text="Empty for all.")
    learner = serializers.CharField(source="learner.username", allow_null=True, default=None, help_text=_EVERYBODY)
    datasets = serializers.ListField(source="query.datasets", child=serializers.ChoiceField(choices=DATASET_NAMES))
    format = serializers.ChoiceField(source="query.format", choices=EXPORT_FORMATS)
    identities = serializers.BooleanField(source="query.identities")
    created = UtcField()
    started_at = UtcField(allow_null=True)
    completed_at = UtcField(allow_null=True, help_text="Also set if it failed or was canceled.")
    expires_at = UtcField(allow_null=True, help_text="When its file goes; null while there is none.")
    progress = ExportProgressSerializer(source="*")
    rows = serializers.DictField(child=serializers.IntegerField(), help_text="By dataset; empty unless complete.")
    bytes = serializers.IntegerField(source="size", allow_null=True, help_text="Of its files before they were packed.")
    error = serializers.SerializerMethodField(help_text="Why it failed; null if it did not.")
    file_url = serializers.SerializerMethodField(
        help_text="Address of the zip, good for an hour without any other login; null if there is none to fetch."
    )

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, export: ExportData) -> str:
        """Return the address of the export."""
        path: Any = reverse("attempts_api:export", kwargs={"uuid": export.uuid}, request=self.context.get("request"))
        return path

    @extend_schema_field(ExportErrorSerializer(allow_null=True))
    def get_error(self, export: ExportData) -> dict[str, str] | None:
        """Return why it failed, None if it did not."""
        return {"code": export.error_code, "detail": export.error} if export.error_code else None

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_file_url(self, export: ExportData) -> str | None:
        """Return the signed address of the file, None if there is none to fetch."""
        path, request = file_path(export), self.context.get("request")
        return request.build_absolute_uri(path) if path and request else path


class SignatureQuery(StrictSerializer):
    """What makes an address good."""

    signature = TextInput(max_length=200, help_text="As `file_url` has it.")


ExportPage = page_serializer("ExportPage", ExportSerializer)
