"""Wrong requests for exports."""

from __future__ import annotations

from typing import Any

from attempts.exceptions.base import BadRequest, Conflict, NotFound, gettext_noop


class InvalidExport(BadRequest):
    """An export is asked for in words that make no sense."""

    code = "invalid_export"


class FormatUnavailable(BadRequest):
    """Files of a format cannot be written here."""

    code = "format_unavailable"

    def __init__(self, format_: str, package: str, extra: str) -> None:
        super().__init__(
            gettext_noop(
                "Files of the format %(format)s need %(package)s, which is not installed here. Install %(extra)s, or "
                "choose another format."
            ),
            format=format_,
            package=package,
            extra=extra,
        )


class ExportDirectoryUnfit(BadRequest):
    """An export cannot go to the directory that was named."""

    code = "export_directory_unfit"


class ExportDirectoryBusy(ExportDirectoryUnfit):
    """Another process is writing the export."""

    def __init__(self, directory: Any) -> None:
        super().__init__(f"Another process is writing to {directory}.")


class ExportNotFound(NotFound):
    """There is no such export, or none with a file."""

    code = "export_not_found"

    def __init__(self, uuid: Any) -> None:
        super().__init__(gettext_noop("There is no export %(uuid)s to fetch."), uuid=str(uuid)[:64])


class ExportEnded(Conflict):
    """An export that has ended cannot be canceled."""

    code = "export_ended"

    def __init__(self, uuid: Any, status: str) -> None:
        super().__init__(gettext_noop("Export %(uuid)s has ended: it is %(status)s."), uuid=uuid, status=status)


class ExportExpired(Conflict):
    """The file of an export is not kept any more."""

    code = "export_expired"

    def __init__(self, uuid: Any) -> None:
        super().__init__(
            gettext_noop("The file of export %(uuid)s is not kept any more. Ask for a new export."), uuid=uuid
        )


class ExportsNotConfigured(Conflict):
    """The site has no place for exports."""

    code = "exports_not_configured"

    def __init__(self) -> None:
        super().__init__(
            gettext_noop(
                "This site has no place for the files of exports. An operator sets ATTEMPTS_EXPORT_STORAGE, or writes "
                "the export with: manage.py attempts export."
            )
        )
