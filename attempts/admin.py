"""Django admin: policies can be changed, history can be read, nothing can be deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from attempts.models import (
    AttemptContext,
    AttemptExport,
    AttemptOperation,
    CourseSettingsReport,
    FollowUp,
    GradeChoice,
    LearnerCourse,
    ResetPolicy,
)


class _Kept:
    """Nothing can be deleted here."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False


class _ReadOnly(_Kept):
    """Rows that only operations write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False


class _WithHistory(SimpleHistoryAdmin):
    """A page of a history, from which only who may change the row can go back to what it was."""

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Return an old version, or go back to it.

        Raises:
            PermissionDenied: not for who asks. The library leaves out the button and takes the form all the same.
        """
        if request.method == "POST" and not self.has_change_permission(request):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)


@admin.register(ResetPolicy)
class ResetPolicyAdmin(_Kept, _WithHistory):
    """What is allowed, by scope."""

    list_display = ("__str__", "active", "resets_limited", "max_resets", "certificates")
    search_fields = ("org", "course_key")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save it, and that it came through here and not, as the last change may have, over the API."""
        obj.role, obj.client, obj.request_id = "django admin", "django admin", ""
        obj.from_course_settings = [name for name in obj.from_course_settings if name not in form.changed_data]
        super().save_model(request, obj, form, change)


@admin.register(CourseSettingsReport)
class CourseSettingsReportAdmin(_ReadOnly, _WithHistory):
    """What became of the settings that authors made in Studio."""

    list_display = ("course_key", "reported_at", "problems")
    search_fields = ("course_key",)


@admin.register(LearnerCourse)
class LearnerCourseAdmin(_ReadOnly, admin.ModelAdmin):
    """Who was ever reset, and which attempt is active."""

    list_display = ("user", "course_key", "active_number")
    search_fields = ("user__username", "course_key")
    list_select_related = ("user",)


@admin.register(AttemptContext)
class AttemptContextAdmin(_ReadOnly, _WithHistory):
    """Attempts and what they came to."""

    list_display = ("uuid", "learner_course", "number", "opened_at", "archived_at", "percent_grade", "passed")
    search_fields = ("uuid", "learner_course__user__username", "learner_course__course_key")
    list_select_related = ("learner_course",)


@admin.register(GradeChoice)
class GradeChoiceAdmin(_ReadOnly, admin.ModelAdmin):
    """Who chose which attempt's grade counts."""

    list_display = ("learner_course", "context", "chosen_by", "created", "comment")
    search_fields = ("learner_course__user__username", "learner_course__course_key")
    list_select_related = ("learner_course", "context__learner_course", "chosen_by")


@admin.register(AttemptExport)
class AttemptExportAdmin(_ReadOnly, admin.ModelAdmin):
    """Who asked for which data."""

    list_display = ("uuid", "requested_by", "course_key", "org", "learner", "identities", "status", "created")
    list_filter = ("status", "format", "identities")
    search_fields = ("uuid", "requested_by__username", "learner__username", "course_key", "org")
    list_select_related = ("requested_by", "learner")


class FollowUpInline(_ReadOnly, admin.TabularInline):
    """What comes after an operation."""

    model = FollowUp
    fields = ("name", "status", "tries", "due", "tried_at", "ended_at", "error_code", "error")
    readonly_fields = fields


@admin.register(FollowUp)
class FollowUpAdmin(_ReadOnly, admin.ModelAdmin):
    """What comes after operations, and whether it worked."""

    list_display = ("name", "operation", "status", "tries", "due", "ended_at", "error_code")
    list_filter = ("status", "name")
    search_fields = ("operation__uuid",)
    list_select_related = ("operation",)


@admin.register(AttemptOperation)
class AttemptOperationAdmin(_ReadOnly, admin.ModelAdmin):
    """What was asked for, and what became of it."""

    list_display = ("uuid", "kind", "learner", "course_key", "status", "requested_by", "created", "completed_at")
    list_filter = ("kind", "status")
    search_fields = ("uuid", "learner__username", "course_key")
    list_select_related = ("learner", "requested_by")
    inlines = (FollowUpInline,)
