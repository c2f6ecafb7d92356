"""Money on a claim that neither its payer nor its patient will settle by itself, opened as a person's work."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apps.claims.models import Claim, ClaimLine
from apps.core.clock import practice_date
from apps.ledger.selectors import charge_positions
from apps.ledger.services import withdraw_requests
from apps.patient_balances.models import MoneyReview, WriteOffRequest
from apps.patient_balances.services.work import open_for_reviews
from apps.practice.models import Payer
from apps.practice.rules.refund_days import refund_due
from apps.practice.selectors.refund_days import usual_refund_days
from apps.worklist.queue import restate_amounts, withdraw_items

_OPENED_AGAIN = ["reason", "opened_at", "settled_at", "note", "identified_on", "due_on", "alerted", "alert_item"]


@dataclass(frozen=True, slots=True)
class StandingMoney:
    """Dollars on a claim that ask for a person, and why."""

    claim: Claim
    reason: MoneyReview.Reason
    amount: Decimal


def review_money(claims: Sequence[Claim], wanted: Iterable[StandingMoney], *, now: datetime) -> None:
    """One open review for each wanted; those of the other `claims` are withdrawn: a later posting has put the money right. Where a later
    posting gives another reason, the work is another; where it only moves the amount, its tasks say the new one.
    """
    rows = {row.claim_id: row for row in MoneyReview.objects.select_for_update().filter(claim__in=claims)}
    by_claim = {each.claim.pk: each for each in wanted}
    gone = [row for row in rows.values() if row.settled_at is None and row.claim_id not in by_claim]
    for row in gone:
        row.settled_at, row.note = now, "A later posting settled it."
    MoneyReview.objects.bulk_update(gone, ["settled_at", "note"])
    _withdraw(gone, "Settled by a later posting.", now)
    fresh = [each for each in by_claim.values() if _is_new(rows.get(each.claim.pk), each.reason)]
    _withdraw(
        [rows[each.claim.pk] for each in fresh if _is_open(rows.get(each.claim.pk))],
        "A later posting gave it another reason.",
        now,
    )
    opened = {each.claim.pk for each in fresh}
    stays = [(rows[key], each.amount) for key, each in by_claim.items() if key not in opened]
    restate_amounts({item: amount for row, amount in stays for item in (row.work_item_id, row.alert_item_id) if item})
    _open(fresh, rows, now)


def _withdraw(reviews: Sequence[MoneyReview], outcome: str, now: datetime) -> None:
    if reviews:
        withdraw_requests(WriteOffRequest.objects.filter(review__in=reviews), now=now)
    items = [key for row in reviews for key in (row.work_item_id, row.alert_item_id) if key]
    withdraw_items(items, now=now, outcome=outcome)


def _is_open(review: MoneyReview | None) -> bool:
    return review is not None and review.settled_at is None


def _is_new(review: MoneyReview | None, reason: MoneyReview.Reason) -> bool:
    return review is None or review.settled_at is not None or review.reason != reason


def _open(wanted: Sequence[StandingMoney], known: Mapping[int, MoneyReview], now: datetime) -> None:
    reviews = [known.get(each.claim.pk) or MoneyReview(claim=each.claim) for each in wanted]
    due = _refunds_due(wanted, now)
    for review, each in zip(reviews, wanted, strict=True):
        review.reason, review.opened_at, review.settled_at, review.note = each.reason, now, None, ""
        review.due_on, review.alerted, review.alert_item = due.get(each.claim.pk), None, None
        review.identified_on = practice_date(now) if review.due_on else None
    again = [review for review in reviews if review.pk]
    MoneyReview.objects.bulk_create([review for review in reviews if not review.pk])
    MoneyReview.objects.bulk_update(again, _OPENED_AGAIN)
    open_for_reviews([(review, each.amount) for review, each in zip(reviews, wanted, strict=True)], now=now)


def _refunds_due(wanted: Sequence[StandingMoney], now: datetime) -> dict[int, date]:
    """Of payers' owing, by claim: they count as identified today."""
    owing = [each.claim for each in wanted if each.reason == MoneyReview.Reason.PAYER_CREDIT]
    if not owing:
        return {}
    creditors = _creditors(owing)
    payers = Payer.objects.filter(pk__in=set().union(*creditors.values()))
    kinds = dict(payers.values_list("pk", "filing_indicator"))
    days = usual_refund_days()
    return {
        key: min(refund_due(kinds[payer], practice_date(now), days) for payer in whose)
        for key, whose in creditors.items()
    }


def _creditors(claims: Sequence[Claim]) -> dict[int, set[int]]:
    """By claim: the payers in whose name more is paid than is owed; of several payers the first may be the one that is owed."""
    charges: defaultdict[int, list[int]] = defaultdict(list)
    for claim_id, charge_id in ClaimLine.objects.filter(claim__in=claims).values_list("claim_id", "charge_id"):
        charges[claim_id].append(charge_id)
    positions = charge_positions(charge for of_claim in charges.values() for charge in of_claim)
    found = {}
    for claim in claims:
        owed: defaultdict[int | None, Decimal] = defaultdict(Decimal)
        for charge in charges[claim.pk]:
            for payer, amount in positions[charge].owed_by.items() if charge in positions else ():
                owed[payer] += amount
        found[claim.pk] = {payer for payer, amount in owed.items() if payer and amount < 0} or {claim.payer_id}
    return found
