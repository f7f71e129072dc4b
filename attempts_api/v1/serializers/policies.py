"""Policies: what is in force, what one decides itself, and its history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from attempts.data import INHERIT, OwnPolicy
from attempts_api.v1.serializers.fields import StrictSerializer, UtcField
from attempts_api.v1.serializers.pages import page_serializer

SCOPES = ("instance", "org", "course")
ORIGINS = ("default", *SCOPES, "course_settings")
PROBLEMS = ("wrong_value", "unknown_field", "not_allowed", "locked", "decided")
INHERIT_WORD = "inherit"
_INHERIT_SCHEMA = {"type": "string", "enum": [INHERIT_WORD]}
_NUMBER_SCHEMA = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}


class _Inheritable(serializers.Field):
    """A field of a policy: a value of its own, or ``inherit``. What a value may be, the policy itself knows."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the value, or the mark for one that is left to the wider policy."""
        return INHERIT if data == INHERIT_WORD else data

    def to_representation(self, value: Any) -> Any:
        """Return the value as it is."""
        return value


@extend_schema_field({"oneOf": [{"type": "boolean"}, _INHERIT_SCHEMA]})
class _Switch(_Inheritable):
    """True, false or inherit."""


@extend_schema_field({"oneOf": [_NUMBER_SCHEMA, _INHERIT_SCHEMA]})
class _Limit(_Inheritable):
    """A number, null for unlimited, or inherit."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the value as above; JSON does not tell 3.0 from 3."""
        return int(data) if isinstance(data, float) and data.is_integer() else super().to_internal_value(data)


@extend_schema_field({"type": "string", "enum": ["block", "keep", INHERIT_WORD]})
class _Certificates(_Inheritable):
    """What an earned certificate means, or inherit."""


@extend_schema_field({"type": "string", "enum": ["any", "self_paced", "instructor_paced", INHERIT_WORD]})
class _Pacing(_Inheritable):
    """Courses of which pacing, or inherit."""


@extend_schema_field({"type": "string", "enum": ["keep", "redraw", INHERIT_WORD]})
class _Experiments(_Inheritable):
    """What happens to groups of experiments, or inherit."""


@extend_schema_field({"type": "string", "enum": ["restart", "keep", INHERIT_WORD]})
class _Schedule(_Inheritable):
    """What happens to a personal schedule, or inherit."""


@extend_schema_field({"type": "string", "enum": ["latest", "best", "first", "chosen", INHERIT_WORD]})
class _GradeOfRecord(_Inheritable):
    """Which attempt's grade counts, or inherit."""


#: The fields of a policy, each with what a caller may write.
FIELDS: dict[str, Callable[..., _Inheritable]] = {
    "active": _Switch,
    "max_resets": _Limit,
    "require_started": _Switch,
    "require_not_ended": _Switch,
    "require_not_passing": _Switch,
    "pacing": _Pacing,
    "protect_passing": _Switch,
    "protect_new_work": _Switch,
    "certificates": _Certificates,
    "experiments": _Experiments,
    "schedule": _Schedule,
    "course_team_may_reset": _Switch,
    "learner_may_reset": _Switch,
    "notify_learner": _Switch,
    "grade_of_record": _GradeOfRecord,
}
_HELP = {
    "active": "Resets are possible at all.",
    "max_resets": "How many; null for unlimited.",
    "require_started": "The course must have started.",
    "require_not_ended": "The course must not be over.",
    "require_not_passing": "The learner must not have a passing grade.",
    "pacing": "Courses of which pacing.",
    "protect_passing": "Undo and activate do not put away a passing attempt.",
    "protect_new_work": "Undo and activate do not put away an attempt in which the learner has worked.",
    "certificates": "Whether an earned certificate stops a switch, or is kept.",
    "experiments": "Whether a new attempt keeps the learner's groups of content experiments, or draws them again.",
    "schedule": "Whether the personal schedule of a self-paced course starts with a new attempt, or is kept.",
    "course_team_may_reset": "The course team may switch attempts, as far as its roles let it.",
    "learner_may_reset": "Learners may reset themselves, and take that back.",
    "notify_learner": "Tell the learner.",
    "grade_of_record": "Which attempt's grade counts. It is reported, and never written over the host's own.",
}


def _fields_of(**options: Any) -> dict[str, serializers.Field]:
    return {
        name: kind(allow_null=name == "max_resets", help_text=_HELP[name], **options) for name, kind in FIELDS.items()
    }


def _locked(**options: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField(choices=tuple(FIELDS)),
        max_length=len(FIELDS),
        help_text="Fields that narrower policies cannot decide otherwise.",
        **options,
    )


PolicyWords: Any = type(
    "PolicyWords",
    (StrictSerializer,),
    {
        "__doc__": "What a policy is to decide. With PUT, a field that is left out is inherited; with PATCH, it stays.",
        **_fields_of(required=False),
        "locked": _locked(required=False),
    },
)
OwnValues: Any = type(
    "OwnValues",
    (serializers.Serializer,),
    {"__doc__": "What a policy decides itself; `inherit` where the wider one decides.", **_fields_of()},
)


