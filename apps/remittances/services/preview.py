"""What a posting would do, without doing it: for the person who is about to settle an exception."""

from dataclasses import dataclass
from decimal import Decimal

from apps.core.money import ZERO
from apps.remittances.models import RemittedClaim
from apps.remittances.rules.billed import BilledLine
from apps.remittances.rules.effect import open_after
from apps.remittances.rules.movement import OpenCharge
from apps.remittances.rules.plans import Held, PlannedPosting, PlannedReversal
from apps.remittances.selectors.situations import open_charges
from apps.remittances.services.replan import chosen_claim, replan
from apps.remittances.services.resolve import resolve
from apps.x12.guides import x835


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One of our lines, dollars: what moves, and what stays open on it afterwards."""

    line: BilledLine
    paid: Decimal
    contractual: Decimal
    before: OpenCharge
    insurance_after: Decimal
    patient_after: Decimal


@dataclass(frozen=True, slots=True)
class Preview:
    """`problem` is empty when it can be posted. `undoes` is set for a reversal: the dollars that it takes back."""

    problem: str = ""
    lines: tuple[PreviewLine, ...] = ()
    undoes: Decimal | None = None
    total: Decimal = ZERO


def preview_posting(row: RemittedClaim, item: object, claim_public_id: str) -> Preview:
    """`item` is the CLP as its file says it."""
    billed = chosen_claim(claim_public_id, lock=False)
    if billed is None:
        return Preview("There is no such claim.")
    if not isinstance(item, x835.RemittedClaim):
        return Preview("The file spoils this claim: post it by hand.", total=billed.total)
    (planned,) = resolve(row.payment, [replan(row, item, billed)]).planned
    plan = planned.plan
    if isinstance(plan, PlannedReversal):
        return Preview(undoes=plan.undoes.paid if plan.undoes else ZERO, total=billed.total)
    if not isinstance(plan, PlannedPosting):
        sentence = plan.sentence if isinstance(plan, Held) else f"{plan.sentence} No money moves."
        return Preview(sentence, total=billed.total)
    before = open_charges(billed.charge_ids)
    lines = [_line(line, plan, before.get(line.charge_id, OpenCharge())) for line in billed.lines]
    return Preview(lines=tuple(lines), total=billed.total)


def _line(line: BilledLine, plan: PlannedPosting, before: OpenCharge) -> PreviewLine:
    move = plan.effect.movements[line.charge_id]
    from_here = open_after(before, line.charge_id, plan.effect.takes_back)
    return PreviewLine(
        line=line,
        paid=move.paid,
        contractual=move.contractual,
        before=before,
        insurance_after=from_here.insurance + move.insurance,
        patient_after=from_here.patient + move.patient,
    )
