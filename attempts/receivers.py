"""What the host tells of: receivers of its signals. The plugin machinery connects them, see ``apps``."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from attempts import api, conf, tasks


def course_published(sender: Any, course_key: Any, **_kwargs: Any) -> None:
    """Look at the settings of a course that was published, once that is committed.

    The work is a task's: an author waits for what is done here.
    """
    if conf.course_settings_fields() and api.can_have_attempts(course_key):
        # Robust: a broker that is away does not fail a publication; the next one brings the settings.
        transaction.on_commit(lambda: tasks.enqueue_course_settings(course_key), robust=True)


def learner_retired(sender: Any, user: Any, **_kwargs: Any) -> None:
    """Blank what we keep of a person whose account is being retired.

    Not robust on purpose: what goes wrong fails the step of the host's pipeline, which repeats it.
    """
    api.retire(user)
