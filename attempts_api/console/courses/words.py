"""Words of a query, as the pages' own forms send them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from rest_framework.serializers import Serializer


def words_of(serializer_class: type[Serializer], request: HttpRequest) -> dict[str, Any]:
    """Return the validated words of a query; a form sends what is left open as an empty text.

    Raises:
        ValidationError: a word is unknown or wrong.
    """
    given = {name: text for name, text in request.GET.items() if str(text).strip()}
    serializer = serializer_class(data=given, context={"request": request})
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data
