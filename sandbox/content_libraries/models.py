"""The platform's table of content libraries, as far as foreign keys of openedx-authz need it."""

from __future__ import annotations

from django.db import models


class ContentLibrary(models.Model):
    """A library of content, outside of any course.

    .. no_pii:
    """

    slug = models.SlugField(allow_unicode=True)

    def __str__(self) -> str:
        return self.slug
