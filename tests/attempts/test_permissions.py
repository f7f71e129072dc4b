"""Who may do what, where: the table of the documentation, cell by cell, and what it leaves open."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ccx_keys.locator import CCXLocator
from django.contrib.auth.models import AnonymousUser
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.conf import DEFAULT_ROLES
from attempts.data import PERMISSIONS, Reach
from attempts.exceptions import DeprecatedCourseKey, InvalidCourseKey
from sandbox.student.models import CourseAccessRole
from tests import matrix
from tests.factories import COURSE, LOOKALIKE, PolicyFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db
EMPTY = CourseAccessRole._meta.get_field("course_id").Empty
#: Holders of roles that permit nothing, or of none.
NOBODIES = {
    "beta_testers of the course",
    "ccx_coach of the course",
    "support of the course",
    "support of the organisation",
    "instructor of the whole site",
    "learner",
    "inactive superuser",
    "anonymous",
}
#: How the platform stores where a role is held, and how the table says it.
STORED = {
    "course": {"org": COURSE.org, "course_id": COURSE},
    "organisation": {"org": COURSE.org, "course_id": EMPTY},
    "whole site": {"org": "", "course_id": EMPTY},
}
FLAGS = {"is_superuser", "is_staff"}


def give(user: Any, role: str, where: str = "course", **stored: Any) -> Any:
    """Give somebody a role."""
    CourseAccessRole.objects.create(user=user, role=role, **{**STORED[where], **stored})
    return user


def somebody(holder: str) -> Any:
    """Somebody as a row of the table calls her."""
    if holder == "anonymous":
        return AnonymousUser()
    if holder == "learner":
        return enrolled()
    if holder == "inactive superuser":
        return UserFactory(is_superuser=True, is_staff=True, is_active=False)
    if holder in FLAGS:
        return UserFactory(**{holder: True})
    role, _, where = holder.partition(" of the ")
    return give(UserFactory(), role, where)


def recorded(holder: str) -> str:
    """The name by which a role is recorded."""
    return holder.removesuffix(" of the whole site")


def test_the_table_is_complete() -> None:
    """Every role that permits something, every permission, every place: once, with a known word."""
    permitting = {
        role if role in FLAGS else f"{role} of the {where}"
        for scope, where in (("global", "whole site"), ("org", "organisation"), ("course", "course"))
        for role in DEFAULT_ROLES[scope]
    }
    assert set(DEFAULT_ROLES) == {"global", "org", "course"}
    assert set(matrix.holders()) == permitting | NOBODIES
    counted = Counter((row[matrix.WHO], row[matrix.PERMISSION]) for row in matrix.rows())
    assert set(counted) == {(holder, permission) for holder in matrix.holders() for permission in PERMISSIONS}
    assert {entry for entry, times in counted.items() if times > 1} == set()
    for row in matrix.rows():
        assert list(row) == [matrix.WHO, matrix.PERMISSION, *matrix.PLACES]
        assert {row[place] for place in matrix.PLACES} <= {"yes", "policy", "no"}, row


@pytest.mark.parametrize("agreement", matrix.AGREEMENTS)
@pytest.mark.parametrize("holder", matrix.holders())
def test_the_table(holder: str, agreement: str) -> None:
    """Each cell, and the name of the role, whatever the policies say of course teams."""
    matrix.AGREEMENTS[agreement].write()
    wrong = matrix.wrong_roles(somebody(holder), holder, matrix.AGREEMENTS[agreement].places, recorded)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("holder", matrix.holders())
def test_the_reach_is_that_of_the_table(holder: str) -> None:
    """What lists are made of does not differ from what is asked of one course."""
    wrong = matrix.wrong_reaches(somebody(holder), holder)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("holder", ["is_staff", "instructor of the course", "data_researcher of the organisation"])
def test_somebody_inactive_has_nothing(holder: str) -> None:
    """Whatever roles she still holds."""
    PolicyFactory(course_team_may_reset=True)
    user = somebody(holder)
    user.is_active = False
    for permission in PERMISSIONS:
        assert api.role_for(user, permission, course_key=COURSE) is None
        assert api.reach(user, permission) == Reach()


def test_nobody_has_nothing() -> None:
    """A request without a user."""
    assert api.role_for(None, "view_attempts", course_key=COURSE) is None
    assert not api.reach(None, "view_attempts")


def test_several_roles_add_up() -> None:
    """Each gives what it gives, where it is held; the one given first is named."""
    PolicyFactory(course_team_may_reset=True)
    user = give(UserFactory(), "data_researcher")
    give(user, "instructor", "organisation")
    give(user, "staff", org=matrix.ABROAD.org, course_id=matrix.ABROAD)
    assert api.role_for(user, "view_attempts", course_key=COURSE) == "data_researcher of the course"
    assert api.role_for(user, "reset", course_key=COURSE) == "instructor of the organisation"
    assert api.role_for(user, "export", course_key=COURSE) == "data_researcher of the course"
    assert api.role_for(user, "export", course_key=LOOKALIKE) is None
    assert api.role_for(user, "view_attempts", course_key=matrix.ABROAD) == "staff of the course"
    assert api.role_for(user, "reset", course_key=matrix.ABROAD) is None
    assert api.reach(user, "view_attempts") == Reach(
        orgs=frozenset({"Org"}), courses=frozenset({COURSE, matrix.ABROAD})
    )
    assert api.reach(user, "export") == Reach(courses=frozenset({COURSE}))


def test_a_role_on_the_whole_site_is_named_before_others() -> None:
    """It does not depend on the policy, so it is the one to record."""
    user = give(UserFactory(is_staff=True), "instructor")
    assert api.role_for(user, "reset", course_key=COURSE) == "is_staff"
    give(user, "support", "whole site")
    user.is_superuser = True
    assert api.role_for(user, "reset", course_key=COURSE) == "is_superuser"


def test_a_role_by_the_name_of_a_flag_is_none() -> None:
    """Whoever may give roles cannot make superusers."""
    user = give(UserFactory(), "is_superuser", "whole site")
    give(user, "is_staff", "whole site")
    assert api.role_for(user, "view_attempts") is None
    assert not api.reach(user, "view_attempts")


@pytest.mark.parametrize(
    ("org", "other"), [("Org", "Org2"), ("Org2", "Org"), ("Org", "org"), ("org", "Org"), ("Org", "O")]
)
def test_organisations_are_told_apart(org: str, other: str) -> None:
    """By every letter, and by case."""
    user = give(UserFactory(), "staff", "organisation", org=org)
    there = CourseKey.from_string(f"course-v1:{org}+Course+Run")
    elsewhere = CourseKey.from_string(f"course-v1:{other}+Course+Run")
    assert api.role_for(user, "view_attempts", course_key=there) == "staff of the organisation"
    assert api.role_for(user, "view_attempts", org=org) == "staff of the organisation"
    assert api.role_for(user, "view_attempts", course_key=elsewhere) is None
    assert api.role_for(user, "view_attempts", org=other) is None
    assert not api.reach(user, "view_attempts").covers(elsewhere)


def test_courses_are_told_apart_by_case() -> None:
    """Though the platform's column may not tell it."""
    user = give(UserFactory(), "staff")
    assert api.role_for(user, "view_attempts", course_key="course-v1:org+course+run") is None
    assert api.role_for(user, "view_attempts", course_key=str(COURSE)) == "staff of the course"


