"""What a person says of bank lines and payments: these belong together, or not."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.audit.trail import record
from apps.core.jobs import nudge
from apps.core.models import User
from apps.remittances.models import BankLine, DepositMatch, ExpectedDeposit
from apps.remittances.services.deposit_errors import DepositError
from apps.remittances.services.deposit_matches import NewMatch, lock_deposits, recount, write_matches
from apps.worklist.queue import close_items

STATES = DepositMatch.State


@transaction.atomic
def match_by_hand(
    *, line_id: str, expected_ids: Collection[str], note: str, acting_user: User, now: datetime
) -> Decimal:
    """The credit is these payments, the oldest first, as far as it reaches. What is left of it, in dollars.

    One payment of several credits is matched to each of them in turn. Raises DepositError where one does not wait any more.
    """
    lock_deposits()
    line = BankLine.objects.get(public_id=line_id)
    payments = list(ExpectedDeposit.objects.filter(public_id__in=expected_ids).order_by("paid_on", "pk"))
    _check_waiting(line, payments, expected_ids)
    rest, fresh = line.rest, []
    for payment in payments:
        part = min(rest, payment.rest)
        if not part:
            raise DepositError("The credit is used up before the last of these payments. Choose fewer.")
        fresh.append(NewMatch(line.pk, payment.pk, part, DepositMatch.How.PERSON))
        rest -= part
    write_matches(fresh, made_by=acting_user, now=now, note=note)
    _close_work(line.pk, [payment.pk for payment in payments], acting_user, now)
    _record("match_deposit", line, acting_user, now, payments=[payment.public_id for payment in payments])
    return rest


def _check_waiting(line: BankLine, payments: Collection[ExpectedDeposit], wanted: Collection[str]) -> None:
    if line.state != BankLine.State.OPEN:
        raise DepositError("This credit does not wait any more.")
    if not wanted:
        raise DepositError("Choose at least one payment.")
    waiting = ExpectedDeposit.WAITING
    if len(payments) != len(set(wanted)) or any(payment.state not in waiting for payment in payments):
        raise DepositError("One of these payments does not wait any more.")


@transaction.atomic
def confirm_proposal(*, match_id: str, acting_user: User, now: datetime) -> None:
    """A proposed match (public id) stands. Raises DepositError where it is none any more."""
    lock_deposits()
    match = _match(match_id, STATES.PROPOSED)
    line, expected = match.line, match.expected
    part = min(line.rest, expected.rest)
    write_matches([NewMatch(line.pk, expected.pk, part, match.how)], made_by=acting_user, now=now)
    _close_work(line.pk, [expected.pk], acting_user, now)
    _record("confirm_deposit_match", line, acting_user, now, payments=[expected.public_id])


@transaction.atomic
def undo_match(*, match_id: str, note: str, acting_user: User, now: datetime) -> None:
    """A match or proposal (public id) is wrong: both wait again, and are not put together by themselves a second time."""
    lock_deposits()
    match = _match(match_id, STATES.PROPOSED, STATES.STANDING)
    match.state, match.undone_at, match.undone_by = STATES.UNDONE, now, acting_user
    match.note = note[:300]
    match.save(update_fields=["state", "undone_at", "undone_by", "note"])
    recount([match.line_id], [match.expected_id], now=now)
    _record("undo_deposit_match", match.line, acting_user, now, payments=[match.expected.public_id])
    nudge("reconcile_deposits")


def _match(match_id: str, *states: str) -> DepositMatch:
    found = DepositMatch.objects.select_related("line", "expected").filter(public_id=match_id, state__in=states)
    match = found.first()
    if match is None:
        raise DepositError("This match does not stand any more.")
    return match


def _close_work(line: int, expected: Collection[int], acting_user: User, now: datetime) -> None:
    """Of whatever is whole now; what keeps a rest keeps its work."""
    lines = BankLine.objects.filter(pk=line, state=BankLine.State.MATCHED)
    payments = ExpectedDeposit.objects.filter(pk__in=expected, state=ExpectedDeposit.State.RECEIVED)
    keys = [*lines.values_list("work_item", flat=True), *payments.values_list("work_item", flat=True)]
    close_items([key for key in keys if key], acting_user=acting_user, now=now, outcome="Matched")


def _record(action: str, line: BankLine, user: User, now: datetime, *, payments: list[str]) -> None:
    record(
        action,
        acting_user=user,
        now=now,
        subject_kind="bank_line",
        subject_public_id=line.public_id,
        payments=payments,
    )
