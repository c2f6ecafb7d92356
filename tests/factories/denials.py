"""Refused answers of payers, and the denials made of them by the room's own verb."""

from datetime import date
from decimal import Decimal

from apps.claims.models import Adjudication, AdjudicationAdjustment
from apps.claims.states import ClaimStatus
from apps.denials.models import Denial
from apps.denials.services import open_denials
from tests.factories.claims import (
    ADJUDICATED_AT,
    AdjudicationAdjustmentFactory,
    AdjudicationFactory,
    ClaimFactory,
)

DENIED = AdjudicationAdjustment.Class.DENIAL


def refused(
    carc: str = "50",
    *,
    group: str = "CO",
    amount: str = "148.00",
    remarks: tuple[str, ...] = (),
    beside: tuple[str, ...] = (),
    **facts: object,
) -> Adjudication:
    """A line that a payer refused under one code. `beside` are the procedures of further lines of its claim."""
    if "claim" not in facts:
        facts["claim"] = _claim(beside, {key: facts.pop(key) for key in list(facts) if key.startswith("claim__")})
    answer = AdjudicationFactory(denied=Decimal(amount), remark_codes=list(remarks), **facts)
    AdjudicationAdjustmentFactory(
        adjudication=answer, group=group, carc=carc, amount=Decimal(amount), adjustment_class=DENIED
    )
    return answer


def _claim(beside: tuple[str, ...], facts: dict[str, object]) -> object:
    told = {key.removeprefix("claim__"): value for key, value in facts.items()}
    claim = ClaimFactory(
        **{"status": ClaimStatus.DENIED, "payer_claim_number": "P9001", "encounter__charges__size": 1 + len(beside)}
        | told
    )
    for line, procedure in zip(list(claim.lines.order_by("number"))[1:], beside, strict=True):
        line.procedure = procedure
        line.save()
    return claim


def denial(carc: str = "50", **facts: object) -> Denial:
    """Routed at the moment its remittance was recorded."""
    answer = refused(carc, **facts)
    open_denials(now=ADJUDICATED_AT)
    return Denial.objects.get(adjudication=answer)


def answered_later(
    first: Denial, *, paid: str = "0.00", denied: str = "0.00", cost_share: str = "0.00"
) -> Adjudication:
    """The payer's next answer about the same line, three weeks on."""
    charge = first.adjudication.charge
    rest = charge - Decimal(paid) - Decimal(denied) - Decimal(cost_share)
    answer = AdjudicationFactory(
        claim=first.claim,
        line=first.line,
        denied=Decimal(denied),
        cost_share=Decimal(cost_share),
        contractual=rest,
        remitted_on=date(2026, 10, 19),
        recorded_at=ADJUDICATED_AT.replace(month=10, day=19),
    )
    if answer.denied:
        AdjudicationAdjustmentFactory(adjudication=answer, carc="50", amount=answer.denied, adjustment_class=DENIED)
    return answer