@pytest.mark.parametrize("course_id", [EMPTY, None], ids=["empty", "none"])
def test_an_empty_course_is_none(course_id: Any) -> None:
    """Behaviour 7. The platform's column has no NULL: a role of an organisation has an empty text."""
    user = give(UserFactory(), "staff", org="Org", course_id=course_id)
    assert CourseAccessRole.objects.filter(user=user, course_id=EMPTY).exists()
    assert api.role_for(user, "view_attempts", course_key=LOOKALIKE) == "staff of the organisation"
    nowhere = give(UserFactory(), "staff", org="", course_id=course_id)
    for words in ({}, {"org": ""}, {"org": "Org"}, {"course_key": COURSE}):
        assert api.role_for(nowhere, "view_attempts", **words) is None
    assert not api.reach(nowhere, "view_attempts")


def test_a_course_s_role_without_an_organisation_is_the_course_s() -> None:
    """Rows of old releases."""
    user = give(UserFactory(), "staff", org="")
    assert api.role_for(user, "view_attempts", course_key=COURSE) == "staff of the course"
    assert api.role_for(user, "view_attempts", course_key=LOOKALIKE) is None
    assert api.role_for(give(UserFactory(), "support", org=""), "view_attempts", course_key=COURSE) is None


def test_a_ccx_is_a_course_of_its_own() -> None:
    """Of the same organisation as the course it is made of."""
    ccx, other = (CCXLocator(org="Org", course="Course", run="Run", ccx=number) for number in ("1", "10"))
    of_the_ccx = give(UserFactory(), "staff", course_id=ccx)
    assert api.role_for(of_the_ccx, "view_attempts", course_key=ccx) == "staff of the course"
    assert api.role_for(of_the_ccx, "view_attempts", course_key=COURSE) is None
    assert api.role_for(of_the_ccx, "view_attempts", course_key=other) is None
    assert api.reach(of_the_ccx, "view_attempts") == Reach(courses=frozenset({ccx}))
    assert api.role_for(give(UserFactory(), "staff"), "view_attempts", course_key=ccx) is None
    of_the_org = give(UserFactory(), "instructor", "organisation")
    assert api.role_for(of_the_org, "view_attempts", course_key=ccx) == "instructor of the organisation"
    assert api.role_for(of_the_org, "reset", course_key=ccx) is None
    PolicyFactory(course_key=str(ccx), course_team_may_reset=True)
    assert api.role_for(of_the_org, "reset", course_key=ccx) == "instructor of the organisation"
    assert api.role_for(of_the_org, "reset", course_key=COURSE) is None


