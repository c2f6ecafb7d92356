from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.connectors.models import Transmission
from apps.core import clock
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.rules.kinds import VerdictKind
from apps.eligibility.rules.rejections import Turn
from apps.eligibility.rules.verdict import Verdict, judge
from apps.eligibility.services.desk_tasks import close_tasks, open_tasks
from apps.eligibility.services.note_told import note_told
from apps.eligibility.services.still_asked import still_asked
from apps.eligibility.services.try_later import try_later
from apps.x12 import read
from apps.x12.guides.x271 import EligibilityResponse

State = EligibilityCheck.State
_UNREADABLE = Verdict(VerdictKind.UNKNOWN, Turn.FRONT_DESK, "The payer's answer could not be read.")


@transaction.atomic
def record_answer(check: EligibilityCheck, answer: Transmission, *, now: datetime) -> None:
    """Judge a stored answer. "Cannot answer now" is tried again; a refused future day is asked again as today.

    Whatever day was asked about, the dates that the payer tells are held against the visit's. Of a check that another worker has taken in
    hand since it was asked, the answer is kept in the journal alone.
    """
    is_ours = still_asked(check).select_for_update().exists()
    Transmission.objects.filter(pk=answer.pk).update(state=Transmission.State.PROCESSED, settled_at=now)
    if not is_ours:
        return
    verdict = _verdict(check, bytes(answer.payload))
    check.answer = answer
    today = clock.practice_date(now)
    if verdict.turn is Turn.RETRY:
        check.save(update_fields=["answer"])
        try_later(check, sentence=verdict.sentence, now=now)
        return
    if verdict.turn is Turn.RETRY_FOR_TODAY and check.asked_about != today:
        check.asked_about, check.state, check.next_try_at = today, State.WAITING, None
        check.save(update_fields=["answer", "asked_about", "state", "next_try_at"])
        return
    check.state, check.verdict, check.answered_at, check.next_try_at = State.ANSWERED, verdict.kind.value, now, None
    check.sentence, check.benefits = verdict.sentence, _benefits(verdict)
    check.save(update_fields=["answer", "state", "verdict", "answered_at", "next_try_at", "sentence", "benefits"])
    note_told(check)
    if check.failed:
        open_tasks([check], now=now, turn=verdict.turn)
    else:
        close_tasks(check, acting_user=None, now=now, outcome="The payer answers: covered.")


def _verdict(check: EligibilityCheck, payload: bytes) -> Verdict:
    for transaction_set in read(payload).transactions:
        if isinstance(transaction_set.body, EligibilityResponse):
            return judge(
                transaction_set.body,
                trace=check.public_id,
                on=check.service_date,
                filing_indicator=check.coverage.payer.filing_indicator,
            )
    return _UNREADABLE


def _benefits(verdict: Verdict) -> dict[str, Any]:
    """As JSON: dollars and fractions as text, so that no figure passes through binary floating point."""
    facts: dict[str, Any] = {
        name: [_text(value) for value in values] for name, values in asdict(verdict.cost_share).items()
    }
    facts["plan"] = verdict.plan
    facts["begins_on"], facts["ends_on"] = _day(verdict.begins_on), _day(verdict.ends_on)
    facts["other_payer"] = asdict(verdict.other_payer) if verdict.other_payer else None
    facts["answered_by"] = verdict.answered_by
    facts["needs_authorization"] = verdict.needs_authorization
    facts["medicaid_pays_cost_share"] = verdict.medicaid_pays_cost_share
    return facts


def _text(value: Decimal) -> str:
    return f"{value:f}"


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
