"""Keys brought to a form that a host without this package can parse, and back."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from hypothesis import given, settings
from hypothesis import strategies as st
from opaque_keys.edx.asides import AsideUsageKeyV1, AsideUsageKeyV2
from opaque_keys.edx.keys import CourseKey, UsageKey
from opaque_keys.edx.locator import LibraryLocator, LibraryUsageLocator

from attempts import api
from attempts.exceptions import KeysRestored, NotInStudio, RestorationRefused
from attempts.keys import KeyRewrite, attempt_course_key, bare_course_key
from attempts.models import KeyRestoration
from attempts.restoration import walk
from attempts.restoration.forms import ATTEMPT_FORM, BARE_FORM
from attempts.restoration.tables import key_tables
from sandbox.courseware.models import StudentModule
from tests.factories import COURSE, LOOKALIKE, CourseFactory, EnrolmentFactory, StateFactory, enrolled
from tests.snapshots import KEYED, read_table, read_tables
from tests.work import foreign_state, work

CCX = CourseKey.from_string("ccx-v1:Org+Course+Run+ccx@7")
ATTEMPT = attempt_course_key(COURSE, 1)
BARE = "library-v1:Org+Course.Run.attempt.1"


@pytest.fixture
def worked(learner: Any, reset: Callable[..., Any]) -> Any:
    """A learner with an archived attempt and work in the active one."""
    rng = random.Random(4)
    work(learner, COURSE, rng, blocks=2)
    foreign_state(learner, COURSE, rng)
    reset(learner)
    work(learner, COURSE, rng, blocks=1)
    return learner


@pytest.fixture
def busy(worked: Any, reset: Callable[..., Any]) -> Any:
    """The same learner with archived attempts of other courses too, one of them twice, and a neighbour."""
    rng = random.Random(5)
    for key in (LOOKALIKE, CCX):
        EnrolmentFactory(user=worked, course=CourseFactory(id=key))
        work(worked, key, rng)
        reset(worked, key)
    reset(worked)
    work(enrolled(), COURSE, rng)
    return worked


def keys(table: str) -> set[str]:
    """Return every text of a keyed table's key columns."""
    _learner, course, usage = KEYED[table]
    return {row[column] for row in read_table(table).values() for column in (course, *usage)}


def move_row(row: StudentModule, **columns: str) -> None:
    """Change a row's columns behind everybody's back."""
    with connection.cursor() as cursor:
        for column, text in columns.items():
            cursor.execute(f"UPDATE courseware_studentmodule SET {column} = %s WHERE id = %s", [text, row.pk])


class TestForm:
    """What becomes of a key."""

    @pytest.mark.parametrize(
        ("course", "bare"),
        [(COURSE, BARE), (CCX, "library-v1:Org+Course.Run.ccx.7.attempt.1")],
    )
    def test_is_a_type_of_the_library_itself(self, course: CourseKey, bare: str) -> None:
        """One that says that it is no course."""
        key = bare_course_key(attempt_course_key(course, 1))
        assert str(key) == bare
        assert isinstance(CourseKey.from_string(bare), LibraryLocator)
        assert key.is_course is False

    @settings(max_examples=30)
    @given(
        names=st.lists(st.from_regex(r"\A[\w\-~.:]{1,20}\Z"), min_size=3, max_size=3),
        number=st.integers(1, 999_999_999),
        block_id=st.from_regex(r"\A[\w\-~.:]{1,20}\Z"),
        ccx=st.none() | st.integers(1, 10**6),
    )
    def test_is_never_longer_and_always_parsed(
        self, names: list[str], number: int, block_id: str, ccx: int | None
    ) -> None:
        """So that what fitted its column still does, whatever the names; blocks and asides too."""
        org, course, run = names
        text = f"course-v1:{org}+{course}+{run}" if ccx is None else f"ccx-v1:{org}+{course}+{run}+ccx@{ccx}"
        key = attempt_course_key(CourseKey.from_string(text), number)
        bare = bare_course_key(key)
        assert CourseKey.from_string(str(bare)) == bare
        assert len(str(bare)) <= len(str(key))
        for (old, new), wrap in zip(
            KeyRewrite(key, bare).usage_prefixes,
            (lambda block: block, lambda block: AsideUsageKeyV2(block, "a"), lambda block: AsideUsageKeyV1(block, "a")),
            strict=False,
        ):
            assert len(new) <= len(old)
            before, after = (wrap(one.make_usage_key("problem", block_id.strip(":") or "b")) for one in (key, bare))
            assert str(before).startswith(old)
            rewritten = new + str(before).removeprefix(old)
            assert UsageKey.from_string(rewritten) == after

    def test_prefixes_come_from_keys(self) -> None:
        """Of blocks and of both versions of asides."""
        assert ATTEMPT_FORM.course_prefix == "attempt-v1:"
        assert ATTEMPT_FORM.usage_prefixes == (
            "attempt-block-v1:",
            "aside-usage-v2:attempt-block-v1$:",
            "aside-usage-v1:attempt-block-v1:",
        )
        assert BARE_FORM.usage_prefixes[0] == "lib-block-v1:"


