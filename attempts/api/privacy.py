"""People: what is held on them, and forgetting them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attempts import contexts, privacy
from attempts.adapters import completion, grades, states
from attempts.data import AttemptWork, PersonalData
from attempts.host.learners import LearnerRef, find_learner, learner_data
from attempts.host.service import require_lms


def personal_data(who: LearnerRef, /, *, with_work: bool = False) -> PersonalData:
    """Return all that we hold on a person, as a learner and as somebody who asked for switches or changed policies.

    Args:
        who: the person.
        with_work: with what she did, in every attempt at each course in which she was ever reset; it lies in the host's
            own tables.

    Raises:
        LearnerNotFound: nobody goes by that name.
        NotInStudio: with what she did, in Studio.
    """
    user = find_learner(who)
    return PersonalData(
        person=learner_data(user),
        rows=tuple(privacy.personal_rows(user.pk)),
        work=tuple(_work(user)) if with_work else None,
    )


def retire(who: LearnerRef, /) -> Mapping[str, int]:
    """Blank what people wrote about a person, and what she wrote herself; the rows stay. Doing it again is harmless.

    Args:
        who: the person.

    Returns:
        How many rows were changed, by table.

    Raises:
        LearnerNotFound: nobody goes by that name.
    """
    return privacy.retire(find_learner(who).pk)


def _work(user: Any) -> Iterator[AttemptWork]:
    require_lms()
    for attempt in contexts.recorded_attempts(user):
        found = grades(attempt)
        yield AttemptWork(
            attempt=attempt,
            states=tuple(states(attempt)),
            completion=tuple(completion(attempt)),
            course_grade=found.course,
            subsection_grades=tuple(found.subsections),
        )
