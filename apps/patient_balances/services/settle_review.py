"""A person settles money on a claim: a credit is recorded as paid back, what stands open is given up for a reason."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.audit.trail import record
from apps.claims.models import Claim
from apps.core.clock import practice_date
from apps.core.models import User
from apps.core.money import ZERO
from apps.core.odd_days import odd_day
from apps.ledger.models import Account, Entry, WriteOffReason
from apps.ledger.selectors import ChargePosition, charge_positions
from apps.ledger.services import (
    ApprovalError,
    NewEntry,
    NewLeg,
    WriteOffResult,
    ask_approval,
    checked_reason,
    decide_request,
    moved_since,
    needs_approval,
    post_entries,
    withdraw_requests,
)
from apps.patient_balances.models import MoneyReview, Refund, WriteOffRequest
from apps.patient_balances.services.work import MONEY
from apps.worklist.queue import close_item

_SIDES = (Account.INSURANCE_RECEIVABLE, Account.PATIENT_RECEIVABLE)


class ReviewError(ValueError):
    """Why this review cannot be settled, as a sentence."""


@dataclass(frozen=True, slots=True)
class PaidBack:
    """How a credit was paid back: a Refund.Method, the number of the check or transfer, and its day."""

    method: str
    number: str
    on: date


@dataclass(slots=True)
class StandingParts:
    """What is to leave the books: the legs of each line's receivable, and their sums by side, dollars, owed to us positive."""

    legs: list[NewLeg] = field(default_factory=list)
    sums: dict[Account, Decimal] = field(default_factory=lambda: dict.fromkeys(_SIDES, ZERO))

    def sides(self, *, owed_to_us: bool) -> "StandingParts":
        """The sides that are owed to us, or those that are not."""
        sums = {account: amount for account, amount in self.sums.items() if (amount > ZERO) is owed_to_us}
        return StandingParts([leg for leg in self.legs if leg.account in sums], sums)

    @property
    def given_up(self) -> Decimal:
        return sum((amount for amount in self.sums.values() if amount > ZERO), ZERO)

    @property
    def given_back(self) -> Decimal:
        return -sum((amount for amount in self.sums.values() if amount < ZERO), ZERO)


def standing_parts(review: MoneyReview, claim: Claim) -> StandingParts:
    """Of a payer's credit or silence only the payers' side, each payer's in its own name; of a voided claim both."""
    found = StandingParts()
    both = review.reason == MoneyReview.Reason.VOIDED
    for charge, stands in charge_positions(claim.lines.values_list("charge_id", flat=True)).items():
        for account, payer, amount in _sides(stands, both=both):
            found.legs.append(NewLeg(account, -amount, claim.patient_id, charge, payer))
            found.sums[account] += amount
    return found


def _sides(stands: ChargePosition, *, both: bool) -> list[tuple[Account, int | None, Decimal]]:
    payers = [(Account.INSURANCE_RECEIVABLE, payer, amount) for payer, amount in stands.owed_by.items()]
    return [*payers, (Account.PATIENT_RECEIVABLE, None, stands.receivable.patient)] if both else payers


def _by_owner(legs: Sequence[NewLeg]) -> dict[tuple[Account, int | None], Decimal]:
    """Dollars by account and payer, owed to us positive. A visit of two payers has one review, on its last claim: each has its own part;
    where one owes what another is owed, the rest is of the payer to whom more is owed.
    """
    owed: dict[tuple[Account, int | None], Decimal] = defaultdict(Decimal)
    for leg in legs:
        owed[leg.account, leg.payer_id] -= leg.amount
    payers = {key: amount for key, amount in owed.items() if key[0] is Account.INSURANCE_RECEIVABLE}
    if payers and min(payers.values()) < ZERO < max(payers.values()):
        rest = sum(payers.values(), ZERO)
        others = {key: amount for key, amount in owed.items() if key not in payers}
        return {**others, min(payers, key=lambda key: payers[key]): rest}
    return dict(owed)


@dataclass(frozen=True, slots=True)
class _Case:
    """A locked review and its claim, who settles it and when."""

    review: MoneyReview
    claim: Claim
    acting_user: User
    now: datetime

    def record(self, action: str, **told: Any) -> None:
        record(
            action,
            acting_user=self.acting_user,
            now=self.now,
            subject_kind="claim",
            subject_public_id=self.claim.public_id,
            patients=[self.claim.patient.public_id],
            **told,
        )

    def close(self, words: str, **told: Any) -> None:
        self.review.settled_at, self.review.note = self.now, words
        self.review.save(update_fields=["settled_at", "note"])
        for item in (self.review.work_item, self.review.alert_item):
            close_item(item, acting_user=self.acting_user, now=self.now, outcome=words)
        self.record("settle_money_review", **told)


