"""The demo's log-ins, whose passwords lie in a file and in a terminal's memory: they exist in demo mode only."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

from apps.core.models import User

# A domain that nobody can own (RFC 2606), so that no real log-in is ever taken for one of the demo's.
DEMO_DOMAIN = "pecanrow.example.com"
REMEDY = (
    "Let DATABASE_URL name a database of its own (createdb throughline), then run manage.py migrate and start again."
)
UNREACHABLE = "The database cannot be reached: start it, or correct DATABASE_URL, then start again."


def refusal() -> str:
    """Why this database may not serve production; empty when it may. An empty database, before `migrate`, may."""
    if settings.DEMO_MODE:
        return ""
    try:
        number = User.objects.filter(email__iendswith=f"@{DEMO_DOMAIN}").count()
    except ProgrammingError:
        return ""
    return f"This database holds the demo's practice ({number} of its log-ins). {REMEDY}" if number else ""


def refuse_demo_people() -> None:
    """For the start of web processes, workers and beat. Raises ImproperlyConfigured."""
    if settings.DEMO_MODE:
        return
    try:
        sentence = refusal()
    except OperationalError as failure:
        raise ImproperlyConfigured(UNREACHABLE) from failure
    if sentence:
        raise ImproperlyConfigured(sentence)


def check_database(
    app_configs: object = None,  # noqa: ARG001  Django's signature
    databases: Sequence[str] | None = None,
    **_more: Any,
) -> list[CheckMessage]:
    """Before `migrate`, and in `check --database default`."""
    sentence = refusal() if databases else ""
    return [Error(sentence, id="practice.E001")] if sentence else []
