"""Which version of a claim an answer is for needs no person any more once what was sent last has an answer of its own."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from apps.remittances.models import RemittanceException
from apps.remittances.rules.plans import PlannedPosting
from apps.remittances.services.planned import Planned
from apps.remittances.services.settlements import mark_settled

_ANSWERED = "What was sent last was answered since."


def settle_questions(planned: Sequence[Planned], *, now: datetime) -> None:
    claims = {
        each.plan.billed.claim_id
        for each in planned
        if isinstance(each.plan, PlannedPosting)
        and len(each.plan.billed.versions) > 1
        and each.plan.version.correction == each.plan.billed.versions[-1].correction
    }
    if not claims:
        return
    waiting = open_questions().filter(remitted_claim__claim__in=claims).select_related("work_item")
    for each in waiting.order_by("pk"):
        mark_settled(each, note=_ANSWERED, acting_user=None, now=now)


def open_questions() -> "QuerySet[RemittanceException]":
    return RemittanceException.objects.filter(
        kind=RemittanceException.Kind.VERSION, state=RemittanceException.State.OPEN
    )