def test_only_courses_are_asked_about() -> None:
    """Not attempts, libraries or keys of the old form."""
    user = give(UserFactory(), "staff", "organisation")
    for key in ("attempt-v1:Org+Course+Run+attempt@1", "library-v1:Org+Course", "nonsense"):
        with pytest.raises(InvalidCourseKey):
            api.role_for(user, "view_attempts", course_key=key)
    with pytest.raises(DeprecatedCourseKey):
        api.role_for(user, "view_attempts", course_key="Org/Course/Run")


def test_nothing_is_remembered() -> None:
    """Behaviour 7.

    A role counts from the moment it is given to the moment it is taken, for the same user in memory, too.
    """
    policy = PolicyFactory(course_team_may_reset=True)
    user = UserFactory()
    assert api.role_for(user, "reset", course_key=COURSE) is None
    give(user, "instructor")
    assert api.role_for(user, "reset", course_key=COURSE)
    policy.course_team_may_reset = False
    policy.save()
    assert api.role_for(user, "reset", course_key=COURSE) is None
    assert api.reach(user, "view_attempts")
    CourseAccessRole.objects.filter(user=user).update(role="beta_testers")
    assert not api.reach(user, "view_attempts")


def test_a_site_gives_more(settings: Any) -> None:
    """To a role the platform has, and to one of the site's own; scopes that are left out stay as they are."""
    settings.ATTEMPTS_ROLES = {
        "course": {"staff": ["view_attempts", "reset"], "teaching_assistant": ["undo"]},
    }
    staff, assistant = give(UserFactory(), "staff"), give(UserFactory(), "teaching_assistant")
    assert api.role_for(staff, "reset", course_key=COURSE) is None
    PolicyFactory(course_team_may_reset=True)
    assert api.role_for(staff, "reset", course_key=COURSE) == "staff of the course"
    assert api.role_for(staff, "undo", course_key=COURSE) is None
    assert api.role_for(assistant, "undo", course_key=COURSE) == "teaching_assistant of the course"
    assert api.role_for(assistant, "view_attempts", course_key=COURSE) is None
    assert api.role_for(give(UserFactory(), "instructor"), "view_attempts", course_key=COURSE) is None
    of_the_org = give(UserFactory(), "instructor", "organisation")
    assert api.role_for(of_the_org, "view_attempts", course_key=COURSE) == "instructor of the organisation"
    assert api.role_for(UserFactory(is_staff=True), "bulk") == "is_staff"


@pytest.mark.parametrize("permission", ["reset", "undo", "activate", "bulk"])
def test_what_switches_depends_on_the_policy_whoever_has_it(settings: Any, permission: Any) -> None:
    """A site can give a course team more, but the policy decides where."""
    settings.ATTEMPTS_ROLES = {"course": {"instructor": [permission, "manage_policy"]}}
    user = give(UserFactory(), "instructor")
    assert api.role_for(user, permission, course_key=COURSE) is None
    assert api.role_for(user, "manage_policy", course_key=COURSE) == "instructor of the course"
    PolicyFactory(course_team_may_reset=True)
    assert api.role_for(user, permission, course_key=COURSE) == "instructor of the course"


def test_a_site_takes_away_and_adds_on_the_whole_site(settings: Any) -> None:
    """Global staff that only looks, and a role of the site's own."""
    settings.ATTEMPTS_ROLES = {
        "global": {"is_superuser": PERMISSIONS, "is_staff": ["view_attempts"], "registrar": ["export", "reset"]},
    }
    staff, registrar = UserFactory(is_staff=True), give(UserFactory(), "registrar", "whole site")
    assert api.role_for(staff, "view_attempts", course_key=COURSE) == "is_staff"
    assert api.role_for(staff, "reset", course_key=COURSE) is None
    assert api.reach(registrar, "export") == Reach(everywhere=True)
    assert api.role_for(registrar, "reset", course_key=COURSE) == "registrar"
    assert api.role_for(give(UserFactory(), "registrar"), "export", course_key=COURSE) is None
    assert api.role_for(give(UserFactory(), "support", "whole site"), "view_attempts") is None
