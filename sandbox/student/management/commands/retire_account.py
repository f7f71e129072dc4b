"""``manage.py retire_account``: what becomes of an account whose owner asks to be forgotten."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sandbox.user_api.signals import USER_RETIRE_LMS_MISC


class Command(BaseCommand):
    """Does what the platform's pipeline does in its steps, as far as the sandbox has what they work on."""

    help = "Retire an account: its names are replaced, its row and id stay, and plugins forget what they keep of it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the account."""
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Rename the account, then tell whoever listens; what a receiver raises ends the command."""
        user = get_user_model().objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no account '{options['username']}'.")
        if not user.username.startswith("retired__user_"):
            user.username = f"retired__user_{uuid4().hex}"
            user.email = f"{user.username}@retired.invalid"
            user.first_name = user.last_name = ""
            user.is_active = False
            user.set_unusable_password()
            user.save()
        USER_RETIRE_LMS_MISC.send(sender=type(self), user=user)
        self.stdout.write(f"{options['username']} is {user.username} now.")