@transaction.atomic
def settle_review(
    *, review_id: str, note: str, acting_user: User, now: datetime, reason: str = "", paid_back: PaidBack | None = None
) -> WriteOffResult:
    """The money leaves the books: a credit because it was `paid_back`, what is owed to us because it is given up for a `reason`.

    Above the practice's limit an administrator is asked to approve what is given up; what was paid back leaves the books at once.
    Raises ReviewError and ApprovalError.
    """
    words = note.strip()[:200]
    if not words:
        raise ReviewError("Say what was done with the money.")
    case = _locked(review_id, acting_user, now)
    if case.review.settled_at:
        raise ReviewError("This has been settled already.")
    parts = standing_parts(case.review, case.claim)
    refund = checked_refund(paid_back, now) if parts.given_back else None
    why = checked_reason(reason, words)[0] if parts.given_up else None
    if why is not None and needs_approval(parts.given_up):
        _leave(case, parts.sides(owed_to_us=False), None, refund)
        return _ask(case, parts.given_up, why, words)
    _leave(case, parts, why, refund)
    told = {"reason": why.value} if why else {}
    told |= {"method": refund.method, "paid_on": refund.on.isoformat()} if refund else {}
    case.close(words, amount=str(parts.given_up + parts.given_back), note=words, **told)
    return WriteOffResult(parts.given_up + parts.given_back)


@transaction.atomic
def decide_review(*, request_id: str, approved: bool, note: str, acting_user: User, now: datetime) -> WriteOffResult:
    """Another person's word on what was to be given up: the amount that was asked for, and no other. Raises ReviewError where another
    stands by now, and ApprovalError.
    """
    asked = WriteOffRequest.objects.select_related("review").get(public_id=request_id, balance=None)
    if asked.review is None:
        raise ValueError("The database keeps a request of no review from being one.")
    case = _locked(asked.review.public_id, acting_user, now)
    if case.review.settled_at:
        withdraw_requests(case.review.write_off_requests.all(), now=now)
        return WriteOffResult(ZERO)
    row = WriteOffRequest.objects.select_for_update(of=("self",)).select_related("work_item").get(pk=asked.pk)
    decide_request(row, approved=approved, note=note, acting_user=acting_user, now=now)
    case.record("decide_write_off", amount=str(row.amount), approved=approved)
    if not approved:
        return WriteOffResult(ZERO)
    parts = standing_parts(case.review, case.claim)
    if parts.given_back:
        raise ReviewError("A credit stands on this claim by now. Refuse this, and settle the review anew.")
    if told := moved_since(row, parts.given_up, "stands open"):
        raise ReviewError(f"{told} Refuse this, and settle the review anew.")
    _leave(case, parts, WriteOffReason(row.reason), None)
    case.close(row.note, amount=str(parts.given_up), reason=row.reason)
    return WriteOffResult(parts.given_up)


def _locked(review_id: str, acting_user: User, now: datetime) -> _Case:
    """Claims are locked first, as everywhere: whoever opens and withdraws reviews holds their claims."""
    claim = (
        Claim.objects.select_for_update(of=("self",)).select_related("patient").get(money_review__public_id=review_id)
    )
    rows = MoneyReview.objects.select_for_update(of=("self",)).select_related("work_item", "alert_item")
    return _Case(rows.get(public_id=review_id), claim, acting_user, now)


def checked_refund(told: PaidBack | None, now: datetime) -> PaidBack:
    """As it is recorded. Raises ReviewError for one that is not whole, or whose day has not come."""
    if told is None or told.method not in Refund.Method.values or not told.number.strip():
        raise ReviewError("Say how it was paid back: by what, with which number, on which day.")
    if told.on > practice_date(now):
        raise ReviewError("A refund is recorded once it is paid: its day has not come yet.")
    if odd := odd_day(told.on, practice_date(now)):
        raise ReviewError(f"The day of the refund {odd}.")
    return PaidBack(told.method, told.number.strip()[:60], told.on)


def _ask(case: _Case, amount: Decimal, why: WriteOffReason, words: str) -> WriteOffResult:
    if case.review.write_off_requests.filter(state=WriteOffRequest.State.OPEN).exists():
        raise ApprovalError("A write-off of this waits for an administrator already.")
    row = WriteOffRequest(
        review=case.review,
        amount=amount,
        reason=why,
        note=words,
        requested_by=case.acting_user,
        requested_at=case.now,
    )
    case.record("ask_write_off", amount=str(row.amount), reason=why.value)
    return ask_approval(row, url_name=MONEY, subject_public_id=case.review.public_id, now=case.now)


def _leave(case: _Case, parts: StandingParts, why: WriteOffReason | None, refund: PaidBack | None) -> None:
    """Each line's receivable to zero; the difference is a refund where we owed it, a write-off where it was owed to us."""
    claim, legs = case.claim, list(parts.legs)
    by_owner = _by_owner(parts.legs)
    for (_, payer_id), amount in by_owner.items():
        counter = Account.WRITE_OFF if amount > ZERO else Account.REFUNDS
        legs.append(NewLeg(counter, amount, claim.patient_id, None, payer_id))
    if not any(leg.amount for leg in legs):
        return
    key = f"money_review:{case.review.public_id}:{case.now.isoformat()}"
    entry = NewEntry(Entry.Kind.PROVIDER_ADJUSTMENT, key, practice_date(case.now), tuple(legs), reason=why)
    entry_id = post_entries([entry], now=case.now).entry_id(key)
    if refund is not None:
        Refund.objects.bulk_create(
            Refund(
                review=case.review,
                payer_id=payer_id,
                amount=-amount,
                method=refund.method,
                number=refund.number,
                paid_on=refund.on,
                recorded_at=case.now,
                recorded_by=case.acting_user,
                entry_id=entry_id,
            )
            for (_, payer_id), amount in by_owner.items()
            if amount < ZERO
        )
