"""Look at a held CLP again: from the stored bytes, with the claim that a person chose or that has since been posted."""

from django.db.models import Q

from apps.connectors.payloads import opened
from apps.remittances.models import RemittancePayment, RemittedClaim
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.by_hand import HandPosting, plan_by_hand
from apps.remittances.rules.plan import plan_claim
from apps.remittances.rules.plans import Situation
from apps.remittances.selectors.situations import ClassTables, billed_claims
from apps.remittances.services.planned import Planned
from apps.remittances.services.read_file import ClaimReader, Item, PaymentClaims, claim_at, summarize_file
from apps.x12.guides import x835


def claims_of(payment: RemittancePayment) -> PaymentClaims:
    """The payment as its file says it, and its claims to be read."""
    file = payment.file.transmission
    summary = summarize_file(opened(file))
    return PaymentClaims(summary.payments[payment.number - 1], ClaimReader(lambda: opened(file), summary.kept))


def item_of(row: RemittedClaim) -> Item:
    return claim_at(opened(row.payment.file.transmission), row.segment)


def chosen_claim(claim_public_id: str, *, lock: bool = True) -> BilledClaim | None:
    """Locked with its visit's other claims until the transaction ends; a page that only looks does not lock."""
    found = billed_claims(Q(public_id=claim_public_id), lock=lock)
    return next((claim for claim in found if claim.public_id == claim_public_id), None)


def replan(row: RemittedClaim, item: x835.RemittedClaim, billed: BilledClaim) -> Planned:
    """The plan for `row` against `billed`."""
    payer_id = payer_of(row, billed)
    situation = Situation(billed, payer_id, ClassTables().of(payer_id))
    return Planned(row.number, item, plan_claim(item, situation), row)


def replan_by_hand(row: RemittedClaim, hand: HandPosting, billed: BilledClaim) -> Planned:
    """The plan for amounts that a person names in place of the file's."""
    plan = plan_by_hand(hand, billed, payer_of(row, billed), segment=row.segment)
    return Planned(row.number, item_of(row), plan, row)


def payer_of(row: RemittedClaim, billed: BilledClaim) -> int:
    """Where the directory does not know the payment's payer, the claim's own counts now that a person looked."""
    return row.payment.payer_id or billed.payer_id
