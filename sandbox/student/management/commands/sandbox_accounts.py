"""``manage.py sandbox_accounts``: an account for every role, and an OAuth2 client for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction
from oauth2_provider.models import Application
from opaque_keys.edx.keys import CourseKey

from sandbox.content.olx import OlxError, course_key
from sandbox.student.management.commands.populate import DEFAULT_COURSE
from sandbox.student.models import CourseAccessRole
from sandbox.work.population import PASSWORD

#: The OAuth2 client by which a program gets a token for an account.
CLIENT_ID = "sandbox"


@dataclass(frozen=True)
class Account:
    """An account to make.

    Attributes:
        username: Name to log in with.
        first_name: First name.
        last_name: Last name.
        purpose: What it may do, in a few words.
        role: Role in the course, "" for none.
        is_staff: Whether it is staff of the whole site.
        is_superuser: Whether it may do everything.
    """

    username: str
    first_name: str
    last_name: str
    purpose: str
    role: str = ""
    is_staff: bool = False
    is_superuser: bool = False


ACCOUNTS = (
    Account("support", "Sam", "Porter", "support work on the whole site", is_staff=True),
    Account("instructor", "Irma", "Delgado", "instructor in the course", role="instructor"),
    Account("staff", "Stellan", "Holm", "staff in the course", role="staff"),
    Account("analyst", "Anouk", "Lemaire", "data researcher in the course", role="data_researcher"),
    Account("admin", "Ada", "Mensah", "superuser", is_staff=True, is_superuser=True),
)


class Command(BaseCommand):
    """Makes the accounts and the client, or those of them that are missing."""

    help = "Make an account for every role (support, instructor, staff, analyst, admin) and an OAuth2 client."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the course."""
        parser.add_argument("--course", default=DEFAULT_COURSE, help=f"course of the roles (default {DEFAULT_COURSE})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the accounts and the client, and print them."""
        try:
            key = course_key(options["course"])
            with transaction.atomic():
                # Hashing is slow on purpose; all share one password, so they may share its hash.
                password = make_password(PASSWORD)
                for account in ACCOUNTS:
                    make_account(account, key, password)
                make_client()
        except OlxError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(
                f"The database refused: {error}. If tables are missing, run manage.py migrate first."
            ) from error
        self.stdout.write(f"{'user':<14}{'password':<12}may act as")
        for account in ACCOUNTS:
            self.stdout.write(f"{account.username:<14}{PASSWORD:<12}{account.purpose}")
        self.stdout.write(f"Roles are in {key}. Passwords that somebody has changed stay as they are.")
        self.stdout.write(f"Programs get a token for an account as the OAuth2 client '{CLIENT_ID}', without a secret.")


def make_account(account: Account, key: CourseKey, password: str) -> None:
    """Make an account with its role, or bring its rights up to date.

    Args:
        account: The account.
        key: Course of the role.
        password: Hash of the password that a new account gets.
    """
    user, created = get_user_model().objects.update_or_create(
        username=account.username,
        defaults={
            "email": f"{account.username}@example.com",
            "first_name": account.first_name,
            "last_name": account.last_name,
            "is_staff": account.is_staff,
            "is_superuser": account.is_superuser,
        },
    )
    if created:
        user.password = password
        user.save()
    if account.role:
        CourseAccessRole.objects.get_or_create(user=user, org=key.org, course_id=key, role=account.role)


def make_client() -> None:
    """Make the OAuth2 client, which gives a token to whoever knows an account's password."""
    Application.objects.get_or_create(
        client_id=CLIENT_ID,
        defaults={
            "name": "Sandbox",
            "client_type": Application.CLIENT_PUBLIC,
            "authorization_grant_type": Application.GRANT_PASSWORD,
        },
    )
