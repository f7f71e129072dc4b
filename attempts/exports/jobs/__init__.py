"""Exports that somebody asked for over the API: carried out by a worker, and kept as a file for some days."""

from attempts.exports.jobs.files import open_file
from attempts.exports.jobs.records import cancel, exports_of, find_export, request_export
from attempts.exports.jobs.running import TRANSIENT, give_up, recover_exports, run_export

__all__ = [
    "TRANSIENT",
    "cancel",
    "exports_of",
    "find_export",
    "give_up",
    "open_file",
    "recover_exports",
    "request_export",
    "run_export",
]
