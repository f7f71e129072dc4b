"""The e-mail as a follow-up: who gets it, and what it says."""

from __future__ import annotations

from typing import Any

from edx_ace.message import Message
from edx_ace.recipient import Recipient

from attempts.contexts import active_number
from attempts.data import OperationData
from attempts.exceptions import CourseNotFound
from attempts.followups import FollowUpNotNeeded
from attempts.host.courses import enrolment
from attempts.host.learners import find_learner, full_name
from attempts.host.mail import base_message_type, base_template, course_url, language_of, mail_context, site_of
from attempts.mail.sending import send
from attempts.policies import effective_policies

#: The templates are in ``attempts/edx_ace/attemptswitched/email/``, where a theme can replace them one by one.
MESSAGE = "attemptswitched"


class TellLearner:
    """Sends the learner an e-mail, if the policy of the course wants that."""

    name = "mail"
    delay = 0.0
    immediate = False

    def run(self, operation: OperationData) -> None:
        """Send it.

        Raises:
            FollowUpNotNeeded: nobody is to be told, or what would be said is not true any more.
            FollowUpFailed: it was not sent.
        """
        user = find_learner(operation.learner.id)
        _check(operation, user)
        with site_of(str(operation.course_key.org), user) as site:
            send(_message(operation, user, site))


def _check(operation: OperationData, user: Any) -> None:
    if not effective_policies([operation.course_key])[operation.course_key].notify_learner:
        raise FollowUpNotNeeded("mail_not_wanted", "The policy of the course does not want the learner to be told.")
    if not user.is_active:
        raise FollowUpNotNeeded("account_inactive", "The learner's account is not active, its address not confirmed.")
    if not user.email:
        raise FollowUpNotNeeded("no_address", "The learner's account has no e-mail address.")
    if active_number(user.pk, operation.course_key) != operation.to_number:
        raise FollowUpNotNeeded("overtaken", "Another switch came after this one; the learner is told of that.")


def _message(operation: OperationData, user: Any, site: Any) -> Message:
    kind = type("AttemptSwitched", (base_message_type(),), {"APP_LABEL": "attempts", "NAME": MESSAGE})
    message_type = kind(context=mail_context(site))
    # The learner's own account: not a mail of the kind that she may have subscribed to.
    message_type.options["transactional"] = True
    return message_type.personalize(
        recipient=Recipient(user.pk, user.email),
        language=language_of(user.pk),
        user_context={
            "name": full_name(user) or user.get_username(),
            "course_name": _course_name(operation),
            "course_url": course_url(site, operation.course_key),
            "opened": operation.kind == "reset",
            "number": operation.to_number,
            "base_body": base_template("body"),
            "base_head": base_template("head"),
        },
    )


def _course_name(operation: OperationData) -> str:
    try:
        return enrolment(operation.learner.id, operation.course_key).display_name
    except CourseNotFound:
        return str(operation.course_key)


MAIL = TellLearner()
