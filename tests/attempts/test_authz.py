"""Roles from openedx-authz: the real package, its own policies and ours, the same table as for the platform's roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from ccx_keys.locator import CCXLocator
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import transaction

from attempts import api, conf
from attempts.data import PERMISSIONS, Reach
from attempts.exceptions import InvalidCourseKey
from attempts.keys import attempt_course_key
from sandbox.student.models import CourseAccessRole
from tests import matrix
from tests.factories import COURSE, LOOKALIKE, CourseFactory, PolicyFactory, UserFactory, enrolled

authz = pytest.importorskip("openedx_authz.api.users")
enforcer = pytest.importorskip("openedx_authz.engine.enforcer")
EQUIVALENTS = pytest.importorskip("openedx_authz.constants.roles").LEGACY_COURSE_ROLE_EQUIVALENCES
KNOWS_ORGANISATIONS = hasattr(pytest.importorskip("openedx_authz.api.data"), "OrgCourseOverviewGlobData")

# The framework decides in memory, by rows that it reads whole.
pytestmark = [pytest.mark.django_db, pytest.mark.alike]
#: The shipped policies, found as the documentation says.
OURS = files("attempts") / "permissions" / "authz.policy"
COURSE_ROLES = [holder for holder in matrix.holders() if holder.removesuffix(" of the course") in EQUIVALENTS]
OTHERS = ["is_superuser", "is_staff", "support of the whole site", "learner", "inactive superuser", "anonymous"]
Load = Callable[..., None]


@pytest.fixture(scope="module")
def policies(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The framework's policies and ours, loaded once for all tests: it takes longer than most of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_policies")
        call_command("load_policies", policy_file_path=str(OURS))
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def chosen(policies: None, db: None, settings: Any) -> None:
    """A site that has loaded the framework's policies and ours, and has chosen it."""
    # What the test before has loaded is in memory still.
    enforcer.AuthzEnforcer.invalidate_policy_cache()
    settings.ATTEMPTS_ROLE_SOURCE = "attempts.permissions.authz.AuthzRoles"


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load more policies, as an operator does."""

    def write_and_load(*lines: str) -> None:
        path = tmp_path / "more.policy"
        path.write_text("\n".join(lines))
        call_command("load_policies", policy_file_path=str(path))

    return write_and_load


def assign(user: Any, role: str, course_key: Any = COURSE) -> Any:
    """Give somebody one of the framework's roles in a course."""
    CourseFactory(id=course_key)
    assert authz.assign_role_to_user_in_scope(user.username, role, str(course_key))
    return user


def somebody(holder: str) -> Any:
    """Somebody as a row of the table calls her; roles in a course are the framework's."""
    if holder == "anonymous":
        return AnonymousUser()
    if holder == "learner":
        return enrolled()
    if holder == "inactive superuser":
        return UserFactory(is_superuser=True, is_active=False)
    user = UserFactory(is_superuser=holder == "is_superuser", is_staff=holder == "is_staff")
    role, _, where = holder.partition(" of the ")
    if where == "whole site":
        CourseAccessRole.objects.create(user=user, role=role)
    elif where:
        assign(user, EQUIVALENTS[role])
    return user


def recorded(holder: str) -> str:
    """The name by which a role is recorded."""
    role, _, where = holder.partition(" of the ")
    return f"{EQUIVALENTS[role]} of the course" if where == "course" else role


def test_every_role_of_a_course_has_an_equivalent() -> None:
    """Or the table would be tested in part."""
    assert conf.DEFAULT_ROLES["course"].keys() <= {holder.removesuffix(" of the course") for holder in COURSE_ROLES}


@pytest.mark.parametrize("agreement", ["nowhere", "in the course", "everywhere but in the course"])
@pytest.mark.parametrize("holder", [*COURSE_ROLES, *OTHERS])
def test_the_table(holder: str, agreement: str) -> None:
    """Each cell, in checks and lists, and the name of the framework's role."""
    matrix.AGREEMENTS[agreement].write()
    user = somebody(holder)
    wrong = matrix.wrong_roles(user, holder, matrix.AGREEMENTS[agreement].places, recorded)
    wrong += matrix.wrong_reaches(user, holder)
    assert not wrong, "\n".join(wrong)


