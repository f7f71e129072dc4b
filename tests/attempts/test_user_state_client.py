"""The user state client: the interface's own contract, and what it adds."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import pytest
from django.test import TestCase
from edx_user_state_client.tests import UserStateClientTestBase
from xblock.fields import Scope

from attempts import api
from attempts.adapters.user_state_client import AttemptUserStateClient
from attempts.exceptions import AttemptArchived
from attempts.keys import attempt_course_key, attempt_usage_key
from attempts.operations import execute
from sandbox.courseware.models import StudentModule, StudentModuleHistory
from tests.factories import COURSE, CourseFactory, EnrolmentFactory, PolicyFactory, UserFactory, enrolled

BLOCK = COURSE.make_usage_key("problem", "p")


class _Contract(UserStateClientTestBase, TestCase):
    """The contract of the interface's package, on the host's tables."""

    __test__ = False

    @staticmethod
    def _block_type(block: int) -> str:
        # The host keeps the history of problems only.
        return "problem"

    def setUp(self) -> None:
        super().setUp()
        self.users = [UserFactory(username=self._user(number)) for number in range(10)]
        self.client = AttemptUserStateClient()


class TestOfLearnersNeverReset(_Contract):
    """Whichever attempt is active: the first."""

    __test__ = True


class TestOfLearnersWithArchivedWork(_Contract):
    """Whichever attempt is active: the second, with other state of the same blocks in the first."""

    __test__ = True

    def setUp(self) -> None:
        super().setUp()
        PolicyFactory()
        for course in (0, 1):
            CourseFactory(id=self._course(course))
            for user in self.users[:2]:
                EnrolmentFactory(user=user, course_id=self._course(course))
                for block in (0, 1):
                    self.set(user.username.removeprefix("user"), course * 1000 + block, {"archived": True})
                execute(api.request_reset(user, self._course(course), requested_by=None).uuid)


@pytest.mark.django_db
class TestBoundToAnAttempt:
    """A client for one attempt, by plain keys."""

    def test_it_reads_the_archived_attempt(self, learner: Any, reset: Any) -> None:
        """State, history and iteration, all under plain keys."""
        active = AttemptUserStateClient()
        for answer in (1, 2):
            active.set(learner.username, BLOCK, {"answer": answer})
        reset(learner)
        active.set(learner.username, BLOCK, {"answer": 3})
        first, second = (AttemptUserStateClient(attempt) for attempt in api.attempts(learner, COURSE))
        assert first.get(learner.username, BLOCK).state == {"answer": 2}
        assert second.get(learner.username, BLOCK).state == {"answer": 3}
        history = first.get_history(learner.username, BLOCK)
        assert [entry.state for entry in history] == [{"answer": 2}, {"answer": 1}]
        for found in (first.iter_all_for_block(BLOCK), first.iter_all_for_course(COURSE, "problem")):
            assert [(entry.username, entry.block_key, entry.state) for entry in found] == [
                (learner.username, BLOCK, {"answer": 2})
            ]

    def test_it_writes_the_active_attempt_only(self, learner: Any, reset: Any) -> None:
        """Behaviour 1.2. A client bound to an attempt follows it into the archive."""
        client = AttemptUserStateClient(api.active_attempt(learner, COURSE))
        client.set(learner.username, BLOCK, {"answer": 1})
        reset(learner)
        with pytest.raises(AttemptArchived):
            client.set(learner.username, BLOCK, {"answer": 2})
        with pytest.raises(AttemptArchived):
            client.delete(learner.username, BLOCK)
        assert client.get(learner.username, BLOCK).state == {"answer": 1}
        assert StudentModule.objects.count() == 1

    def test_a_named_tuple_is_an_object(self, learner: Any) -> None:
        """As the platform writes the score of a problem, whose block reads no list."""
        score = namedtuple("Score", "raw_earned raw_possible")(1, 2)
        client = AttemptUserStateClient()
        for _time in range(2):
            client.set(learner.username, BLOCK, {"score": score})
            assert client.get(learner.username, BLOCK).state == {"score": {"raw_earned": 1, "raw_possible": 2}}

    def test_it_is_for_one_learner_and_course(self, learner: Any) -> None:
        """Others are refused, reading and writing."""
        client = AttemptUserStateClient(api.active_attempt(learner, COURSE))
        other = enrolled()
        elsewhere = BLOCK.replace(run="Run2")
        with pytest.raises(client.PermissionDenied):
            client.get(other.username, BLOCK)
        with pytest.raises(client.PermissionDenied):
            client.get(learner.username, elsewhere)
        with pytest.raises(client.PermissionDenied):
            client.set(learner.username, elsewhere, {"answer": 1})
        with pytest.raises(client.PermissionDenied):
            list(client.iter_all_for_block(elsewhere))
        with pytest.raises(client.PermissionDenied):
            list(client.iter_all_for_course(elsewhere.course_key))

    def test_a_key_with_a_branch_is_a_key_of_the_course(self, learner: Any) -> None:
        """The host drops branches when it saves."""
        client = AttemptUserStateClient(api.active_attempt(learner, COURSE))
        client.set(learner.username, BLOCK.for_branch("published-branch"), {"answer": 1})
        assert client.get(learner.username, BLOCK).state == {"answer": 1}
        assert client.get(learner.username, BLOCK.for_branch("draft-branch")).state == {"answer": 1}

    def test_an_archived_attempt_cannot_be_written_by_its_own_keys(self, learner: Any, reset: Any) -> None:
        """Not by a client that is bound to nothing either; and nothing of the call is written."""
        client = AttemptUserStateClient()
        client.set(learner.username, BLOCK, {"answer": 1})
        reset(learner)
        archived = attempt_usage_key(BLOCK, attempt_course_key(COURSE, 1))
        with pytest.raises(AttemptArchived):
            client.set_many(learner.username, {BLOCK: {"answer": 2}, archived: {"answer": 2}})
        with pytest.raises(AttemptArchived):
            client.delete(learner.username, archived)
        assert client.get(learner.username, archived).state == {"answer": 1}
        assert StudentModule.objects.count() == 1

    def test_a_write_that_a_switch_overtakes_is_taken_back(
        self, learner: Any, reset: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It belongs to the attempt it was meant for, and that is archived now."""
        client = AttemptUserStateClient(api.active_attempt(learner, COURSE))
        client.set(learner.username, BLOCK, {"answer": 1})
        save = StudentModule.save

        def overtaken(row: StudentModule, **words: Any) -> None:
            monkeypatch.undo()
            reset(learner)
            save(row, **words)

        monkeypatch.setattr(StudentModule, "save", overtaken)
        with pytest.raises(AttemptArchived):
            client.set(learner.username, BLOCK, {"answer": 2})
        assert client.get(learner.username, BLOCK).state == {"answer": 1}

    def test_deleting_leaves_the_rows(self, learner: Any) -> None:
        """An empty state and its history, as the platform's client leaves them."""
        client = AttemptUserStateClient()
        client.set(learner.username, BLOCK, {"a": 1, "b": 2})
        client.delete(learner.username, BLOCK, fields=["a"])
        assert client.get(learner.username, BLOCK).state == {"b": 2}
        client.delete(learner.username, BLOCK)
        assert StudentModule.objects.get().state == "{}"
        assert StudentModuleHistory.objects.count() == 3
        with pytest.raises(client.DoesNotExist):
            client.get(learner.username, BLOCK)

    def test_only_the_learner_s_own_state_is_kept_here(self, learner: Any) -> None:
        """Behaviour 1.3. Preferences and summaries belong to no attempt."""
        with pytest.raises(ValueError, match="user_state"):
            AttemptUserStateClient().get(learner.username, BLOCK, scope=Scope.preferences)
