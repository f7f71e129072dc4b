"""The shape of every error."""

from __future__ import annotations

from rest_framework import serializers


class ErrorReasonSerializer(serializers.Serializer):
    """One of the reasons why a switch is refused."""

    code = serializers.CharField()
    detail = serializers.CharField()


class ErrorSerializer(serializers.Serializer):
    """Why a request was refused."""

    code = serializers.CharField(help_text="Stable name of the kind of error.")
    detail = serializers.CharField(help_text="A sentence for people.")
    reasons = ErrorReasonSerializer(many=True, required=False, help_text="With `not_eligible`: every reason.")
