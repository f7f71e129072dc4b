"""Fields and bases that the shapes of version 1 share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import UsageKey
from rest_framework import ISO_8601, serializers
from rest_framework.settings import api_settings

from attempts import api

KEY_LENGTH = 255
LEARNER_LENGTH = 254
ORG_LENGTH = 255
COMMENT_LENGTH = 255
IDEMPOTENCY_KEY_LENGTH = 255
#: Printable ASCII, no blanks at its ends.
IDEMPOTENCY_KEY_PATTERN = r"^[!-~]([ -~]*[!-~])?$"
#: These patterns are for the schema alone; the code has parsers. ``\w`` takes the letters of every script.
ID_PATTERN = r"[\w~.:-]+"
_COURSE = rf"{ID_PATTERN}\+{ID_PATTERN}\+{ID_PATTERN}"
COURSE_KEY_PATTERN = rf"^(course-v1:{_COURSE}|ccx-v1:{_COURSE}\+ccx@[0-9]+)$"
_BLOCK = rf"(block-v1:{_COURSE}|ccx-block-v1:{_COURSE}\+ccx@[0-9]+)\+type@{ID_PATTERN}\+block@{ID_PATTERN}"
_ESCAPED_ID = r"([\w~.-]|\$:)+"
_ASIDE = (
    rf"aside-usage-v1:{_BLOCK}::[\w~.-]+|aside-usage-v2:block-v1\$:{_ESCAPED_ID}\+{_ESCAPED_ID}\+{_ESCAPED_ID}"
    rf"\+type@{_ESCAPED_ID}\+block@{_ESCAPED_ID}::[\w~.-]+"
)
_BLOCK_KEY_PATTERN = rf"^({_BLOCK}|{_ASIDE})$"
_TEXT_PATTERN = r"^[^\x00]*$"
#: Something that Python does not take for a blank, and no NUL anywhere.
_NAME_PATTERN = r"^[^\x00]*[^\x00\x1C-\x1F\x85\s][^\x00]*$"
#: Names of parameters and fields that are the framework's and not ours.
_FRAMEWORK_WORDS = frozenset({api_settings.URL_FORMAT_OVERRIDE, "csrfmiddlewaretoken"})


class UtcField(serializers.DateTimeField):
    """A time in UTC, whatever the host's time zone."""

    def __init__(self, **kwargs: Any) -> None:
        # The host's formats are not ours.
        super().__init__(default_timezone=UTC, format=ISO_8601, input_formats=[ISO_8601], **kwargs)


class FilterSwitch(serializers.BooleanField):
    """True or false in a query. The framework knows many more words for them."""

    TRUE_VALUES = {"true", "True"}
    FALSE_VALUES = {"false", "False"}


class Switch(serializers.BooleanField):
    """True or false in a body: JSON has words for them, and a form has the same as text."""

    TRUE_VALUES = {True, "true"}
    FALSE_VALUES = {False, "false"}

    def to_internal_value(self, data: Any) -> bool:
        """Return it.

        Raises:
            ValidationError: it is something else; to Python, 1 is the same as true.
        """
        if not isinstance(data, bool | str):
            self.fail("invalid", input=data)
        return super().to_internal_value(data)


class GradeInput(serializers.FloatField):
    """A number from the caller. ``NaN`` is none, though it is neither below nor above any limit."""

    def to_internal_value(self, data: Any) -> float:
        """Return the number.

        Raises:
            ValidationError: it is something else.
        """
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class TextInput(serializers.CharField):
    """A text from the caller. The framework would take a number for one.

    Attributes:
        shape: what the schema says of it beside its length.
    """

    shape: Mapping[str, Any] = {"pattern": _TEXT_PATTERN}

    def to_internal_value(self, data: Any) -> Any:
        """Return the text, without blanks at its ends.

        Raises:
            ValidationError: it is something else.
        """
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class NameInput(TextInput):
    """A name from the caller, such as a learner's."""

    shape = {"pattern": _NAME_PATTERN}


class CursorInput(TextInput):
    """A cursor from the caller. Whether it is one, the list knows."""

    shape = {"pattern": r"^[\w.:-]+$"}


class CommentInput(TextInput):
    """Why somebody asks for something. Its length is checked further in, where all faces meet, with its own code."""

    shape = {"pattern": _TEXT_PATTERN, "maxLength": COMMENT_LENGTH}

    def __init__(self) -> None:
        super().__init__(
            required=False, allow_blank=True, default="", help_text=f"Why; at most {COMMENT_LENGTH} characters."
        )


class ReasonInput(TextInput):
    """Why somebody decides something; it must be said. Its length is checked as that of a comment."""

    shape = {"pattern": _NAME_PATTERN, "maxLength": COMMENT_LENGTH}

    def __init__(self) -> None:
        super().__init__(help_text=f"Why; 1 to {COMMENT_LENGTH} characters.")


class UuidInput(serializers.UUIDField):
    """A UUID from the caller, as text. The framework would take a number for one."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the UUID.

        Raises:
            ValidationError: it is something else.
        """
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.STR)
class KeyField(serializers.CharField):
    """An opaque key as text."""


class CourseKeyInput(TextInput):
    """The plain key of a course, from the caller.

    A ``+`` that was not percent-encoded in a query or form arrives as a blank, and no key has one.
    """

    shape = {"pattern": COURSE_KEY_PATTERN}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", KEY_LENGTH)
        kwargs.setdefault("help_text", "Plain course key, such as course-v1:Org+Course+Run.")
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return the parsed key.

        Raises:
            InvalidCourseKey, DeprecatedCourseKey: see there.
        """
        return api.course_key(super().to_internal_value(data).replace(" ", "+"))


class BlockKeyInput(TextInput):
    """The plain key of a block, from the caller; a blank is taken for a ``+``."""

    shape = {"pattern": _BLOCK_KEY_PATTERN}

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
        if isinstance(data, QueryDict):
            # The framework takes an empty word of a query or form for none: an empty filter would show everything.
            data = {name: data.getlist(name) if self._is_list(name) else data[name] for name in data}
        values = super().to_internal_value(data)
        unknown = sorted(set(map(str, data)) - set(self.fields) - _FRAMEWORK_WORDS)
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError({unknown[0][:100]: f"There is no such word here. There are: {known}."})
        return values

    def _is_list(self, name: str) -> bool:
        return isinstance(self.fields.get(name), serializers.ListField)
