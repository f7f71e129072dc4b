"""The kinds of files that an export can write."""

from collections.abc import Mapping

from attempts.data import ExportFormat
from attempts.exports.formats.base import Format, Part, Row
from attempts.exports.formats.csv import CsvFormat
from attempts.exports.formats.ndjson import NdjsonFormat
from attempts.exports.formats.parquet import ParquetFormat

FORMATS: Mapping[ExportFormat, Format] = {
    "csv": CsvFormat(),
    "ndjson": NdjsonFormat(),
    "parquet": ParquetFormat(),
}

__all__ = ["FORMATS", "Format", "Part", "Row"]
