"""Checksums of what an attempt holds, the same whether it is archived or active."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from opaque_keys.edx.keys import CourseKey

from attempts.host.models import host_model
from attempts.keys import KeyRewrite
from attempts.stores import LearnerNames, RekeyedStore, installed_stores
from attempts.stores.tables import as_text

#: Rows read at a time.
_CHUNK = 2000


@dataclass(frozen=True)
class Checksum:
    """What is known of an attempt's rows in one table.

    Attributes:
        rows: how many there are.
        sha256: of every column of every row, by primary key, with keys in their plain form.
        columns: of the names of the columns, so that a table that got another column is not taken for changed.
    """

    rows: int
    sha256: str
    columns: str


def checksums(learner: LearnerNames, context_key: CourseKey, course_key: CourseKey) -> dict[str, Checksum]:
    """Return the checksums of what an attempt holds, by table; streamed, a statement for each store.

    Tables that the host empties by itself are left out, as nothing can be said about them.

    Args:
        learner: the names the learner goes by.
        context_key: the key under which the rows lie: the plain one, or that of an archived attempt.
        course_key: the plain key of the course.
    """
    stores = [store for store in installed_stores() if isinstance(store, RekeyedStore) and not store.is_emptied]
    return {store.name: _checksum(store, learner, KeyRewrite(context_key, course_key)) for store in stores}


def differing(before: Mapping[str, Checksum], after: Mapping[str, Checksum]) -> list[str]:
    """Return the tables in which rows differ, by name; a table that has other columns than before is no such table."""
    both = before.keys() & after.keys()
    return sorted(
        table for table in both if before[table].columns == after[table].columns and before[table] != after[table]
    )


def _checksum(store: RekeyedStore, learner: LearnerNames, rewrite: KeyRewrite) -> Checksum:
    fields = [field.attname for field in host_model(store.model)._meta.concrete_fields if field.name not in store.marks]
    count, digest = 0, hashlib.sha256()
    for row in _rows(store, learner, rewrite, fields):
        count += 1
        digest.update(json.dumps(row, default=_as_text, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    return Checksum(count, digest.hexdigest(), hashlib.sha256(" ".join(fields).encode()).hexdigest()[:16])


def _rows(store: RekeyedStore, learner: LearnerNames, rewrite: KeyRewrite, fields: list[str]) -> Iterator[list[Any]]:
    """Yield the columns of each row, keys as the texts they would be in the plain form."""
    texts = {f"text_of_{name}": as_text(name) for name in (store.course, *store.usage)}
    columns = [f"text_of_{name}" if name in (store.course, *store.usage) else name for name in fields]
    rows = store.rows(learner, rewrite.source).annotate(**texts).order_by("pk").values_list(*columns)
    usage = [columns.index(f"text_of_{name}") for name in store.usage]
    course = columns.index(f"text_of_{store.course}")
    for row in rows.iterator(_CHUNK):
        plain = list(row)
        plain[course] = str(rewrite.target)
        for column in usage:
            plain[column] = _plain(plain[column], rewrite)
        yield plain


def _plain(text: str | None, rewrite: KeyRewrite) -> str | None:
    for old, new in rewrite.usage_prefixes:
        if text and text.startswith(old):
            return new + text[len(old) :]
    return text


def _as_text(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, bytes | bytearray | memoryview) else str(value)
