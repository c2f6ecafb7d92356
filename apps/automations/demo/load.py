"""Load the demo practice once, and keep its connections pointed at the sandbox that runs now."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.automations.demo import code_edits, connections, directory, mappings, people
from apps.core.clock import practice_date
from apps.intake.models import ColumnMapping
from apps.practice.models import Practice
from apps.remittances.models import SetAsideRule


class NotInDemoModeError(RuntimeError):
    """The demo's users and sandbox hosts exist in demo mode only."""


def load_demo(facts: Mapping[str, Any], *, now: datetime, signs_in: bool = True) -> None:
    """`facts`: what the sandbox's control address tells of the practice (`GET /control/practice`). `signs_in`: whether anybody will
    use the log-ins; those of a practice that lives for a journey only have none, since to hash passwords takes seconds.

    The practice, its people and its payers are created once and then belong to whoever changes them; the connections follow the
    sandbox, whose ports may be others at each start.
    """
    if not settings.DEMO_MODE:
        raise NotInDemoModeError("The demo practice is for demo mode; a production installation refuses it.")
    with transaction.atomic():
        if not Practice.objects.exists():
            directory.create(facts, now=now)
            code_edits.create(begins=date(practice_date(now).year - 1, 1, 1))
        for name, fields in (("satellite", mappings.SATELLITE_EXPORT), ("synthea_export", mappings.SYNTHEA_EXPORT)):
            ColumnMapping.objects.get_or_create(name=name, defaults=fields)
        if not SetAsideRule.objects.exists():
            SetAsideRule.objects.create(text="STRIPE TRANSFER", reason=SetAsideRule.Reason.CARD, made_at=now)
        connections.connect(facts)
    if signs_in:
        people.invite(now=now)
    else:
        people.hire(now=now)
