"""Open a balance where no payer is left, bring those that exist to what the ledger says, close the claims where nothing is left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from apps.claims.models import Claim
from apps.claims.services import move_claims
from apps.claims.states import ClaimStatus
from apps.core.money import ZERO
from apps.ledger.models import WriteOffReason
from apps.patient_balances.models import LIVE, Balance, MoneyReview
from apps.patient_balances.rules.standing import Standing, Verdict, judge
from apps.patient_balances.selectors.due import claims_due, moved_balances
from apps.patient_balances.selectors.standings import standings
from apps.patient_balances.services.cancel_messages import cancel_messages
from apps.patient_balances.services.open_self_pay import open_self_pay
from apps.patient_balances.services.review_money import StandingMoney, review_money
from apps.patient_balances.services.settle import bring_up_to_date, settle
from apps.patient_balances.services.work import BY_REASON, Tasks, open_for_balances, withdraw_for_balances
from apps.patient_balances.services.write_off_balance import TOO_SMALL, take_off
from apps.practice.models import Practice

CHUNK = 500
State, Stop = Balance.State, Balance.Stop
_SETTLED = (State.PAID, State.WITHDRAWN, State.WRITTEN_OFF, State.CREDIT)
_HOLDS = {Verdict.PROTECTED: Stop.PROTECTED, Verdict.OTHER_COVERAGE: Stop.OTHER_COVERAGE}
# Reasons that this step gave, and that it takes back when they have gone.
_OURS = {Stop.WITH_PAYER, *_HOLDS.values()}
_REVIEWS = {
    Verdict.PAYER_CREDIT: MoneyReview.Reason.PAYER_CREDIT,
    Verdict.UNANSWERED: MoneyReview.Reason.UNANSWERED,
    Verdict.VOIDED_WITH_MONEY: MoneyReview.Reason.VOIDED,
}


@dataclass(frozen=True, slots=True)
class OpenedBalances:
    """`opened` counts balances, those for a person to decide included; `closed` claims; `changed` balances settled or stopped."""

    opened: int = 0
    closed: int = 0
    changed: int = 0

    def plus(self, other: "OpenedBalances") -> "OpenedBalances":
        return OpenedBalances(self.opened + other.opened, self.closed + other.closed, self.changed + other.changed)


def open_balances(*, now: datetime, undecided: "QuerySet[Claim]") -> OpenedBalances:
    """Everything that payers, patients or people changed since the last run. Called again at once, it changes nothing.

    `undecided`: claims of which something is refused, and nobody has decided what becomes of it.
    """
    minimum = Practice.objects.values_list("minimum_balance", flat=True).first() or ZERO
    total, after = OpenedBalances(open_self_pay(minimum=minimum, now=now), changed=_follow_the_ledger(now)), 0
    more = True
    while more:
        with transaction.atomic():
            claims = list(claims_due(after)[:CHUNK])
            if claims:
                total, after = total.plus(_Pass(claims, undecided, minimum, now).run()), claims[-1].pk
        more = len(claims) == CHUNK
    return total


@transaction.atomic
def _follow_the_ledger(now: datetime) -> int:
    """Balances that no claim leads here any more, and that a refund or a payment by another road has changed."""
    return bring_up_to_date(list(moved_balances().values_list("pk", flat=True)), now=now)


def _begins(balance: Balance, hold: Balance.Stop) -> bool:
    """Protection stops whatever stands. Another plan stops what runs, unless a person decided to bill in spite of it."""
    if hold is Stop.PROTECTED:
        return balance.stopped_reason != hold
    return balance.state == State.OPEN and not balance.bill_anyway


@dataclass(slots=True)
class _Pass:
    """One chunk, planned claim by claim and then written in a few statements."""

    claims: Sequence[Claim]
    undecided: "QuerySet[Claim]"
    minimum: Decimal
    now: datetime
    opening: list[Balance] = field(default_factory=list)
    reopening: list[Balance] = field(default_factory=list)
    resuming: list[Balance] = field(default_factory=list)
    stopping: list[Balance] = field(default_factory=list)
    settling: list[Balance] = field(default_factory=list)
    small: list[Balance] = field(default_factory=list)
    reviewing: list[StandingMoney] = field(default_factory=list)
    owing: list[Claim] = field(default_factory=list)
    closing: list[Claim] = field(default_factory=list)
    owed: dict[int, Decimal] = field(default_factory=dict)

    def run(self) -> OpenedBalances:
        rows = Balance.objects.select_for_update().filter(claim__in=self.claims).order_by("pk")
        balances = {row.claim_id: row for row in rows}
        found = standings(self.claims, self.undecided, self.now)
        for claim in self.claims:
            balance = balances.get(claim.pk)
            if balance:
                balance.claim = claim
            self._plan(claim, found[claim.pk], balance)
        return self._write()

    def _plan(self, claim: Claim, standing: Standing, balance: Balance | None) -> None:
        verdict = judge(standing, self.minimum)
        self.owed[claim.pk] = standing.patient
        if verdict in {Verdict.OWED, *_HOLDS}:
            self._owes(claim, standing, balance, _HOLDS.get(verdict))
        elif verdict in {Verdict.NOTHING_LEFT, Verdict.CREDIT}:
            # What the patient paid is about to be asked of the next payer.
            if not standing.bills_on:
                self._owes_nothing(claim, balance, in_credit=verdict is Verdict.CREDIT)
        elif verdict is Verdict.TOO_SMALL:
            self._owes_little(claim, balance)
        elif verdict in _REVIEWS:
            self._needs_review(claim, standing, balance, verdict)
        elif balance and balance.state in LIVE:
            self._waits(standing, balance)

    def _owes(self, claim: Claim, standing: Standing, balance: Balance | None, hold: Balance.Stop | None) -> None:
        # Its money is about to stand in the next payer's name: nobody is asked, by task or by message, for a moment's balance.
        if balance is None and standing.bills_on:
            return
        # A claim in appeal stays there: its patient's part is asked for beside it.
        if standing.insurance == ZERO and claim.status != ClaimStatus.PATIENT_BALANCE:
            self.owing.append(claim)
        if balance is None:
            self.opening.append(self._new(claim, State.STOPPED if hold else State.OPEN, hold or ""))
        elif balance.state in _SETTLED:
            self.reopening.append(balance)
        elif hold and _begins(balance, hold):
            self._stop(balance, hold)
        elif not hold and balance.stopped_reason in _OURS:
            self.resuming.append(balance)

    def _owes_nothing(self, claim: Claim, balance: Balance | None, *, in_credit: bool) -> None:
        if balance is None and in_credit:
            self.opening.append(self._new(claim, State.CREDIT, ""))
        elif balance is not None:
            self.settling.append(balance)
        if claim.status != ClaimStatus.CLOSED:
            self.closing.append(claim)

    def _owes_little(self, claim: Claim, balance: Balance | None) -> None:
        """Not worth asking for, so it is not left standing either; what a person stopped is that person's."""
        if balance is None:
            balance = self._new(claim, State.OPEN, "")
            self.opening.append(balance)
        elif balance.state == State.STOPPED and balance.stopped_reason not in _OURS:
            return
        self.small.append(balance)
        self.closing.append(claim)

    def _needs_review(self, claim: Claim, standing: Standing, balance: Balance | None, verdict: Verdict) -> None:
        self.reviewing.append(StandingMoney(claim, _REVIEWS[verdict], abs(standing.insurance) or abs(standing.patient)))
        if verdict is not Verdict.PAYER_CREDIT or standing.patient > ZERO:
            if balance and balance.state in LIVE:
                self._waits(standing, balance)
        else:
            self._owes_nothing(claim, balance, in_credit=standing.patient < ZERO)

    def _waits(self, standing: Standing, balance: Balance) -> None:
        if standing.patient <= ZERO:
            self.settling.append(balance)
        elif balance.state != State.STOPPED:
            self._stop(balance, Stop.WITH_PAYER)

    def _new(self, claim: Claim, state: Balance.State, reason: str) -> Balance:
        return Balance(
            patient_id=claim.patient_id,
            encounter_id=claim.encounter_id,
            claim=claim,
            state=state,
            stopped_reason=reason,
            opened_amount=max(self.owed[claim.pk], ZERO),
            opened_at=self.now,
        )

    def _stop(self, balance: Balance, reason: Balance.Stop) -> None:
        balance.state, balance.stopped_reason = State.STOPPED, reason
        self.stopping.append(balance)

    def _write(self) -> OpenedBalances:
        Balance.objects.bulk_create(self.opening)
        returned = self._reopen()
        self._resume()
        Balance.objects.bulk_update(self.stopping, ["state", "stopped_reason"])
        cancel_messages([row.pk for row in self.stopping], why="The balance is on hold.", now=self.now)
        self._open_tasks(returned)
        review_money(self.claims, self.reviewing, now=self.now)
        closed = len(self.closing)
        settled = settle(self.settling, {row.pk: self._owed_of(row) for row in self.settling}, now=self.now)
        take_off(self.small, why=TOO_SMALL, reason=WriteOffReason.SMALL_BALANCE, now=self.now)
        self._move_claims()
        opened = sum(row.state not in {State.CREDIT, State.WRITTEN_OFF} for row in self.opening)
        return OpenedBalances(opened, closed, settled + len(self.stopping) + len(self.reopening) + len(self.resuming))

    def _open_tasks(self, returned: Sequence[Balance]) -> None:
        held = [row for row in (*self.opening, *self.stopping) if row.stopped_reason in BY_REASON]
        wanted = [(row, BY_REASON[Stop(row.stopped_reason)]) for row in held]
        wanted += [(row, Tasks.RETURNED) for row in returned]
        wanted += [(row, Tasks.CREDIT) for row in self.opening if row.state == State.CREDIT]
        open_for_balances([(row, task, abs(self._owed_of(row))) for row, task in wanted], now=self.now)

    def _owed_of(self, balance: Balance) -> Decimal:
        return self.owed[balance.claim_id or 0]

    def _reopen(self) -> list[Balance]:
        """One that was told of before goes to a person rather than through the whole sequence again."""
        for row in self.reopening:
            row.state = State.SEQUENCE_DONE if row.first_notice_at else State.OPEN
            row.paid_at = None
        Balance.objects.bulk_update(self.reopening, ["state", "paid_at"])
        return [row for row in self.reopening if row.state == State.SEQUENCE_DONE]

    def _resume(self) -> None:
        for row in self.resuming:
            row.state, row.stopped_reason = State.OPEN, ""
        Balance.objects.bulk_update(self.resuming, ["state", "stopped_reason"])
        withdraw_for_balances(self.resuming, now=self.now, outcome="The reason has gone.")

    def _move_claims(self) -> None:
        what = "Every payer has answered; the rest is the patient's."
        move_claims(self.owing, ClaimStatus.PATIENT_BALANCE, what=what, now=self.now)
        little = {row.claim_id for row in self.small}
        closing = [claim for claim in self.closing if claim.status != ClaimStatus.CLOSED]
        for claims, what in (
            ([claim for claim in closing if claim.pk in little], TOO_SMALL),
            ([claim for claim in closing if claim.pk not in little], "Paid and adjusted in full; nothing is left."),
        ):
            move_claims(claims, ClaimStatus.CLOSED, what=what, now=self.now)
