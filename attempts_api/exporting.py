"""Asking for an export, whatever face it is asked through, and following it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.signing import TimestampSigner
from django.urls import reverse

from attempts import api
from attempts.data import DATASET_NAMES, EVERYWHERE, ExportData, Reach
from attempts.exceptions import ExportNotFound
from attempts_api.access import required_reach, required_role, role_name
from attempts_api.audit import log_read
from attempts_api.provenance import AnyRequest, provenance_of


def export_signer() -> TimestampSigner:
    """Return what signs the addresses of files."""
    return TimestampSigner(salt="attempts_api.exports")


def file_path(export: ExportData) -> str | None:
    """Return the signed path of the file of an export, good without any other login; None if there is none to fetch."""
    if not export.has_file:
        return None
    signature = export_signer().sign(str(export.uuid)).partition(":")[2]
    return f"{reverse('attempts_api:export-file', kwargs={'uuid': export.uuid})}?signature={signature}"


def ask_for_export(
    request: AnyRequest,
    *,
    learner: Any = None,
    course_key: Any = None,
    org: str = "",
    datasets: Collection[str] = DATASET_NAMES,
    format_: str,
    identities: bool = False,
) -> ExportData:
    """Ask for an export as whoever is calling, if she may have it.

    Args:
        request: the request.
        learner: the only learner; that tells whose the pseudonym is. None for all.
        course_key, org, datasets, format_, identities: as in :func:`attempts.api.export_query`.

    Raises:
        PermissionDenied: she may not.
        LearnerNotFound: there is no such learner, or none whom she has to do with.
        InvalidExport, CourseNotFound, ExportsNotConfigured, FormatUnavailable, KeysRestored: see there.
    """
    place = {"course_key": course_key, "org": org}
    role = required_role(request, "export", **place)
    if identities or learner is not None:
        role = required_role(request, "export_identities", **place)
    query = api.export_query(
        learner=None if learner is None else _learner_id(request, learner, course_key, org),
        **place,
        datasets=datasets,
        format_=format_,
        identities=identities,
    )
    export = api.request_export(query, requested_by=request.user, provenance=provenance_of(request, role))
    log_export(request, "export", role, export)
    return export


def own_export(request: AnyRequest, uuid: Any) -> ExportData:
    """Return an export that whoever is calling has asked for.

    Raises:
        ExportNotFound: there is none by that uuid, or it is somebody else's.
        PermissionDenied: she may not have exports any more.
    """
    role = role_name(required_reach(request, "export"))
    export = api.export_asked(uuid)
    if export.requested_by.id != request.user.pk:
        raise ExportNotFound(uuid)
    log_export(request, "export", role, export)
    return export


def log_export(request: AnyRequest, resource: str, role: str, export: ExportData) -> None:
    """Note in the log who asked for, followed or fetched which export."""
    query = export.query
    log_read(
        request,
        resource,
        role,
        export=export.uuid,
        requested_by=export.requested_by.id,
        course_id=query.course_key,
        org=query.org or None,
        learner=query.learner_id,
        identities=query.identities,
    )


def _learner_id(request: AnyRequest, learner: Any, course_key: Any, org: str) -> int:
    """The user id of the only learner; one whom the caller has nothing to do with is not found, as nobody is."""
    within = EVERYWHERE
    if api.role_for(request.user, "export") is None:
        courses = frozenset() if course_key is None else frozenset({course_key})
        within = Reach(courses=courses, orgs=frozenset({org} if org else ()))
    return api.learner(learner, within=within).id
