"""Fields and bases that the shapes of version 1 share."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import UsageKey
from rest_framework import serializers
from rest_framework.settings import api_settings

from attempts import api

KEY_LENGTH = 255
#: Names of parameters and fields that are the framework's and not ours.
_FRAMEWORK_WORDS = frozenset({api_settings.URL_FORMAT_OVERRIDE, "csrfmiddlewaretoken"})


class UtcField(serializers.DateTimeField):
    """A time in UTC, whatever the host's time zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class FilterSwitch(serializers.BooleanField):
    """True or false in a query; left out, it is neither. The framework takes it for an empty check box, so false."""

    default_empty_html = serializers.empty


@extend_schema_field(OpenApiTypes.STR)
class KeyField(serializers.CharField):
    """An opaque key as text."""


class CourseKeyInput(serializers.CharField):
    """The plain key of a course, from the caller.

    A ``+`` that was not percent-encoded in a query or form arrives as a blank, and no key has one.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Plain course key, such as course-v1:Org+Course+Run.")
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return the parsed key.

        Raises:
            InvalidCourseKey, DeprecatedCourseKey: see there.
        """
        return api.course_key(super().to_internal_value(data).replace(" ", "+"))


class BlockKeyInput(serializers.CharField):
    """The plain key of a block, from the caller; a blank is taken for a ``+``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", KEY_LENGTH)
        kwargs.setdefault("help_text", "Plain usage key of one block.")
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return the parsed key."""
        text = super().to_internal_value(data).replace(" ", "+")
        try:
            return UsageKey.from_string(text)
        except InvalidKeyError as error:
            raise serializers.ValidationError(f"'{text[:100]}' is not the key of a block.") from error


class StrictSerializer(serializers.Serializer):
    """Words of the caller. One that we do not know is an error: it may be a filter misspelt."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the validated words.

        Raises:
            ValidationError: a word is unknown, missing or wrong.
        """
        values = super().to_internal_value(data)
        unknown = sorted(set(map(str, data)) - set(self.fields) - _FRAMEWORK_WORDS)
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError({unknown[0][:100]: f"There is no such word here. There are: {known}."})
        return values
