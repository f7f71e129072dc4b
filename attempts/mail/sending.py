"""Sending a message by edx-ace, and finding out whether it was sent.

The library reports to monitoring that a template is missing or that a channel refused a message, and returns as if all
were well.
"""

from __future__ import annotations

from typing import Any

from edx_ace import ace
from edx_ace.channel import ChannelType
from edx_ace.message import Message

from attempts.followups import FollowUpFailed, FollowUpNotNeeded


def send(message: Message) -> None:
    """Send a message by e-mail.

    Raises:
        FollowUpNotNeeded: a policy of the site (``ACE_ENABLED_POLICIES``) does not let it be sent by e-mail.
        FollowUpFailed: it was not sent; people are told why, but not to whom.
        Exception: what the channel did not foresee, such as a connection refused by the mail server.
    """
    reports: dict[str, Any] = {}
    told = message.report

    def report(key: str, value: Any) -> None:
        reports[key] = value
        told(key, value)

    # The only place where the library says what became of a message.
    vars(message)["report"] = report
    ace.send(message)
    if reports.get(f"{ChannelType.EMAIL}_delivery_succeeded"):
        return
    if ChannelType.EMAIL.value not in reports.get("policy_allowed_channels", "").split(","):
        raise FollowUpNotNeeded("mail_policy", "A policy of the site does not let this be sent by e-mail.")
    raise _failure(reports)


def _failure(reports: dict[str, Any]) -> FollowUpFailed:
    if f"{ChannelType.EMAIL}_error" in reports:
        return FollowUpFailed("mail_refused", "The mail channel refused the message; its log has the details.")
    if f"{ChannelType.EMAIL}_delivery_expired" in reports:
        return FollowUpFailed("mail_expired", "The mail channel did not take the message in time.")
    if "template_error" in reports:
        missing = str(reports["template_error"]).splitlines()[-1]
        return FollowUpFailed("mail_template_missing", f"A template of the message is missing: {missing}.")
    return FollowUpFailed("mail_no_channel", "No mail channel is enabled: see ACE_ENABLED_CHANNELS.")
