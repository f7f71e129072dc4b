"""The shape of every error."""

from __future__ import annotations

from rest_framework import serializers

from attempts_api.v1.error_codes import ERROR_CODES


class ErrorReasonSerializer(serializers.Serializer):
    """One of the reasons why a switch is refused."""

    code = serializers.CharField()
    detail = serializers.CharField()


class ErrorSerializer(serializers.Serializer):
    """Why a request was refused."""

    code = serializers.ChoiceField(choices=tuple(ERROR_CODES), help_text="Stable name of the kind of error.")
    detail = serializers.CharField(help_text="A sentence for people.")
    reasons = ErrorReasonSerializer(many=True, required=False, help_text="With `not_eligible`: every reason.")
