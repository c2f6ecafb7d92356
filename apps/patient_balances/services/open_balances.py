"""Open a balance where no payer is left, bring those that exist to what the ledger says, close the claims where nothing is left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from apps.claims.models import Claim
from apps.claims.services import move_claims
from apps.claims.states import ClaimStatus
from apps.core.money import ZERO
from apps.patient_balances.models import LIVE, Balance
from apps.patient_balances.rules.standing import Standing, Verdict, judge
from apps.patient_balances.selectors.standings import standings
from apps.patient_balances.services.cancel_messages import cancel_messages
from apps.patient_balances.services.settle import settle
from apps.patient_balances.services.work import BY_REASON, Tasks, open_for_balances, withdraw_for_balances
from apps.practice.models import Practice

CHUNK = 500
State, Stop = Balance.State, Balance.Stop
_DUE = (
    ClaimStatus.PAID,
    ClaimStatus.PARTLY_DENIED,
    ClaimStatus.DENIED,
    ClaimStatus.FORWARDED,
    ClaimStatus.REVERSED,
    ClaimStatus.PATIENT_BALANCE,
)
_SETTLED = (State.PAID, State.WITHDRAWN, State.WRITTEN_OFF, State.CREDIT)
_HOLDS = {Verdict.PROTECTED: Stop.PROTECTED, Verdict.OTHER_COVERAGE: Stop.OTHER_COVERAGE}


@dataclass(frozen=True, slots=True)
class OpenedBalances:
    """`opened` counts balances, those for a person to decide included; `closed` claims; `changed` balances settled or stopped."""

    opened: int = 0
    closed: int = 0
    changed: int = 0


def open_balances(*, now: datetime) -> OpenedBalances:
    """Everything that payers, patients or people changed since the last run. Called again at once, it changes nothing."""
    minimum = Practice.objects.values_list("minimum_balance", flat=True).first() or ZERO
    total, after = OpenedBalances(), 0
    while True:
        with transaction.atomic():
            claims = _take(after)
            if not claims:
                return total
            part = _Pass(claims, minimum, now).run()
        after = claims[-1].pk
        total = OpenedBalances(total.opened + part.opened, total.closed + part.closed, total.changed + part.changed)


def _take(after: int) -> list[Claim]:
    """The next claims that a payer has answered. A claim that another worker holds is left to it."""
    due = Q(status__in=_DUE) | Q(status=ClaimStatus.CLOSED, balance__state=State.CREDIT)
    claims = Claim.objects.select_for_update(skip_locked=True, of=("self",)).filter(due, pk__gt=after)
    return list(claims.select_related("payer").order_by("pk")[:CHUNK])


@dataclass(slots=True)
class _Pass:
    """One chunk, planned claim by claim and then written in a few statements."""

    claims: Sequence[Claim]
    minimum: Decimal
    now: datetime
    opening: list[Balance] = field(default_factory=list)
    reopening: list[Balance] = field(default_factory=list)
    resuming: list[Balance] = field(default_factory=list)
    stopping: list[Balance] = field(default_factory=list)
    settling: list[Balance] = field(default_factory=list)
    owing: list[Claim] = field(default_factory=list)
    closing: list[Claim] = field(default_factory=list)
    owed: dict[int, Decimal] = field(default_factory=dict)

    def run(self) -> OpenedBalances:
        rows = Balance.objects.select_for_update().filter(claim__in=self.claims).order_by("pk")
        balances = {row.claim_id: row for row in rows}
        found = standings(self.claims)
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
            self._owes(claim, balance, _HOLDS.get(verdict))
        elif verdict in {Verdict.NOTHING_LEFT, Verdict.CREDIT}:
            self._owes_nothing(claim, balance, in_credit=verdict is Verdict.CREDIT)
        elif verdict is Verdict.WAIT and balance and balance.state in LIVE:
            if standing.patient <= ZERO:
                self.settling.append(balance)
            elif claim.status != ClaimStatus.PATIENT_BALANCE and balance.state != State.STOPPED:
                self._stop(balance, Stop.WITH_PAYER)

    def _owes(self, claim: Claim, balance: Balance | None, hold: Balance.Stop | None) -> None:
        self.owing.append(claim)
        if balance is None:
            self.opening.append(self._new(claim, State.STOPPED if hold else State.OPEN, hold or ""))
        elif balance.state in _SETTLED:
            self.reopening.append(balance)
        elif hold is Stop.PROTECTED and balance.stopped_reason != hold:
            self._stop(balance, hold)
        elif not hold and balance.stopped_reason in {Stop.WITH_PAYER, *_HOLDS.values()}:
            self.resuming.append(balance)

    def _owes_nothing(self, claim: Claim, balance: Balance | None, *, in_credit: bool) -> None:
        if balance is None and in_credit:
            self.opening.append(self._new(claim, State.CREDIT, ""))
        elif balance is not None:
            self.settling.append(balance)
        if claim.status != ClaimStatus.CLOSED:
            self.closing.append(claim)

    def _new(self, claim: Claim, state: Balance.State, reason: str) -> Balance:
        return Balance(
            patient_id=claim.patient_id,
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
        held = [row for row in (*self.opening, *self.stopping) if row.stopped_reason in BY_REASON]
        wanted = [(row, BY_REASON[Stop(row.stopped_reason)]) for row in held]
        wanted += [(row, Tasks.RETURNED) for row in returned]
        open_for_balances([(row, task, self.owed[row.claim_id]) for row, task in wanted], now=self.now)
        closed = len(self.closing)
        settled = settle(self.settling, {row.pk: self.owed[row.claim_id] for row in self.settling}, now=self.now)
        self._move_claims()
        opened = sum(row.state != State.CREDIT for row in self.opening)
        return OpenedBalances(opened, closed, settled + len(self.stopping) + len(self.reopening) + len(self.resuming))

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
        owing = [claim for claim in self.owing if claim.status != ClaimStatus.PATIENT_BALANCE]
        move_claims(
            owing,
            ClaimStatus.PATIENT_BALANCE,
            what="Every payer has answered; the rest is the patient's.",
            now=self.now,
        )
        closing = [claim for claim in self.closing if claim.status != ClaimStatus.CLOSED]
        move_claims(closing, ClaimStatus.CLOSED, what="Paid and adjusted in full; nothing is left.", now=self.now)
