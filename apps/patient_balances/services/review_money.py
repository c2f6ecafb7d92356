"""Money on a claim that neither its payer nor its patient will settle by itself: opened as a person's work, and settled by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.audit.trail import record
from apps.claims.models import Claim
from apps.core.clock import practice_date
from apps.core.models import User
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry
from apps.ledger.selectors import Receivable, receivable_by_charge
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.models import MoneyReview
from apps.patient_balances.services.work import open_for_reviews
from apps.worklist.queue import close_item, withdraw_items


class ReviewError(ValueError):
    """Why this review cannot be settled, as a sentence."""


@dataclass(frozen=True, slots=True)
class StandingMoney:
    """Dollars on a claim that ask for a person, and why."""

    claim: Claim
    reason: MoneyReview.Reason
    amount: Decimal


def review_money(claims: Sequence[Claim], wanted: Iterable[StandingMoney], *, now: datetime) -> None:
    """One open review for each wanted; those of the other `claims` are withdrawn: a later posting has put the money right."""
    rows = {row.claim_id: row for row in MoneyReview.objects.select_for_update().filter(claim__in=claims)}
    by_claim = {each.claim.pk: each for each in wanted}
    gone = [row for row in rows.values() if row.settled_at is None and row.claim_id not in by_claim]
    for row in gone:
        row.settled_at, row.note = now, "A later posting settled it."
    MoneyReview.objects.bulk_update(gone, ["settled_at", "note"])
    withdraw_items(
        [row.work_item_id for row in gone if row.work_item_id], now=now, outcome="Settled by a later posting."
    )
    _open([each for each in by_claim.values() if _is_new(rows.get(each.claim.pk))], rows, now)


def _is_new(review: MoneyReview | None) -> bool:
    return review is None or review.settled_at is not None


def _open(wanted: Sequence[StandingMoney], known: Mapping[int, MoneyReview], now: datetime) -> None:
    reviews = [known.get(each.claim.pk) or MoneyReview(claim=each.claim) for each in wanted]
    for review, each in zip(reviews, wanted, strict=True):
        review.reason, review.opened_at, review.settled_at, review.note = each.reason, now, None, ""
    again = [review for review in reviews if review.pk]
    MoneyReview.objects.bulk_create([review for review in reviews if not review.pk])
    MoneyReview.objects.bulk_update(again, ["reason", "opened_at", "settled_at", "note"])
    open_for_reviews([(review, each.amount) for review, each in zip(reviews, wanted, strict=True)], now=now)


@transaction.atomic
def settle_review(*, review_id: str, note: str, acting_user: User, now: datetime) -> Decimal:
    """The money leaves the books as the person says: a credit was given back, what stood open is written off. The dollars moved.

    Of a payer's credit only the payer's side moves. Raises ReviewError.
    """
    words = note.strip()
    if not words:
        raise ReviewError("Say what was done with the money.")
    # Claims are locked first, as everywhere: whoever opens and withdraws reviews holds their claims.
    claim = Claim.objects.select_for_update().get(money_review__public_id=review_id)
    review = (
        MoneyReview.objects.select_for_update(of=("self",)).select_related("claim__patient").get(public_id=review_id)
    )
    if review.settled_at:
        raise ReviewError("This has been settled already.")
    moved = _clear(review, claim, now)
    review.settled_at, review.note = now, words[:200]
    review.save(update_fields=["settled_at", "note"])
    close_item(review.work_item, acting_user=acting_user, now=now, outcome=words[:200])
    record(
        "settle_money_review",
        acting_user=acting_user,
        now=now,
        subject_kind="claim",
        subject_public_id=claim.public_id,
        patients=[review.claim.patient.public_id],
        amount=str(moved),
        note=words[:200],
    )
    return moved


def _clear(review: MoneyReview, claim: Claim, now: datetime) -> Decimal:
    """Each line's receivable to zero; the difference is a refund where we owed it, a write-off where it was owed to us."""
    both = review.reason == MoneyReview.Reason.VOIDED
    legs, sums = [], {Account.INSURANCE_RECEIVABLE: ZERO, Account.PATIENT_RECEIVABLE: ZERO}
    for charge, stands in receivable_by_charge(claim.lines.values_list("charge_id", flat=True)).items():
        for account, amount in _sides(stands, both=both):
            payer = claim.payer_id if account is Account.INSURANCE_RECEIVABLE else None
            legs.append(NewLeg(account, -amount, claim.patient_id, charge, payer))
            sums[account] += amount
    for amount in sums.values():
        counter = Account.WRITE_OFF if amount > ZERO else Account.REFUNDS
        legs.append(NewLeg(counter, amount, claim.patient_id, None, claim.payer_id))
    if any(leg.amount for leg in legs):
        key = f"money_review:{review.public_id}:{now.isoformat()}"
        post_entries([NewEntry(Entry.Kind.PROVIDER_ADJUSTMENT, key, practice_date(now), tuple(legs))], now=now)
    return sum((abs(amount) for amount in sums.values()), ZERO)


def _sides(stands: Receivable, *, both: bool) -> list[tuple[Account, Decimal]]:
    payers = [(Account.INSURANCE_RECEIVABLE, stands.insurance)]
    return [*payers, (Account.PATIENT_RECEIVABLE, stands.patient)] if both else payers
