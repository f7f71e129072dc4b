"""Exports: the datasets as files for the tools of analysts."""

from attempts.exports.exporting import export
from attempts.exports.folder import CHECKSUMS, MANIFEST

__all__ = ["CHECKSUMS", "MANIFEST", "export"]
