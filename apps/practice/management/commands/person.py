"""People from the command line, for the first administrator and for whoever has left: the same verbs as the pages, audited."""

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from apps.core import clock
from apps.core.models import User
from apps.practice.roles import Role
from apps.practice.services import LastAdministratorError, create_user, disable_user, enable_user, set_role

ROLES = [role.value for role in Role]


class Command(BaseCommand):
    help = "Add a person, change a role, end a log-in. The second factor is set up at the first sign-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add")
        add.add_argument("email")
        add.add_argument("first_name")
        add.add_argument("last_name")
        add.add_argument("role", choices=ROLES)
        role = verbs.add_parser("role")
        role.add_argument("email")
        role.add_argument("role", choices=ROLES)
        for verb in ("disable", "enable"):
            verbs.add_parser(verb).add_argument("email")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["verb"] == "add":
                self._add(options)
            else:
                self._change(options)
        except LastAdministratorError as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(f"person: {options['verb']} done for {options['email']}")

    def _add(self, options: dict[str, Any]) -> None:
        password = getpass("Password (12 characters or more): ")
        try:
            validate_password(password)
            create_user(
                email=options["email"],
                first_name=options["first_name"],
                last_name=options["last_name"],
                role=Role(options["role"]),
                password=password,
                now=clock.now(),
            )
        except ValidationError as failure:
            raise CommandError(" ".join(failure.messages)) from failure
        except IntegrityError as failure:
            raise CommandError("This email address has a log-in already.") from failure

    def _change(self, options: dict[str, Any]) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError("Nobody has a log-in under this email address.")
        now = clock.now()
        if options["verb"] == "role":
            set_role(user=user, role=Role(options["role"]), acting_user=None, now=now)
        elif options["verb"] == "disable":
            disable_user(user=user, acting_user=None, now=now)
        else:
            enable_user(user=user, acting_user=None, now=now)
