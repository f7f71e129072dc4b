"""The start page: courses and their learners, for whoever tries the sandbox."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sandbox.course_overviews.models import CourseOverview
from sandbox.grades.models import PersistentCourseGrade
from sandbox.student.models import CourseEnrollment

#: Learners shown per course.
SHOWN = 50


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Return the start page; staff see everybody, a learner herself."""
    courses = [
        {"id": course.id, "display_name": course.display_name, "learners": _learners(request.user, course)}
        for course in CourseOverview.objects.order_by("id")
    ]
    return render(request, "sandbox/home.html", {"courses": courses})


def _learners(user: Any, course: CourseOverview) -> list[dict[str, str]]:
    enrolments = CourseEnrollment.objects.filter(course=course).select_related("user").order_by("user__username")
    if not user.is_staff:
        enrolments = enrolments.filter(user=user)
    grades = dict(PersistentCourseGrade.objects.filter(course_id=course.id).values_list("user_id", "percent_grade"))
    return [
        {
            "username": enrolment.user.username,
            "name": enrolment.user.get_full_name(),
            "grade": f"{grades[enrolment.user_id]:.0%}" if enrolment.user_id in grades else "no grade yet",
        }
        for enrolment in enrolments[:SHOWN]
    ]
