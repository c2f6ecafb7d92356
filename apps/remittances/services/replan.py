"""Look at a held CLP again: from the stored bytes, with the claim that a person chose or that has since been posted."""

from django.db.models import Q

from apps.remittances.models import RemittancePayment, RemittedClaim
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.plan import plan_claim
from apps.remittances.rules.plans import Situation
from apps.remittances.selectors.situations import ClassTables, billed_claims, earlier_postings, open_charges
from apps.remittances.services.post_claims import Item, items_of
from apps.remittances.services.read_file import read_file
from apps.remittances.services.write_claims import Planned
from apps.x12.guides import x835


def remittance_of(payment: RemittancePayment) -> x835.Remittance:
    """The payment as its file says it."""
    return read_file(bytes(payment.file.transmission.payload)).remittances[payment.number - 1]


def item_of(row: RemittedClaim) -> Item:
    return items_of(remittance_of(row.payment))[row.number - 1]


def chosen_claim(claim_public_id: str) -> BilledClaim | None:
    """Locked until the transaction ends."""
    return next(iter(billed_claims(Q(public_id=claim_public_id))), None)


def replan(row: RemittedClaim, item: x835.RemittedClaim, billed: BilledClaim) -> Planned:
    """The plan for `row` against `billed`. Where the directory does not know the payer, the claim's own counts now."""
    payer_id = row.payment.payer_id or billed.payer_id
    situation = Situation(
        billed=billed,
        payer_id=payer_id,
        table=ClassTables().of(payer_id),
        open_charges=open_charges(billed.charge_ids),
        earlier=earlier_postings([billed.claim_id]).get(billed.claim_id, []),
    )
    return Planned(row.number, item, plan_claim(item, situation), row)
