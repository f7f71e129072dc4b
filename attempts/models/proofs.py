"""That an archived attempt can be brought back: what it held, and whether a trial brought back the same."""

from __future__ import annotations

from django.db import models

from attempts.models.base import Kept
from attempts.models.contexts import AttemptContext
from attempts.models.fields import ExactCharField

#: Characters of the code of what stands against a restore.
CODE_LENGTH = 64


class AttemptProof(Kept):
    """What an attempt held when it was first checked after it was archived, and what the last check found.

    The checksums are of the attempt as it was archived at ``archived_at``; an attempt that was active meanwhile and is
    archived again gets new ones. Everything else says what the last check found.

    .. pii: What a store of another app has against bringing an attempt back may quote the learner.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    context = models.OneToOneField(AttemptContext, on_delete=models.PROTECT, related_name="proof")
    #: Which archiving of the attempt this is about.
    archived_at = models.DateTimeField()
    #: By table: rows, the checksum of their columns, and of the columns' names.
    checksums = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    #: Whether the trial brought back every row as it is archived.
    restorable = models.BooleanField()
    #: What stood against it, as a stable code and a sentence; empty if nothing did.
    problem_code = ExactCharField(max_length=CODE_LENGTH, blank=True, default="")
    problem = models.TextField(blank=True, default="")
    #: Tables whose rows were written since the checksums were made: late work, or somebody's repair.
    changed = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"proof of {self.context_id}, checked {self.checked_at}"