@pytest.mark.django_db
class TestThereAndBack:
    """All keys of all tables, at once."""

    def test_nothing_is_left_and_everything_comes_back(self, busy: Any) -> None:
        """Every column of every row."""
        before = read_tables()
        done = api.restore_keys(batch=3)
        assert done.left == {}
        for table in KEYED:
            assert not [text for text in keys(table) if "attempt" in text.partition(":")[0]], table
            assert not [text for text in keys(table) if "+attempt@" in text], table
        assert done.rows["courseware_studentmodule"] == sum(
            row["course_id"].startswith("attempt-v1") for row in before["courseware_studentmodule"].values()
        )
        between = read_tables()
        assert {table: set(rows) for table, rows in between.items()} == {
            table: set(rows) for table, rows in before.items()
        }
        assert api.restore_keys(back=True, batch=3).left == {}
        assert read_tables() == before
        assert list(api.verify()) == []

    def test_all_rows_are_parsed_without_our_types(self, worked: Any) -> None:
        """And are no course's."""
        api.restore_keys()
        parsed = [row for row in StudentModule.objects.all() if isinstance(row.course_id, LibraryLocator)]
        assert parsed
        assert all(row.course_id.is_course is False for row in parsed)
        assert any(isinstance(row.module_state_key, LibraryUsageLocator) for row in parsed)

    def test_a_block_named_by_a_row_of_another_attempt(self, worked: Any) -> None:
        """As a late save leaves it: that key is found too, and comes back."""
        row = StudentModule.objects.filter(course_id=COURSE, module_type="problem").first()
        key = attempt_course_key(COURSE, 2).make_usage_key("problem", "late")
        for text in (key, AsideUsageKeyV2(key, "a")):
            move_row(row, module_id=str(text))
            before = read_tables()
            assert api.restore_keys().left == {}
            assert not [text for text in keys("courseware_studentmodule") if "+attempt@" in text]
            api.restore_keys(back=True)
            assert read_tables() == before

    def test_it_can_be_done_again_and_again(self, worked: Any) -> None:
        """Each time whole; a second call in the same direction finds nothing to do."""
        before = read_tables()
        for _time in range(2):
            api.restore_keys()
            between = read_tables()
            api.restore_keys()
            assert read_tables() == between
            api.restore_keys(back=True)
            assert read_tables() == before
        with pytest.raises(RestorationRefused, match="nothing to bring back"):
            api.restore_keys(back=True)

    def test_a_real_library_stays_as_it_is(self, worked: Any) -> None:
        """There and back."""
        row = StateFactory(
            student=worked, course_id=CourseKey.from_string("library-v1:Org+Mine"), module_type="problem"
        )
        before = read_table("courseware_studentmodule")[row.pk]
        api.restore_keys()
        assert read_table("courseware_studentmodule")[row.pk] == before
        assert api.restore_keys(back=True).left == {}
        assert read_table("courseware_studentmodule")[row.pk] == before

    def test_courses_that_differ_in_case_only(self, worked: Any) -> None:
        """Each has its own keys back, whatever the collation."""
        for run in ("RUN", "rUN"):
            key = attempt_course_key(CourseKey.from_string(f"course-v1:Org+Course+{run}"), 1)
            row = StateFactory(student=enrolled())
            move_row(row, course_id=str(key), module_id=str(key.make_usage_key("problem", "p")))
        before = read_tables()
        assert api.restore_keys().left == {}
        assert {BARE, BARE.replace("Run", "RUN"), BARE.replace("Run", "rUN")} <= keys("courseware_studentmodule")
        api.restore_keys(back=True)
        assert read_tables() == before