def test_our_policies_are_loaded_once() -> None:
    """Behaviour 7. However often the command is run."""
    rules = apps.get_model("casbin_adapter.CasbinRule").objects
    before = rules.count()
    assert rules.filter(v1__startswith="act^attempts.").count() == 12
    call_command("load_policies", policy_file_path=str(OURS))
    assert rules.count() == before


def test_the_framework_s_other_roles_permit_nothing() -> None:
    """Those that the platform's own roles have no equivalent of."""
    user = assign(assign(UserFactory(), "course_auditor"), "course_editor")
    assert authz.is_user_allowed(user.username, "courses.view_course", str(COURSE))
    assert [permission for permission in PERMISSIONS if api.reach(user, permission)] == []


def test_the_platform_s_own_roles_in_courses_do_not_count() -> None:
    """Behaviour 7. One source decides about courses."""
    user = UserFactory()
    CourseAccessRole.objects.create(user=user, role="instructor", org="Org", course_id=COURSE)
    CourseAccessRole.objects.create(user=user, role="instructor", org="Org")
    assert api.role_for(user, "view_attempts", course_key=COURSE) is None
    assert not api.reach(user, "view_attempts")


def test_somebody_inactive_has_nothing() -> None:
    """Though the framework does not ask."""
    user = assign(UserFactory(is_active=False), "course_admin")
    assert authz.is_user_allowed(user.username, "attempts.view_attempts", str(COURSE))
    assert api.role_for(user, "view_attempts", course_key=COURSE) is None
    assert not api.reach(user, "view_attempts")


def test_several_roles_add_up() -> None:
    """Each gives what it gives; the one given first is named."""
    user = assign(assign(UserFactory(), "course_data_researcher"), "course_admin")
    assign(user, "course_staff", LOOKALIKE)
    PolicyFactory(course_team_may_reset=True)
    assert api.role_for(user, "view_attempts", course_key=COURSE) == "course_data_researcher of the course"
    assert api.role_for(user, "reset", course_key=COURSE) == "course_admin of the course"
    assert api.role_for(user, "view_attempts", course_key=LOOKALIKE) == "course_staff of the course"
    assert api.role_for(user, "reset", course_key=LOOKALIKE) is None
    assert api.reach(user, "view_attempts") == Reach(courses=frozenset({COURSE, LOOKALIKE}))
    assert api.reach(user, "export") == Reach(courses=frozenset({COURSE}))


def test_what_the_framework_lets_staff_do_is_not_asked(settings: Any) -> None:
    """It lets them do everything in courses; what staff of the site may do is the table's business."""
    staff = UserFactory(is_staff=True)
    settings.ATTEMPTS_ROLES = {"global": {"is_superuser": PERMISSIONS}}
    assert authz.is_user_allowed(staff.username, "attempts.export", str(COURSE))
    assert api.role_for(staff, "export", course_key=COURSE) is None
    assert not api.reach(staff, "export")
    assign(staff, "course_staff")
    assert api.role_for(staff, "view_attempts", course_key=COURSE) == "course_staff of the course"
    assign(staff, "course_data_researcher", LOOKALIKE)
    assert api.role_for(staff, "export", course_key=LOOKALIKE) == "course_data_researcher of the course"
    assert api.role_for(staff, "export", course_key=COURSE) is None


