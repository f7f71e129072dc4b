"""The operator's pages: who may open them, what they show, and what pressing the button hands over."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attempts import api, tasks
from attempts.data import TableCoverage
from attempts.models import AttemptContext, AttemptOperation, FollowUp
from attempts_api.console import assets
from attempts_api.console.templatetags.attempts_console import lasting
from sandbox.courseware.models import StudentModule
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.console.conftest import PART, browser_of, send
from tests.factories import COURSE, LOOKALIKE, CourseFactory, EnrolmentFactory, StateFactory, UserFactory, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_cache")]
ROOT = "/attempts/operator/"
PAGES = ["", "operations/", "coverage/", "verify/", "versions/"]
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>']
HEAVIEST = 300_000


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was handed to workers."""
    found: list[str] = []
    monkeypatch.setattr(tasks, "enqueue_operation", lambda uuid: found.append(str(uuid)))
    monkeypatch.setattr(tasks, "enqueue_recovery", lambda: found.append("recover"))
    return found


@pytest.fixture
def stuck(learner: Any) -> Any:
    """An operation that nobody has carried out for an hour."""
    operation = api.request_reset(learner, COURSE, requested_by=None, comment="Was ill")
    AttemptOperation.objects.update(created=timezone.now() - timedelta(hours=1))
    return operation


def page(browser: Client, path: str = "", status: int = 200, **headers: Any) -> str:
    """What a page says."""
    answer = browser.get(f"{ROOT}{path}", **headers)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def text(html: str) -> str:
    """What is read of it, with single blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# ---------------------------------------------------------------------------------------------------------------------
# Who may


@pytest.mark.parametrize("path", [*PAGES, "recover/", "operations/0b6d8cfe-0000-4000-8000-000000000000/"])
def test_only_for_those_who_see_the_whole_site(browser_as: Any, learner: Any, path: str) -> None:
    """A course team and a learner are told so, by whatever address, and have no such entry in the menu."""
    for browser in (browser_as("instructor"), browser_as("staff"), browser_of(learner)):
        refused = browser.get(f"{ROOT}{path}")
        assert refused.status_code == 403
        assert "view_attempts on the whole site" in refused.content.decode()
        assert f'href="{ROOT}"' not in refused.content.decode()
    assert Client().get(f"{ROOT}{path}").status_code == 302


def test_the_menu_of_those_who_may(support: Client) -> None:
    """Has the page."""
    assert f'href="{ROOT}"' in support.get("/attempts/").content.decode()


def test_somebody_who_may_look_and_not_switch(settings: Any, stuck: Any, sent: list[str]) -> None:
    """Sees all of it, without the buttons; the address by hand is refused."""
    settings.ATTEMPTS_ROLES = {"global": {"auditor": ["view_attempts"]}}
    auditor = UserFactory()
    CourseAccessRole.objects.create(user=auditor, role="auditor", org="", course_id=None)
    browser = browser_of(auditor)
    assert "recover" not in re.findall(r'action="([^"]*)"', page(browser))
    assert "Recover what is stuck" not in page(browser)
    assert "Hand to a worker again" not in page(browser, f"operations/{stuck.uuid}/")
    for words in ({}, {"operation": str(stuck.uuid)}):
        refused = send(browser, f"{ROOT}recover/", **words)
        assert refused.status_code == 403
        assert "bulk on the whole site" in refused.content.decode()
    assert sent == []


def test_a_course_team_cannot_recover(browser_as: Any, stuck: Any, sent: list[str]) -> None:
    """Not even where the policy lets it switch."""
    api.change_policy({"course_team_may_reset": True}, changed_by=None)
    assert send(browser_as("instructor"), f"{ROOT}recover/").status_code == 403
    assert sent == []


# ---------------------------------------------------------------------------------------------------------------------
# What is under way


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1.2, "1 second"), (59.4, "59 seconds"), (60, "1 minute"), (5400, "1 hour")],
)
def test_time_spans_in_words(seconds: float, words: str) -> None:
    """In seconds below a minute, where Django's own words say none."""
    assert lasting(seconds).replace("\xa0", " ").startswith(words)