@pytest.mark.django_db
class TestInterrupted:
    """A process that dies on the way."""

    @pytest.mark.parametrize("back", [False, True])
    @pytest.mark.parametrize("batches", [0, 3])
    def test_the_next_call_goes_on(
        self, worked: Any, monkeypatch: pytest.MonkeyPatch, back: bool, batches: int
    ) -> None:
        """And the result is that of a call that was not interrupted."""
        tables = [read_tables()]
        api.restore_keys()
        tables.append(read_tables())
        if not back:
            api.restore_keys(back=True)
            tables.reverse()
        self.die_after(batches, monkeypatch, back=back)
        assert read_tables() != tables[1] or not batches
        with pytest.raises(KeysRestored):
            api.request_reset(worked, COURSE, requested_by=None)
        assert api.restore_keys(back=back).left == {}
        assert read_tables() == tables[0]

    def die_after(self, batches: int, monkeypatch: pytest.MonkeyPatch, *, back: bool) -> None:
        """Restore keys two rows at a time, until the process dies."""
        left = iter(range(batches))

        def report(_table: str, _rows: int) -> None:
            if next(left, None) is None:
                raise OperationalError("the server has gone away")

        with pytest.raises(OperationalError):
            api.restore_keys(back=back, batch=2, report=report)

    def test_half_way_there_it_can_go_back(self, worked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever has changed her mind."""
        before = read_tables()
        self.die_after(3, monkeypatch, back=False)
        assert read_tables() != before
        assert api.restore_keys(back=True).left == {}
        assert read_tables() == before

    def test_a_call_that_was_overtaken_stops(self, worked: Any) -> None:
        """Its next batch finds that somebody goes the other way."""
        before = read_tables()

        def report(_table: str, _rows: int) -> None:
            api.restore_keys(back=True)

        with pytest.raises(RestorationRefused, match="Another call"):
            api.restore_keys(batch=2, report=report)
        assert read_tables() == before


@pytest.mark.django_db
class TestMeanwhile:
    """What the package does while keys are in the bare form."""

    def test_switches_are_refused_and_told_why(self, worked: Any) -> None:
        """Asked for, previewed, or carried out by a worker."""
        api.restore_keys()
        for request in (api.request_reset, api.request_undo):
            with pytest.raises(KeysRestored, match="restore-keys --back"):
                request(worked, COURSE, requested_by=None, override=["learner_passing", "worked_since"])
        assert "keys_restored" in [
            reason.code for reason in api.preview(worked, COURSE, kind="reset").eligibility.reasons
        ]

    def test_an_operation_that_slipped_through_fails_and_moves_nothing(
        self, worked: Any, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its request was checked before the keys were restored, and written after."""
        operation = api.request_reset(worked, COURSE, requested_by=None, override=["learner_passing"])
        monkeypatch.setattr(walk, "_refuse_in_flight", lambda: None)
        api.restore_keys()
        between = read_tables()
        done = run(operation)
        assert (done.status, done.error_code) == ("failed", "keys_restored")
        assert read_tables() == between

    def test_archived_attempts_cannot_be_read_and_the_active_one_can(self, worked: Any) -> None:
        """Rather a refusal than an attempt that looks empty."""
        first, *_others, active = api.attempts(worked, COURSE)
        api.restore_keys()
        for read in (api.states, api.grades, api.completion):
            with pytest.raises(KeysRestored):
                list(read(first) if read is not api.grades else [read(first)])
        assert list(api.states(active))

    def test_the_sweep_stands_still(self, worked: Any) -> None:
        """It would look for rows where they are not."""
        api.restore_keys()
        with pytest.raises(KeysRestored):
            list(api.sweep(worked, COURSE))

    def test_verify_counts_the_rows_where_they_are(self, worked: Any) -> None:
        """And still finds what is missing."""
        api.restore_keys()
        assert list(api.verify()) == []
        row = StudentModule.objects.filter(course_id=CourseKey.from_string(BARE)).first()
        move_row(row, course_id="course-v1:Some+Where+Else", module_id=str(row.pk))
        assert [found.code for found in api.verify(worked, COURSE)] == ["rows_missing"]


@pytest.mark.django_db
class TestRefused:
    """Nothing is written, and what is wrong is named."""

    @pytest.fixture(autouse=True)
    def nothing_is_written(self, worked: Any) -> Any:
        before = None

        def expect() -> None:
            nonlocal before
            before = read_tables()

        yield expect
        assert before is not None
        assert read_tables() == before
        assert not KeyRestoration.objects.exclude(status="abandoned").exists()

    def test_while_an_operation_is_in_flight(self, worked: Any, nothing_is_written: Any) -> None:
        """It would move rows from under the restoration."""
        api.request_reset(worked, COURSE, requested_by=None, override=["learner_passing"])
        nothing_is_written()
        for dry_run in (True, False):
            with pytest.raises(RestorationRefused, match=r"1 operations are not finished.*recover"):
                api.restore_keys(dry_run=dry_run)

    def test_an_operation_requested_at_the_same_moment(
        self, worked: Any, nothing_is_written: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is looked for again after requests have begun to be refused; the refusal leaves nothing behind."""
        nothing_is_written()
        looks = iter([lambda: None, walk._refuse_in_flight])
        monkeypatch.setattr(walk, "_refuse_in_flight", lambda: next(looks)())
        begin = walk._begin_bare

        def request_then_begin(survey: Any) -> Any:
            api.request_reset(worked, COURSE, requested_by=None, override=["learner_passing"])
            return begin(survey)

        monkeypatch.setattr(walk, "_begin_bare", request_then_begin)
        with pytest.raises(RestorationRefused, match="not finished"):
            api.restore_keys()

    @pytest.mark.parametrize(
        "column", [{"course_id": BARE}, {"module_id": f"{BARE.replace('library', 'lib-block')}+type@problem+block@x"}]
    )
    def test_a_key_that_is_taken(self, worked: Any, nothing_is_written: Any, column: dict[str, str]) -> None:
        """A library of that name, or a block of it in the attempt: the way back could not tell them apart."""
        row = StudentModule.objects.filter(course_id=ATTEMPT).first()
        move_row(row, **column)
        nothing_is_written()
        with pytest.raises(RestorationRefused, match=f"{re.escape(BARE)}, which is in courseware_studentmodule"):
            api.restore_keys()

    def test_two_keys_that_would_be_one(self, worked: Any, nothing_is_written: Any, reset: Callable[..., Any]) -> None:
        """Names with dots, cut differently."""
        key = CourseKey.from_string("course-v1:Org+Course.Run+A")
        other = CourseKey.from_string("course-v1:Org+Course+Run.A")
        for one in (key, other):
            EnrolmentFactory(user=worked, course=CourseFactory(id=one))
            StateFactory(student=worked, course_id=one)
            reset(worked, one)
        nothing_is_written()
        with pytest.raises(RestorationRefused, match=r"would both be library-v1:Org\+Course\.Run\.A\.attempt\.1"):
            api.restore_keys()

    @pytest.mark.parametrize(
        "column",
        [
            {"course_id": "attempt-v1:Org+Course"},
            {"course_id": "attempt-v1:Org+Course+Run+branch@draft+attempt@1"},
            {"module_id": "attempt-block-v1:junk"},
        ],
    )
    def test_a_text_that_is_no_key(self, worked: Any, nothing_is_written: Any, column: dict[str, str]) -> None:
        """It is named, for nobody knows what to make of it."""
        move_row(StudentModule.objects.filter(course_id=COURSE).first(), **column)
        nothing_is_written()
        with pytest.raises(
            RestorationRefused, match=f"courseware_studentmodule (have|has) '{next(iter(column.values()))[:9]}"
        ):
            api.restore_keys()

    def test_in_studio(self, worked: Any, nothing_is_written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """Which does not have all the tables."""
        nothing_is_written()
        monkeypatch.setattr("attempts.host.service.conf.service", lambda: "studio")
        with pytest.raises(NotInStudio):
            api.restore_keys()


@pytest.mark.django_db
class TestCommand:
    """``manage.py attempts restore-keys``."""

    def test_dry_run_then_there_then_back(self, worked: Any, attempts_command: Any) -> None:
        """With counts that are right, and a proof."""
        before = read_tables()
        code, out, _ = attempts_command("restore-keys", "--dry-run", "--format", "json")
        dry = json.loads(out)
        assert (code, dry["dry_run"], read_tables() == before) == (0, True, True)
        code, out, _ = attempts_command("restore-keys", "--no-input")
        total = sum(dry["rows"].values())
        assert (code, f"{total} rows were rewritten." in out) == (0, True)
        columns = sum(len(table.course_fields) + len(table.usage_fields) for table in key_tables())
        assert f"0 keys in the form of attempts are left in {columns} columns for keys." in out
        assert len(KEYED) < columns
        code, out, _ = attempts_command("restore-keys", "--back", "--dry-run")
        assert (code, f"{total} rows would be rewritten." in out) == (0, True)
        assert attempts_command("restore-keys", "--back", "--batch", "5")[0] == 0
        assert read_tables() == before

    def test_what_is_still_written_is_told(
        self, worked: Any, attempts_command: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A process that was not restarted, say: exit code 1, with the column."""
        row = StudentModule.objects.filter(course_id=COURSE).first()
        complete = walk._rewrite_all

        def then_write(*args: Any) -> None:
            complete(*args)
            move_row(row, course_id=str(attempt_course_key(COURSE, 9)))

        monkeypatch.setattr(walk, "_rewrite_all", then_write)
        code, out, error = attempts_command("restore-keys", "--no-input")
        assert (code, "courseware_studentmodule.course_id: 1" in out, "Run it again" in error) == (1, True, True)
        monkeypatch.undo()
        assert attempts_command("restore-keys", "--no-input")[0] == 0

    def test_a_refusal_exits_1(self, worked: Any, attempts_command: Any) -> None:
        """With the reason."""
        code, _, error = attempts_command("restore-keys", "--back")
        assert (code, error.startswith("restoration_refused: There is nothing")) == (1, True)

    @pytest.mark.parametrize("size", ["0", "-1", "x", "30001", "٣"])
    def test_batches_have_a_size(self, size: str) -> None:
        """A number that every engine can take."""
        with pytest.raises(CommandError):
            call_command("attempts", "restore-keys", "--batch", size, stdout=StringIO())
