"""Pages: how they are asked for, and how they are answered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from attempts_api.v1.serializers.fields import CursorInput, StrictSerializer

MOST_ON_A_PAGE = 1000


class PageQuery(StrictSerializer):
    """Which page."""

    cursor = CursorInput(
        required=False, max_length=1000, help_text="Where to go on: follow `next` or `previous` of another page."
    )
    page_size = serializers.IntegerField(
        required=False, default=50, min_value=1, max_value=MOST_ON_A_PAGE, help_text="How many at most."
    )


def page_serializer(name: str, item: type[serializers.Serializer], **more: serializers.Field) -> type[Any]:
    """Return the serializer of a page.

    Args:
        name: the name of its schema.
        item: the serializer of one item.
        more: what a page says beside its items.
    """
    fields = {
        "__doc__": "Some of many. `next` and `previous` are the addresses of the neighbouring pages.",
        "next": serializers.URLField(allow_null=True, help_text="Address of the next page."),
        "previous": serializers.URLField(allow_null=True, help_text="Address of the previous page."),
        **more,
        "results": item(many=True),
    }
    return type(name, (serializers.Serializer,), fields)
