"""Post the claims (CLP) of a payment: plan purely, write set-based, a chunk a transaction (ARCHITECTURE law 7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from apps.remittances.models import RemittanceException, RemittancePayment
from apps.remittances.models import RemittedClaim as RemittedClaimRow
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.outcomes import Outcome, Problem
from apps.remittances.rules.plan import is_further_payer, plan_claim
from apps.remittances.rules.plans import Held, Noted, Situation
from apps.remittances.selectors.situations import ClassTables, match_claims
from apps.remittances.services.planned import Planned
from apps.remittances.services.read_file import Item, PaymentClaims
from apps.remittances.services.write_claims import write_claims
from apps.x12.guides.x835 import RemittedClaim, UnreadableClaim

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Numbered:
    """A CLP and which one of its payment it is, from 1. `row` exists when it was held before."""

    number: int
    item: Item
    row: RemittedClaimRow | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    number: int
    item: RemittedClaim
    billed: BilledClaim | None
    row: RemittedClaimRow | None = None


@dataclass(frozen=True, slots=True)
class PostedChunk:
    """`number`: CLPs written. `claim_ids`: our claims that they spoke of."""

    more: bool
    number: int
    claim_ids: frozenset[int] = frozenset()


def post_next_claims(payment: RemittancePayment, claims: PaymentClaims, *, now: datetime) -> PostedChunk:
    """The payment's next chunk of CLPs, inside the transaction that holds the file's lock.

    How far it came is told by the rows themselves, so after a crash the next call goes on where the last one committed.
    """
    done = payment.claims.aggregate(last=Max("number"))["last"] or 0
    chunk = [Numbered(number, item) for number, item in enumerate(claims.after(done, CHUNK), start=done + 1)]
    more = done + len(chunk) < len(claims)
    aside = _set_aside(payment)
    if aside is not None:
        write_claims(payment, [Planned(each.number, each.item, aside) for each in chunk], now=now)
        return PostedChunk(more, len(chunk))
    return PostedChunk(more, len(chunk), _post_chunk(payment, chunk, now))


def post_held_claims(payment: RemittancePayment, claims: PaymentClaims, *, now: datetime) -> frozenset[int]:
    """All CLPs of a payment that was held as a whole; our claims that they speak of. In the caller's transaction."""
    spoken_of: set[int] = set()
    for done in range(0, len(claims), CHUNK):
        rows = {row.number: row for row in payment.claims.filter(number__gt=done, number__lte=done + CHUNK)}
        items = enumerate(claims.after(done, CHUNK), start=done + 1)
        spoken_of |= _post_chunk(payment, [Numbered(number, item, rows.get(number)) for number, item in items], now)
    return frozenset(spoken_of)


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


def _post_chunk(payment: RemittancePayment, chunk: Sequence[Numbered], now: datetime) -> frozenset[int]:
    unreadable = [
        Planned(each.number, each.item, _UNREADABLE, each.row)
        for each in chunk
        if isinstance(each.item, UnreadableClaim)
    ]
    if unreadable:
        write_claims(payment, unreadable, now=now)
    matched = _match(chunk)
    write_claims(payment, plan_chunk(payment, matched), now=now)
    return frozenset(each.billed.claim_id for each in matched if each.billed is not None)


def _match(chunk: Sequence[Numbered]) -> list[Matched]:
    readable = [(each, each.item) for each in chunk if isinstance(each.item, RemittedClaim)]
    found = match_claims([item for _, item in readable])
    return [Matched(each.number, item, billed, each.row) for (each, item), billed in zip(readable, found, strict=True)]


_UNREADABLE = Held(Outcome.REFUSED, Problem.UNREADABLE, "An amount of this claim cannot be read.")


def plan_chunk(payment: RemittancePayment, matched: Sequence[Matched]) -> list[Planned]:
    """What each says by itself; what that does to the books is found when it is written."""
    tables = ClassTables()
    planned = []
    for each in matched:
        payer_id = payer_of(payment, each.item, each.billed)
        plan = plan_claim(each.item, Situation(each.billed, payer_id, tables.of(payer_id)))
        planned.append(Planned(each.number, each.item, plan, each.row))
    return planned


def payer_of(payment: RemittancePayment, item: RemittedClaim, billed: BilledClaim | None) -> int | None:
    """The payment's payer; where the directory does not know it, the claim's own, if it spoke as the claim's first payer."""
    if payment.payer_id is not None or billed is None or is_further_payer(item):
        return payment.payer_id
    return billed.payer_id
