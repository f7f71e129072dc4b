"""Exports: asked for, followed, canceled, fetched."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.signing import BadSignature
from django.http import FileResponse
from django.utils.cache import patch_cache_control
from drf_spectacular.types import OpenApiTypes
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from attempts import api
from attempts.data import DATASET_NAMES, ExportData, Permission
from attempts_api import conf
from attempts_api.access import required_reach
from attempts_api.exporting import ask_for_export, export_signer, log_export, own_export
from attempts_api.v1 import examples
from attempts_api.v1.schema import CONTENT_DISPOSITION, COURSE_KEYS, LOCATION, described, errors, write_errors
from attempts_api.v1.serializers import exports as shapes
from attempts_api.v1.serializers.pages import PageQuery
from attempts_api.v1.views.base import V1View, body_words, page_response, query_words
from attempts_api.v1.views.downloads import DownloadView, ZipRenderer, sent_as_file

_NOT_GOOD = "This address is not good, or not any more. Ask for the export, which tells the address of its file, again."


class ExportsView(V1View):
    """What one has asked for."""

    throttle_scope = "export"

    @described(
        parameters=[PageQuery],
        responses={200: shapes.ExportPage, **errors("invalid_cursor")},
        examples=[examples.EXPORTS],
    )
    def get(self, request: Request) -> Response:
        """The exports that you have asked for, newest first."""
        words = query_words(PageQuery, request)
        required_reach(request, "export")
        page = api.exports_asked(request.user, cursor=words.get("cursor"), size=words["page_size"])
        return page_response(shapes.ExportPage, page, request)

    @described(
        parameters=[LOCATION],
        request=shapes.ExportRequest,
        responses={
            202: shapes.ExportSerializer,
            **write_errors(
                *COURSE_KEYS,
                "invalid_export",
                "format_unavailable",
                "learner_not_found",
                "course_not_found",
                "exports_not_configured",
                "not_eligible",
            ),
        },
        examples=[examples.EXPORT_REQUEST, examples.EXPORT_ENQUEUED],
    )
    def post(self, request: Request) -> Response:
        """Ask for an export, which a worker writes.

        Follow `Location` until there is a `file_url`. It needs `export` in the course or organisation, on the
        whole site if neither is named; and `export_identities` in the same place to learn whose the pseudonyms
        are, be it by naming the only learner. What is in which column, the manifest in the file says.
        """
        words = body_words(shapes.ExportRequest, request)
        export = ask_for_export(
            request,
            learner=words.get("learner"),
            course_key=words.get("course_id"),
            org=words.get("org", ""),
            datasets=words.get("datasets", DATASET_NAMES),
            format_=words["format"],
            identities=words["identities"],
        )
        shape = shapes.ExportSerializer(export, context={"request": request})
        return Response(shape.data, status=status.HTTP_202_ACCEPTED, headers={"Location": shape.data["url"]})


class ExportView(V1View):
    """One export."""

    @described(
        responses={200: shapes.ExportSerializer, **errors("export_not_found")},
        examples=[examples.EXPORT],
    )
    def get(self, request: Request, uuid: str) -> Response:
        """How far one of your exports is, and the address of its file."""
        return Response(shapes.ExportSerializer(own_export(request, uuid), context={"request": request}).data)


class CancelExportView(V1View):
    """An end to one export."""

    throttle_scope = "export"

    @described(
        request=None,
        responses={
            200: shapes.ExportSerializer,
            **errors("export_not_found", "export_ended", "body_too_large", "throttled"),
        },
        examples=[examples.EXPORT_CANCELED],
    )
    def post(self, request: Request, uuid: str) -> Response:
        """Cancel one of your exports: its worker stops, and what it has written goes."""
        export = api.cancel_export(own_export(request, uuid).uuid)
        return Response(shapes.ExportSerializer(export, context={"request": request}).data)


class ExportFileView(DownloadView):
    """The file of one export, for whoever has the signed address: a browser, `curl`, a notebook."""

    permission_classes = ()

    def get_authenticators(self) -> list[Any]:
        """Return none: the signature says all."""
        return []

    @described(
        parameters=[shapes.SignatureQuery, CONTENT_DISPOSITION],
        responses={
            (200, ZipRenderer.media_type): OpenApiTypes.BINARY,
            **errors("export_not_found", "export_expired"),
        },
        auth=[],
    )
    def get(self, request: Request, uuid: str) -> FileResponse:
        """The zip of an export, by its signed address and no other login.

        The address is good for an hour, and no longer than whoever asked for the export has the right to.
        """
        words = query_words(shapes.SignatureQuery, request)
        export = api.export_asked(_signed(uuid, words["signature"]))
        role = _role_of(export)
        file = api.open_export(export.uuid)
        log_export(request, "export_file", role, export)
        response = sent_as_file(file, f"attempts-{export.uuid}")
        patch_cache_control(response, private=True, no_store=True)
        return response


def _signed(uuid: str, signature: str) -> UUID:
    try:
        found = export_signer().unsign(f"{uuid}:{signature}", max_age=conf.export_link_seconds())
    except BadSignature as error:
        raise PermissionDenied(_NOT_GOOD) from error
    return UUID(found)


def _role_of(export: ExportData) -> str:
    """The role by which whoever asked may still have the export.

    Raises:
        PermissionDenied: none; the right has gone meanwhile.
    """
    tells = export.query.identities or export.query.learner_id is not None
    needed: list[Permission] = ["export", "export_identities"] if tells else ["export"]
    user = api.user(export.requested_by.id)
    roles = [
        api.role_for(user, permission, course_key=export.query.course_key, org=export.query.org)
        for permission in needed
    ]
    if None in roles:
        raise PermissionDenied("Whoever asked for this export has no right to it any more.")
    return str(roles[-1])