def test_a_denial_wins(load: Load) -> None:
    """In one course, over whatever roles; in checks and lists alike."""
    user = assign(assign(UserFactory(), "course_admin"), "course_staff")
    assign(user, "course_admin", LOOKALIKE)
    assert api.reach(user, "view_attempts") == Reach(courses=frozenset({COURSE, LOOKALIKE}))
    load(f"p, role^course_admin, act^attempts.view_attempts, course-v1^{COURSE}, deny")
    assert api.role_for(user, "view_attempts", course_key=COURSE) is None
    assert api.role_for(user, "view_attempts", course_key=LOOKALIKE) == "course_admin of the course"
    assert api.reach(user, "view_attempts") == Reach(courses=frozenset({LOOKALIKE}))
    assert api.reach(user, "reset") == Reach(courses=frozenset({COURSE, LOOKALIKE}))


def test_a_denial_for_one_user_wins(load: Load) -> None:
    """The others keep what they have."""
    one, other = assign(UserFactory(), "course_admin"), assign(UserFactory(), "course_admin")
    load(f"p, user^{one.username}, act^attempts.view_attempts, course-v1^*, deny")
    assert api.role_for(one, "view_attempts", course_key=COURSE) is None
    assert not api.reach(one, "view_attempts")
    assert api.role_for(other, "view_attempts", course_key=COURSE) == "course_admin of the course"


def test_a_denial_does_not_concern_roles_on_the_whole_site(load: Load) -> None:
    """Though any denial at all makes the framework refuse staff everything."""
    load(f"p, role^course_admin, act^attempts.view_attempts, course-v1^{COURSE}, deny")
    staff = UserFactory(is_staff=True)
    assert not authz.is_user_allowed(staff.username, "courses.view_course", str(LOOKALIKE))
    assert api.role_for(staff, "view_attempts", course_key=COURSE) == "is_staff"


def test_an_implied_action_is_not_enough(load: Load) -> None:
    """The framework's lists leave it out, so checks do."""
    load(
        "g2, act^attempts.export, act^attempts.bulk",
        f"p, role^course_data_researcher, act^attempts.bulk, course-v1^{LOOKALIKE}, deny",
    )
    user = assign(UserFactory(), "course_data_researcher")
    assert authz.is_user_allowed(user.username, "attempts.bulk", str(COURSE))
    assert api.role_for(user, "bulk", course_key=COURSE) is None
    assert not api.reach(user, "bulk")


def test_a_site_gives_more(load: Load) -> None:
    """By a policy of its own, in the courses it says; switching stays up to the reset policy."""
    load(
        f"p, role^course_staff, act^attempts.reset, course-v1^{COURSE}, allow",
        f"p, role^course_staff, act^attempts.manage_policy, course-v1^{COURSE}, allow",
    )
    user = assign(assign(UserFactory(), "course_staff"), "course_staff", LOOKALIKE)
    assert api.role_for(user, "manage_policy", course_key=COURSE) == "course_staff of the course"
    assert api.role_for(user, "manage_policy", course_key=LOOKALIKE) is None
    assert api.reach(user, "manage_policy") == Reach(courses=frozenset({COURSE}))
    assert api.role_for(user, "reset", course_key=COURSE) is None
    PolicyFactory(course_team_may_reset=True)
    assert api.role_for(user, "reset", course_key=COURSE) == "course_staff of the course"


def test_scopes_that_the_framework_does_not_know() -> None:
    """The course of a CCX, an organisation: nothing, and no error."""
    user = assign(UserFactory(), "course_admin")
    ccx = CCXLocator(org="Org", course="Course", run="Run", ccx="1")
    assert api.role_for(user, "view_attempts", course_key=ccx) is None
    for org in ("Org", "*", "Org+Course+Run"):
        assert api.role_for(user, "view_attempts", org=org) is None


def test_behaviour_7_an_attempt_is_no_scope() -> None:
    """The framework fails at its key, so it is never asked with one."""
    user = assign(UserFactory(), "course_admin")
    archived = attempt_course_key(COURSE, 1)
    with pytest.raises(ValueError, match="attempt-v1"):
        authz.is_user_allowed(user.username, "attempts.view_attempts", str(archived))
    with pytest.raises(InvalidCourseKey):
        api.role_for(user, "view_attempts", course_key=archived)


