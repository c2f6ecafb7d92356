"""The demo practice's staff: one log-in a role, with a random password and a second factor, kept in var/ for the person who runs it."""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.db import transaction

from apps.core.models import User
from apps.core.private_files import kept_text, text_of
from apps.core.public_ids import ALPHABET
from apps.practice.demo_people import DEMO_DOMAIN
from apps.practice.roles import Role
from apps.practice.services import create_user

NAMES = {
    Role.ADMINISTRATOR: ("Ada", "Ferris"),
    Role.BILLER: ("Benito", "Marlowe"),
    Role.CODER: ("Carmen", "Ogletree"),
    Role.FRONT_DESK: ("Dina", "Westbrook"),
}


@dataclass(frozen=True, slots=True)
class Person:
    role: str
    first_name: str
    last_name: str
    email: str
    password: str
    totp_secret: str


def file() -> Path:
    return Path(settings.VAR_DIR) / "demo-users.json"


def invite(*, now: datetime) -> None:
    """Whoever has no log-in yet gets one. The file comes first: a crash in between leaves no log-in that nobody knows."""
    anew = not text_of(file())
    for person in _people(kept_text(file(), _invented)):
        _let_in(person, now, anew=anew)


def hire(*, now: datetime) -> None:
    """The same people without a password or second factor: nobody signs in, but work has owners."""
    for role, (first, last) in NAMES.items():
        email = _email(first, last)
        if not User.objects.filter(email=email).exists():
            create_user(email=email, first_name=first, last_name=last, role=role, password=None, now=now)


def people_lines() -> list[str]:
    """What `make run` prints: role, email, password, TOTP secret and the code of this half minute."""
    people = _people(text_of(file()))
    width = max((len(person.email) for person in people), default=0)
    return [
        f"{Role(person.role).label:<13}  {person.email:<{width}}  password {person.password}  "
        f"second factor {person.totp_secret} (now {_code(person.totp_secret)})"
        for person in people
    ]


@transaction.atomic
def _let_in(person: Person, now: datetime, *, anew: bool) -> None:
    """`anew`: the file was lost, so a log-in that exists gets the new password and second factor."""
    user = User.objects.filter(email=person.email).first()
    if user and anew:
        user.set_password(person.password)
        user.save(update_fields=["password"])
        Authenticator.objects.filter(user=user).delete()
    if user is None:
        user = create_user(
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            role=Role(person.role),
            password=person.password,
            now=now,
        )
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, person.totp_secret)


def _people(text: str) -> list[Person]:
    return [Person(**row) for row in json.loads(text or "[]")]


def _invented() -> str:
    people = [
        Person(role.value, first, last, _email(first, last), _password(), generate_totp_secret())
        for role, (first, last) in NAMES.items()
    ]
    return json.dumps([asdict(person) for person in people], indent=1)


def _email(first_name: str, last_name: str) -> str:
    return f"{first_name}.{last_name}@{DEMO_DOMAIN}".lower()


def _password() -> str:
    """80 random bits in groups that can be typed."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def _code(secret: str) -> str:
    counters = list(yield_hotp_counters_from_time())
    code: str = format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))
    return code
