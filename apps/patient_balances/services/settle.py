"""Bring balances to what the ledger says of them. Called with their claims and rows locked (`locks`)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from apps.claims.models import Claim
from apps.claims.services import move_claims
from apps.claims.states import REFUSED, ClaimStatus
from apps.core.models import User
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry, Leg
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import LIVE, Balance
from apps.patient_balances.selectors.standings import AWAITED
from apps.patient_balances.selectors.sums import owed_by_balance, receivables_of_balances
from apps.patient_balances.services.cancel_messages import cancel_messages
from apps.patient_balances.services.work import Tasks, open_for_balances, withdraw_for_balances
from apps.worklist.models import WorkItem
from apps.worklist.queue import restate_amounts

State = Balance.State
WHAT = {
    State.PAID: "The patient paid in full.",
    State.WITHDRAWN: "Nothing is left for the patient to pay.",
    State.CREDIT: "Paid in full; the patient has a credit.",
}


def settle(
    balances: Sequence[Balance], owed: Mapping[int, Decimal], *, now: datetime, acting_user: User | None = None
) -> int:
    """Balances with nothing or less owed become paid, withdrawn or a credit, their messages are taken back, their claims closed.

    Those with something owed are left as they are. What a patient paid and a next payer is asked for as well is no credit before that
    one has answered. The task of a credit says what the credit has come to; where a person closed it about another amount,
    there is a new one. How many changed their state.
    """
    paying, asked = _paid_by_patient(balances), _asked_of_a_payer([row for row in balances if owed[row.pk] < ZERO])
    by_state: dict[Balance.State, list[Balance]] = {}
    still_credits: list[tuple[Balance, Decimal]] = []
    for balance in balances:
        open_part = ZERO if balance.pk in asked else owed[balance.pk]
        new = _settled_state(open_part, by_patient=balance.pk in paying)
        if new and new != balance.state:
            by_state.setdefault(new, []).append(balance)
        elif new is State.CREDIT:
            still_credits.append((balance, -open_part))
    _follow_credits(still_credits, now)
    for state, rows in by_state.items():
        for row in rows:
            row.state, row.stopped_reason = state, ""
            row.paid_at = (row.paid_at or now) if state in {State.PAID, State.CREDIT} else None
        Balance.objects.bulk_update(rows, ["state", "stopped_reason", "paid_at"])
        withdraw_for_balances(rows, now=now, outcome=WHAT[state])
        cancel_messages([row.pk for row in rows], why=WHAT[state], now=now)
        if state is State.CREDIT:
            open_for_balances([(row, Tasks.CREDIT, -owed[row.pk]) for row in rows], now=now)
        # A claim that a payer has taken up again, or that was billed on, is not ours to close.
        ours = [row.claim for row in rows if row.claim and row.claim.status == ClaimStatus.PATIENT_BALANCE]
        move_claims(_last_of_their_visits(ours), ClaimStatus.CLOSED, what=WHAT[state], now=now, acting_user=acting_user)
    return sum(len(rows) for rows in by_state.values())


def _follow_credits(still: Sequence[tuple[Balance, Decimal]], now: datetime) -> None:
    """Balances that were a credit before, and the dollars that are to be given back now."""
    if not still:
        return
    restate_amounts({row.work_item_id: amount for row, amount in still if row.work_item_id})
    told = dict(
        WorkItem.objects.filter(pk__in=[row.work_item_id for row, _ in still]).values_list("pk", "amount_at_stake")
    )
    # An open one has just been told the amount.
    unknown = [(row, Tasks.CREDIT, amount) for row, amount in still if told.get(row.work_item_id or 0) != amount]
    open_for_balances(unknown, now=now)


def _last_of_their_visits(claims: Sequence[Claim]) -> list[Claim]:
    later = Claim.objects.filter(encounter__in=[claim.encounter_id for claim in claims], payer_rank__gt=1)
    ranks = later.exclude(status=ClaimStatus.VOIDED).order_by("payer_rank").values_list("encounter_id", "payer_rank")
    last = dict(ranks) if claims else {}
    return [claim for claim in claims if claim.payer_rank >= last.get(claim.encounter_id, 1)]


def bring_up_to_date(balance_ids: Collection[int], *, now: datetime) -> int:
    """After money moved: settled where nothing is owed; owed again, and a person's to decide, where it had been settled."""
    if not balance_ids:
        return 0
    balances = locked_balances(balance_ids)
    owed = owed_by_balance([row.pk for row in balances])
    settled = settle(balances, owed, now=now)
    back = [row for row in balances if owed[row.pk] > ZERO and row.state not in LIVE]
    for row in back:
        row.state, row.paid_at = State.SEQUENCE_DONE, None
    Balance.objects.bulk_update(back, ["state", "paid_at"])
    open_for_balances([(row, Tasks.RETURNED, owed[row.pk]) for row in back], now=now)
    ours = [row.claim for row in back if row.claim and row.claim.status == ClaimStatus.CLOSED]
    what = "Money was given back; the rest is the patient's again."
    move_claims(ours, ClaimStatus.PATIENT_BALANCE, what=what, now=now)
    return settled + len(back)


def _settled_state(owed: Decimal, *, by_patient: bool) -> Balance.State | None:
    if owed > ZERO:
        return None
    if owed < ZERO:
        return State.CREDIT
    return State.PAID if by_patient else State.WITHDRAWN


def _asked_of_a_payer(in_credit: Sequence[Balance]) -> set[int]:
    """Those of whose visit a later claim waits for its answer or fights it, the money of the credit in that payer's name."""
    if not in_credit:
        return set()
    money = receivables_of_balances([row.pk for row in in_credit])
    visits = [row.encounter_id for row in in_credit if money[row.pk].total >= ZERO]
    waiting = dict(
        Claim.objects.filter(encounter__in=visits, payer_rank__gt=1, status__in=AWAITED | REFUSED)
        .order_by("payer_rank")
        .values_list("encounter_id", "payer_rank")
    )
    return {
        row.pk for row in in_credit if waiting.get(row.encounter_id, 1) > (row.claim.payer_rank if row.claim else 1)
    }


def _paid_by_patient(balances: Sequence[Balance]) -> set[int]:
    """Balances on whose lines a patient's money stands in the ledger, by whatever road it came."""
    owner = "charge__encounter__balances"
    paid = Leg.objects.filter(
        account=Account.PATIENT_RECEIVABLE,
        entry__kind=Entry.Kind.PATIENT_PAYMENT,
        **{f"{owner}__in": [row.pk for row in balances]},
    )
    return {row[owner] for row in paid.values(owner).annotate(total=Sum("amount")) if row["total"] < ZERO}