def test_how_long_operations_wait(support: Client, stuck: Any) -> None:
    """In words, of each and of the oldest."""
    assert text(page(support)).replace("\xa0", " ").count("1 hour") == 2


def test_what_is_stuck_is_named_and_handed_over(support: Client, stuck: Any, sent: list[str]) -> None:
    """All of it, or one; the request itself carries nothing out."""
    shown = page(support)
    assert "stuck" in shown
    assert stuck.learner.username in shown
    assert "1 are in flight for more than 600 seconds." in shown
    answer = send(support, f"{ROOT}recover/")
    assert answer.status_code == 200
    assert "1 operation was handed to the workers." in answer.content.decode()
    assert "1 operation was handed to the workers." in answer["HX-Trigger"]
    assert "<html" not in answer.content.decode()
    assert send(support, f"{ROOT}recover/", operation=str(stuck.uuid)).status_code == 200
    assert sent == ["recover", str(stuck.uuid)]
    assert api.operation(stuck.uuid).status == "enqueued"


def test_without_script(support: Client, stuck: Any, sent: list[str]) -> None:
    """A page to go to, which says what was handed over; its address by hand does nothing."""
    answer = send(support, f"{ROOT}recover/", part=False)
    assert (answer.status_code, answer["Location"]) == (303, f"{ROOT}?handed=1")
    assert "1 operation was handed to the workers." in page(support, "?handed=1")
    assert support.get(f"{ROOT}recover/").status_code == 303
    assert sent == ["recover"]
    for nonsense in ("x", "-1", "99999999", "<script>"):
        assert "handed to the workers" not in page(support, f"?handed={nonsense}")


def test_an_operation_that_has_ended_is_left_alone(support: Client, reset: Any, learner: Any, sent: list[str]) -> None:
    """Whoever presses a button of an old page."""
    operation = reset(learner)
    answer = send(support, f"{ROOT}recover/", operation=str(operation.uuid))
    assert answer.status_code == 200
    assert "No operation was stuck." in answer.content.decode()
    assert sent == []


@pytest.mark.parametrize("uuid", ["0b6d8cfe-0000-4000-8000-000000000000", "nonsense", "<script>"])
def test_an_operation_that_is_none(support: Client, sent: list[str], uuid: str) -> None:
    """Is not there."""
    assert send(support, f"{ROOT}recover/", operation=uuid).status_code == 404
    assert sent == []


def test_a_form_of_another_site(support: Client, sent: list[str]) -> None:
    """Has no token."""
    assert support.post(f"{ROOT}recover/").status_code == 403
    assert sent == []


