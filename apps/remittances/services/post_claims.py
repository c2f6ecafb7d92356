"""Post the claims (CLP) of a payment: plan purely, write set-based, a chunk a transaction (ARCHITECTURE law 7)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from apps.remittances.models import RemittanceException, RemittancePayment
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.outcomes import Outcome, Problem
from apps.remittances.rules.plan import is_further_payer, plan_claim
from apps.remittances.rules.plans import Held, Noted, Plan, Situation
from apps.remittances.selectors.situations import ClassTables, earlier_postings, match_claims, open_charges
from apps.remittances.services.write_claims import Planned, write_claims
from apps.x12.guides.x835 import Remittance, RemittedClaim, UnreadableClaim

CHUNK = 500
Item = RemittedClaim | UnreadableClaim
Numbered = tuple[int, Item]
Matched = tuple[int, RemittedClaim, BilledClaim | None]


def post_next_claims(payment: RemittancePayment, remittance: Remittance, *, now: datetime) -> bool:
    """The payment's next chunk of CLPs, inside the transaction that holds the file's lock; whether more are left.

    How far it came is told by the rows themselves, so after a crash the next call goes on where the last one committed.
    """
    items = items_of(remittance)
    done = payment.claims.count()
    chunk = list(enumerate(items[done : done + CHUNK], start=done + 1))
    aside = _set_aside(payment)
    if aside is not None:
        write_claims(payment, [Planned(number, item, aside) for number, item in chunk], now=now)
    else:
        _post_chunk(payment, chunk, now)
    return done + len(chunk) < len(items)


def items_of(remittance: Remittance) -> list[Item]:
    """All CLPs in the order of the file, those that could not be read among them."""
    return sorted((*remittance.claims, *remittance.unreadable), key=lambda item: item.segment)


def _set_aside(payment: RemittancePayment) -> Noted | None:
    """A duplicate posts nothing. Neither do claims of a payment that does not add up to the one it continues."""
    if payment.duplicate_of_id is not None:
        return Noted(Outcome.DUPLICATE, "The same payment with the same claims had come before.")
    if payment.continues_id is None:
        return None
    held = RemittanceException.objects.filter(
        payment=payment, kind=Problem.CONTINUATION, state=RemittanceException.State.OPEN
    )
    return Noted(Outcome.REFUSED, "Held together with its payment.") if held.exists() else None


def _post_chunk(payment: RemittancePayment, chunk: Sequence[Numbered], now: datetime) -> None:
    readable = [(number, item) for number, item in chunk if isinstance(item, RemittedClaim)]
    found = match_claims([item for _, item in readable])
    matched = [(number, item, billed) for (number, item), billed in zip(readable, found, strict=True)]
    unreadable = [Planned(number, item, _UNREADABLE) for number, item in chunk if isinstance(item, UnreadableClaim)]
    if unreadable:
        write_claims(payment, unreadable, now=now)
    tables = ClassTables()
    for wave in waves(matched):
        write_claims(payment, plan_wave(payment, wave, tables), now=now)


_UNREADABLE = Held(Outcome.REFUSED, Problem.UNREADABLE, "An amount of this claim cannot be read.")


def waves(matched: Sequence[Matched]) -> list[list[Matched]]:
    """CLPs of one visit (a reversal and its correction, two payers) go one after the other, each seeing what the last left."""
    seen: dict[int, int] = defaultdict(int)
    sorted_out: list[list[Matched]] = []
    for number, item, billed in matched:
        turn = 0
        if billed is not None:
            turn = seen[billed.encounter_id]
            seen[billed.encounter_id] += 1
        while len(sorted_out) <= turn:
            sorted_out.append([])
        sorted_out[turn].append((number, item, billed))
    return sorted_out


def plan_wave(payment: RemittancePayment, wave: Sequence[Matched], tables: ClassTables) -> list[Planned]:
    claims = [billed for _, _, billed in wave if billed is not None]
    charges = open_charges(charge for claim in claims for charge in claim.charge_ids)
    earlier = earlier_postings(claim.claim_id for claim in claims)

    def plan(item: RemittedClaim, billed: BilledClaim | None) -> Plan:
        payer_id = payer_of(payment, item, billed)
        before = earlier.get(billed.claim_id, []) if billed else []
        return plan_claim(item, Situation(billed, payer_id, tables.of(payer_id), charges, before))

    return [Planned(number, item, plan(item, billed)) for number, item, billed in wave]


def payer_of(payment: RemittancePayment, item: RemittedClaim, billed: BilledClaim | None) -> int | None:
    """The payment's payer; where the directory does not know it, the claim's own, if it spoke as the claim's first payer."""
    if payment.payer_id is not None or billed is None or is_further_payer(item):
        return payment.payer_id
    return billed.payer_id