def test_roles_elsewhere_do_not_count(load: Load) -> None:
    """In a library, or in all courses at once, which is for the table of roles on the whole site to say."""
    user = UserFactory()
    load(
        "p, role^library_admin, act^attempts.view_attempts, lib^*, allow",
        f"g, user^{user.username}, role^library_admin, lib^lib:Org:Library",
        f"g, user^{user.username}, role^course_admin, course-v1^course-v1:*",
    )
    assert not api.reach(user, "view_attempts")
    assert api.role_for(user, "view_attempts", course_key=COURSE) is None
    assign(user, "course_staff")
    assert api.reach(user, "view_attempts") == Reach(courses=frozenset({COURSE}))


def test_a_role_that_cannot_be_read_gives_nothing(load: Load, caplog: pytest.LogCaptureFixture) -> None:
    """The framework's API fails for whoever holds a role everywhere; the log says so."""
    user = assign(UserFactory(), "course_admin")
    load(f"g, user^{user.username}, role^course_staff, *")
    with pytest.raises(ValueError, match="namespaced_key"):
        authz.get_user_role_assignments(user.username)
    assert api.role_for(user, "view_attempts", course_key=COURSE) is None
    assert not api.reach(user, "view_attempts")
    assert f"The roles of user {user.pk} in openedx-authz cannot be read" in caplog.text


@pytest.mark.skipif(KNOWS_ORGANISATIONS, reason="this release of openedx-authz has roles in organisations")
def test_a_release_without_roles_in_organisations(load: Load) -> None:
    """Nothing, and no error."""
    user = UserFactory()
    load(f"g, user^{user.username}, role^course_admin, course-v1^course-v1:Org+*")
    assert api.role_for(user, "view_attempts", course_key=COURSE) is None
    assert api.role_for(user, "view_attempts", org="Org") is None
    assert not api.reach(user, "view_attempts")


@pytest.mark.skipif(not KNOWS_ORGANISATIONS, reason="this release of openedx-authz has no roles in organisations")
def test_the_table_for_roles_of_an_organisation(load: Load) -> None:
    """Each cell, as for the platform's own roles."""
    matrix.AGREEMENTS["in the organisation"].write()
    for role in conf.DEFAULT_ROLES["org"]:
        user, holder = UserFactory(), f"{role} of the organisation"
        load(f"g, user^{user.username}, role^{EQUIVALENTS[role]}, course-v1^course-v1:Org+*")
        places = matrix.AGREEMENTS["in the organisation"].places
        wrong = matrix.wrong_roles(
            user, holder, places, lambda _, role=role: f"{EQUIVALENTS[role]} of the organisation"
        )
        wrong += matrix.wrong_reaches(user, holder)
        assert not wrong, "\n".join(wrong)


@pytest.mark.skipif(not KNOWS_ORGANISATIONS, reason="this release of openedx-authz has no roles in organisations")
def test_a_denial_in_one_course_of_an_organisation(load: Load) -> None:
    """Checks keep to it, and lists leave the organisation out rather than show too much."""
    user = UserFactory()
    ccx = CCXLocator(org="Org", course="Course", run="Run", ccx="1")
    load(f"g, user^{user.username}, role^course_admin, course-v1^course-v1:Org+*")
    assert api.role_for(user, "view_attempts", course_key=ccx) == "course_admin of the organisation"
    load(f"p, role^course_admin, act^attempts.view_attempts, course-v1^{COURSE}, deny")
    assert api.role_for(user, "view_attempts", course_key=COURSE) is None
    assert api.role_for(user, "view_attempts", course_key=LOOKALIKE) == "course_admin of the organisation"
    assert api.role_for(user, "view_attempts", course_key=ccx) is None
    assert api.role_for(user, "view_attempts", org="Org") is None
    assert not api.reach(user, "view_attempts")


def test_the_framework_is_not_installed(settings: Any) -> None:
    """Said at once, not at the first question."""
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if not app.startswith("openedx_authz")]
    with pytest.raises(ImproperlyConfigured, match="openedx_authz"):
        conf.role_source()