def test_a_broker_that_is_away(support: Client, stuck: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is said, and nothing else of it."""

    def refuse(*_words: Any) -> None:
        raise ConnectionError("amqp://user:secret@broker")

    monkeypatch.setattr(tasks, "enqueue_operation", refuse)
    monkeypatch.setattr(tasks, "enqueue_recovery", refuse)
    for words in ({}, {"operation": str(stuck.uuid)}):
        answer = send(support, f"{ROOT}recover/", **words)
        assert answer.status_code == 503
        assert "nothing was handed to a worker" in answer.content.decode()
        assert "secret" not in answer.content.decode()


def test_it_is_carried_out_by_a_worker(support: Client, stuck: Any, run: Any) -> None:
    """What is handed over is a task of ours, and doing it twice does no harm."""
    for words in ({}, {"operation": str(stuck.uuid)}, {}):
        assert send(support, f"{ROOT}recover/", **words).status_code == 200
    assert tasks.recover_operations() == [str(stuck.uuid)]
    tasks.run_operation(str(stuck.uuid))
    assert api.operation(stuck.uuid).status == "complete"
    assert AttemptContext.objects.count() == 2
    assert "Nothing is under way." in page(support)


def test_the_part_that_waits(support: Client, stuck: Any, run: Any) -> None:
    """Asks again while something is under way, ever later."""
    part = page(support, "?look=2", **PART)
    assert "<html" not in part
    assert re.search(r"delay:(\d+)s", part)[1] == "3"
    one = page(support, f"operations/{stuck.uuid}/", **PART)
    assert "data-live" in one
    run(stuck)
    assert "data-live" not in page(support, **PART)
    assert "data-live" not in page(support, f"operations/{stuck.uuid}/", **PART)


def test_looking_is_logged(support: Client, stuck: Any, sent: list[str], caplog: pytest.LogCaptureFixture) -> None:
    """Who looked at whom, and who handed what over."""
    with caplog.at_level("INFO", "attempts.audit"):
        page(support)
        page(support, f"operations/{stuck.uuid}/")
        send(support, f"{ROOT}recover/", operation=str(stuck.uuid))
    lines = [record.getMessage() for record in caplog.records if record.name == "attempts.audit"]
    assert any(f"resource=operations actor={support.user.pk}" in line for line in lines)
    assert any(f"resource=operation actor={support.user.pk}" in line for line in lines)
    assert any("resource=recovery" in line and f"learner={stuck.learner.id}" in line for line in lines)


# ---------------------------------------------------------------------------------------------------------------------
# All operations


@pytest.fixture
def several(learner: Any, reset: Any, undo: Any) -> dict[str, Any]:
    """Four of three learners in two courses."""
    other = enrolled(LOOKALIKE, username="other")
    asked = UserFactory(username="requester")
    return {
        "reset": reset(learner),
        "undo": undo(learner),
        "elsewhere": reset(other, LOOKALIKE),
        "asked": api.request_reset(enrolled(username="third"), COURSE, requested_by=asked),
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"reset", "undo", "elsewhere", "asked"}),
        ("kind=undo", {"undo"}),
        ("status=enqueued", {"asked"}),
        ("learner=other", {"elsewhere"}),
        (f"course_id={LOOKALIKE}", {"elsewhere"}),
        ("org=Nowhere", set()),
        ("requested_by=requester", {"asked"}),
        ("created_after=2999-01-01T00:00", set()),
        ("created_before=2999-01-01T00:00&kind=reset", {"reset", "elsewhere", "asked"}),
        ("completed_after=2020-01-01T00:00", {"reset", "undo", "elsewhere"}),
        ("completed_before=2020-01-01T00:00", set()),
        ("kind=&status=&learner=&course_id=&created_after=", {"reset", "undo", "elsewhere", "asked"}),
    ],
)
def test_filters(support: Client, several: dict[str, Any], query: str, names: set[str]) -> None:
    """Each by itself; a field that is left empty is none."""
    shown = page(support, f"operations/?{query.replace('+', '%2B')}")
    assert {name for name, operation in several.items() if f"/operations/{operation.uuid}/" in shown} == names


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("kind=nonsense", 400, "kind"),
        ("status=nonsense", 400, "status"),
        ("created_after=yesterday", 400, "created_after"),
        ("course_id=nonsense", 400, "nonsense"),
        ("learner=nobody", 404, "nobody"),
        ("cursor=nonsense", 400, "cursor"),
        ("learner=a%00b", 400, "learner"),
    ],
)
def test_filters_that_make_no_sense(support: Client, query: str, status: int, said: str) -> None:
    """Are named, and what was typed stays in the form."""
    shown = page(support, f"operations/?{query}", status=status)
    assert said in re.search(r'role="alert">(?!<)(.*?)</div>', shown)[1]
    if "nobody" in query:
        assert 'value="nobody"' in shown


def test_pages_follow_one_another(support: Client, several: dict[str, Any]) -> None:
    """With the filters; the last has no next."""
    AttemptOperation.objects.filter(in_flight=True).update(in_flight=None, status="failed")
    learner = enrolled(username="many")
    made = [
        AttemptOperation(
            kind="reset", learner=learner, course_key=COURSE, org="Org", status="failed", in_flight=None, error_code="x"
        )
        for _ in range(60)
    ]
    AttemptOperation.objects.bulk_create(made)
    first = page(support, "operations/?learner=many")
    assert first.count("<tr>") == 1 + 50
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    assert "learner=many" in following
    second = page(support, f"operations/{following}")
    assert second.count("<tr>") == 1 + 10
    assert 'rel="next"' not in second
    assert 'rel="prev"' in second


def test_one_operation(support: Client, several: dict[str, Any]) -> None:
    """All that is known of it, store by store."""
    shown = text(page(support, f"operations/{several['reset'].uuid}/"))
    for word in (str(several["reset"].uuid), str(COURSE), "courseware_studentmodule", "complete", "Follow-up"):
        assert word in shown
    assert "operation" in page(support, "operations/nonsense/", status=404)


@pytest.mark.parametrize(
    ("role", "word"),
    [
        ("is_staff", "staff of the site"),
        ("operator", "operator"),
        ("instructor of the course", "instructor of the course"),
        ("course_data_researcher of the organisation", "data researcher of the organisation"),
        ("mentors_of_2026", "mentors_of_2026"),
    ],
)
def test_roles_and_checks_go_by_words(support: Client, reset: Any, learner: Any, role: str, word: str) -> None:
    """And what the host has made itself by its own name."""
    operation = reset(learner)
    AttemptOperation.objects.update(role=role)
    assert f"By the role {word} " in text(page(support, f"operations/{operation.uuid}/"))
    for path in (operation.from_uuid, operation.to_uuid):
        assert f"( {word} )" in text(support.get(f"/attempts/attempts/{path}/").content.decode())
    shown = text(page(support))
    assert "Database well It answers." in shown
    assert "Recovery of what is stuck" in shown


def test_what_was_given_up_is_run_again(
    support: Client, reset: Any, learner: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    """For a reason, by those who may set many switches going; who and why is logged. Else there is no button."""
    caplog.set_level(logging.INFO, "attempts.audit")
    given: list[str] = []

    def refuse(*_words: Any) -> None:
        raise OSError

    monkeypatch.setattr(tasks, "enqueue_follow_up", lambda _uuid, name, _seconds: given.append(name))
    path = f"operations/{reset(learner).uuid}/"
    button = "Run again what was given up"
    assert button not in page(support, path)
    FollowUp.objects.filter(name="mail").update(status="failed", ended_at=timezone.now(), error="No server.")
    assert button in page(support, path)
    answer = send(support, f"{ROOT}{path}repeat/", part=False, reason="because")
    assert (answer.status_code, given) == (422, [])
    answer = send(support, f"{ROOT}{path}repeat/", part=False, reason="mended")
    assert (answer.status_code, given) == (303, ["mail"])
    assert "It was handed to the workers." in support.get(answer["Location"]).content.decode()
    assert "follow_ups=mail reason=mended" in caplog.text
    assert button not in page(support, path)
    assert support.get(f"{ROOT}{path}repeat/")["Location"] == f"{ROOT}{path}"
    FollowUp.objects.filter(name="mail").update(status="failed", ended_at=timezone.now())
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "enqueue_follow_up", refuse)
        assert send(support, f"{ROOT}{path}repeat/", part=False, reason="missed").status_code == 503
    # It is due all the same, so the log has it.
    assert "follow_ups=mail reason=missed" in caplog.text
    FollowUp.objects.filter(name="mail").update(status="failed", ended_at=timezone.now())
    settings.ATTEMPTS_ROLES = {"global": {"is_staff": ["view_attempts"]}}
    assert button not in page(support, path)
    assert send(support, f"{ROOT}{path}repeat/", reason="mended").status_code == 403
    assert given == ["mail"]


@pytest.mark.django_db(transaction=True)
def test_what_is_run_again_is_due_before_a_worker_hears_of_it(
    support: Client, reset: Any, learner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where requests are atomic: what is not committed is not seen by a worker that is quick."""
    atomic: list[bool] = []
    operation = reset(learner)
    monkeypatch.setattr(tasks, "enqueue_follow_up", lambda *_words: atomic.append(connection.in_atomic_block))
    FollowUp.objects.filter(name="mail").update(status="failed", ended_at=timezone.now(), error="No server.")
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    answer = send(support, f"{ROOT}operations/{operation.uuid}/repeat/", part=False, reason="mended")
    assert (answer.status_code, atomic) == (303, [False])


def test_times_name_their_zone(support: Client, reset: Any, learner: Any, settings: Any) -> None:
    """Each of them, of the list and of one operation, in the zone of the host; as everywhere in the console."""
    settings.TIME_ZONE = "Asia/Tokyo"
    operation = reset(learner)
    own = browser_of(learner).get("/attempts/me/").content.decode()
    for shown in (page(support, "operations/"), page(support, f"operations/{operation.uuid}/"), own):
        times = re.findall(r"<time datetime=[^>]+>([^<]+)</time>", shown)
        assert len(times) > 2
        assert all(one.endswith(" JST") for one in times), times
    templates = Path(assets.__file__).parent / "templates"
    assert [file.name for file in templates.rglob("*.html") if re.search(r"\|date\b", file.read_text())] == []


# ---------------------------------------------------------------------------------------------------------------------
# Coverage, verification, versions


def test_coverage(support: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table, what is done about it, and why; those without an answer first."""
    shown = page(support, "coverage/")
    assert "There is an answer for every table." in shown
    assert all(f"<code>{table.table}</code>" in shown for table in api.audit())
    assert len(shown.encode()) < HEAVIEST / 2
    some = page(support, "coverage/?answer=refused")
    assert 0 < some.count("<tr>") < shown.count("<tr>")
    forgotten = TableCoverage("zz_forgotten", "zz.Forgotten", "user_id", "course_id", None, "")
    monkeypatch.setattr(api, "audit", lambda: [TableCoverage("aa", "a.A", "u", "c", "kept", "So."), forgotten])
    shown = page(support, "coverage/")
    assert "Nobody has thought of 1 table" in shown
    assert shown.index("zz_forgotten") < shown.index("<code>aa</code>")
    assert "zz_forgotten" in page(support, "coverage/?answer=none")


def test_verify(support: Client, learner: Any, reset: Any, caplog: pytest.LogCaptureFixture) -> None:
    """By learner, by course, by both; what is broken is named, row by row; who was looked at is logged."""
    row = StateFactory(student=learner)
    reset(learner)
    assert "All invariants hold" not in page(support, "verify/")
    by = [f"learner={learner.username}", f"course_id={COURSE}", f"learner={learner.username}&course_id={COURSE}"]
    queries = [f"verify/?{query.replace('+', '%2B')}" for query in by]
    for query in queries:
        assert "All invariants hold, for 1 learner at a course." in page(support, query)
    StudentModule.objects.filter(pk=row.pk).update(course_id=LOOKALIKE)
    caplog.clear()
    with caplog.at_level("INFO", "attempts.audit"):
        for query in queries:
            shown = text(page(support, query))
            assert "1 invariant does not hold." in shown
            assert "rows_missing" in shown
    assert sum(f"resource=verify actor={support.user.pk}" in record.getMessage() for record in caplog.records) == 3


def test_verify_reads_no_more_than_a_request_may(support: Client, policy: Any, reset: Any) -> None:
    """The whole site is the command's; so is a course with many who take it again."""
    assert "manage.py lms attempts verify" in page(support, "verify/")
    for _ in range(21):
        reset(enrolled())
    shown = page(support, f"verify/?course_id={str(COURSE).replace('+', '%2B')}", status=400)
    assert "more than this page reads" in shown


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("learner=nobody", 404),
        ("course_id=nonsense", 400),
        ("course_id=course-v1:No%2BSuch%2BCourse", 200),
        ("learner=learner-x&course_id=course-v1:No%2BSuch%2BCourse", 404),
        ("learner=a%00b", 400),
    ],
)
def test_verifying_what_is_not_there(support: Client, policy: Any, query: str, status: int) -> None:
    """Is said."""
    enrolled(username="learner-x")
    page(support, f"verify/?{query}", status=status)