@extend_schema_field({"type": ["boolean", "integer", "string", "null"]})
class _PolicyValue(serializers.JSONField):
    """What a policy can say of a field: true or false, a number or null for none, or a word."""


class EffectiveValueSerializer(serializers.Serializer):
    """What is in force for one field, and why."""

    field = serializers.ChoiceField(choices=tuple(FIELDS))
    value = _PolicyValue()
    origin = serializers.ChoiceField(
        choices=ORIGINS,
        help_text="The policy it comes from; `course_settings` if the authors of the course made it so in Studio.",
    )
    locked_by = serializers.ChoiceField(
        choices=SCOPES, allow_null=True, help_text="The policy that forbids narrower ones to decide otherwise."
    )


def _from_course_settings() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField(choices=tuple(FIELDS)),
        help_text="Fields of a course whose values its authors made so in Studio.",
    )


class CourseSettingsProblemSerializer(serializers.Serializer):
    """Why something in a course's settings was not taken into its policy."""

    code = serializers.ChoiceField(choices=PROBLEMS)
    field = serializers.CharField(allow_blank=True, help_text="Empty if it is about the whole value.")
    detail = serializers.CharField(help_text="A sentence for the course's authors.")


class CourseSettingsSerializer(serializers.Serializer):
    """What became of the settings that a course's authors made in Studio."""

    reported_at = UtcField(help_text="Since when this is so.")
    problems = CourseSettingsProblemSerializer(
        many=True, help_text="What was not taken; empty if all is in the policy."
    )


class OwnPolicySerializer(serializers.Serializer):
    """What one policy decides itself."""

    url = serializers.SerializerMethodField(help_text="Address of the policy.")
    scope = serializers.ChoiceField(choices=SCOPES)
    org = serializers.CharField(allow_blank=True, help_text="Empty unless `scope` says so.")
    course_id = serializers.CharField(source="course_key", allow_blank=True, help_text="Empty unless `scope` says so.")
    own = serializers.SerializerMethodField(help_text="Every field; `inherit` where the wider policy decides.")
    locked = _locked()
    from_course_settings = _from_course_settings()

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, policy: OwnPolicy) -> str:
        """Return the address of the policy."""
        named = {"org": {"org": policy.org}, "course": {"course_id": policy.course_key}}.get(policy.scope, {})
        return reverse(f"attempts_api:policy-{policy.scope}", kwargs=named, request=self.context.get("request"))

    @extend_schema_field(OwnValues)
    def get_own(self, policy: OwnPolicy) -> dict[str, Any]:
        """Return every field, with ``inherit`` for those it leaves to the wider policy."""
        return _own_values(policy.values)


class PolicySerializer(OwnPolicySerializer):
    """What one policy decides itself, and what is in force where it applies."""

    effective = serializers.SerializerMethodField(help_text="What is in force, field by field.")
    course_settings = serializers.SerializerMethodField(
        help_text="What became of the settings that the course's authors made in Studio; null if they made none."
    )

    @extend_schema_field(CourseSettingsSerializer(allow_null=True))
    def get_course_settings(self, _policy: OwnPolicy) -> dict[str, Any] | None:
        """Return what became of the authors' settings."""
        report = self.context["course_settings"]
        return CourseSettingsSerializer(report).data if report else None

    @extend_schema_field(EffectiveValueSerializer(many=True))
    def get_effective(self, _policy: OwnPolicy) -> list[dict[str, Any]]:
        """Return what is in force."""
        effective = self.context["effective"]
        return [
            {
                "field": name,
                "value": getattr(effective, name),
                "origin": effective.origins[name],
                "locked_by": effective.locks.get(name),
            }
            for name in FIELDS
        ]


class PolicyChangeSerializer(serializers.Serializer):
    """What a policy decided from one moment on."""

    changed_at = UtcField()
    changed_by = serializers.CharField(allow_null=True, help_text="Username; null for the system.")
    role = serializers.CharField(source="provenance.role", allow_blank=True)
    client = serializers.CharField(source="provenance.client", allow_blank=True)
    request_id = serializers.CharField(source="provenance.request_id", allow_blank=True)
    own = serializers.SerializerMethodField(help_text="Every field; `inherit` where the wider policy decides.")
    locked = _locked()
    from_course_settings = _from_course_settings()

    @extend_schema_field(OwnValues)
    def get_own(self, change: Any) -> dict[str, Any]:
        """Return every field, with ``inherit`` for those it left to the wider policy."""
        return _own_values(change.values)


def _own_values(values: Any) -> dict[str, Any]:
    return {name: values.get(name, INHERIT_WORD) for name in FIELDS}


PolicyPage: Any = page_serializer("PolicyPage", OwnPolicySerializer)
PolicyHistoryPage: Any = page_serializer("PolicyHistoryPage", PolicyChangeSerializer)