def test_versions_and_settings_without_secrets(support: Client, settings: Any) -> None:
    """What helps whoever is asked for help, and nothing that opens a door."""
    settings.ATTEMPTS_PSEUDONYM_KEY = "pseudonymous-secret"
    settings.ATTEMPTS_METRICS_TOKEN = "monitoring-secret-01"
    settings.ATTEMPTS_EXPORT_STORAGE = {"BACKEND": "x.Y", "OPTIONS": {"secret_key": "storage-secret"}}
    shown = page(support, "versions/")
    assert "secret" not in shown.replace("Of secrets", "")
    for word in ("openedx-attempts", "Django", "Python", "courseware_studentmodule", "ATTEMPTS_STUCK_AFTER", "0:10:00"):
        assert word in shown
    assert str(settings.SECRET_KEY) not in shown


# ---------------------------------------------------------------------------------------------------------------------
# What holds for all


@pytest.mark.parametrize("written", HOSTILE)
def test_what_people_write_is_text(support: Client, learner: Any, run: Any, written: str) -> None:
    """Comments, names of requesters, courses, and what was typed into the forms."""
    CourseFactory._meta.model.objects.update(display_name=written)
    requester = UserFactory(username=written)
    operation = api.request_reset(learner, COURSE, requested_by=requester, comment=written)
    AttemptOperation.objects.update(error_code="unexpected", error=written)
    type(learner).objects.filter(pk=learner.pk).update(username=f"x{written}")
    filled = ["kind", "status", "learner", "requested_by", "course_id", "org", "created_after", "cursor"]
    paths = ["", f"operations/{operation.uuid}/", "operations/", *(f"operations/?{one}={written}" for one in filled)]
    paths += [f"verify/?learner={written}", f"verify/?course_id={written}", f"coverage/?answer={written}"]
    for path in paths:
        for headers in ({}, PART):
            shown = support.get(f"{ROOT}{path}", **headers).content.decode()
            assert written not in shown
            assert "<img" not in shown


@pytest.fixture
def make(policy: Any, reset: Any) -> Any:
    """So many learners who were reset, and so many operations under way."""

    def fill(number: int) -> None:
        for _ in range(AttemptOperation.objects.filter(status="complete").count(), number):
            learner = enrolled()
            EnrolmentFactory(user=learner, course=CourseFactory(id=LOOKALIKE))
            reset(learner)
            api.request_reset(learner, LOOKALIKE, requested_by=UserFactory())

    return fill


@pytest.mark.parametrize(
    ("path", "budget"),
    # Session and user; then operations and what comes after them, numbers, and checks of health.
    [("", 2 + 2 + 6 + 6), ("operations/", 2 + 2), ("coverage/", 2), ("verify/", 2), ("versions/", 2)],
)
def test_few_or_many_take_as_many_statements(
    support: Client, make: Any, own_cache: Any, path: str, budget: int
) -> None:
    """Three and thirty; and no page is heavy."""
    found = []
    for number in (3, 30):
        make(number)
        # What was read a few seconds ago serves again.
        own_cache.clear()
        with CaptureQueriesContext(connection) as asked:
            shown = page(support, path)
        found.append([query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]])
    assert len(found[0]) == len(found[1]) <= budget, "\n".join(found[1])
    assert len(shown.encode()) < HEAVIEST / 2


def test_times_are_utc_in_the_form(support: Client, several: dict[str, Any]) -> None:
    """As its labels say, whatever the time zone of the host."""
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    AttemptOperation.objects.filter(uuid=several["reset"].uuid).update(created=moment)
    shown = page(support, "operations/?created_before=2026-01-01T12:00")
    assert str(several["reset"].uuid) in shown
    assert str(several["reset"].uuid) not in page(support, "operations/?created_before=2026-01-01T11:59")
