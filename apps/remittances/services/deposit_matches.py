"""Matches as rows, and what they leave of lines and payments. Call it inside a transaction that holds `lock_deposits`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, Sum

from apps.core.advisory_locks import lock_until_commit
from apps.core.models import User
from apps.core.money import ZERO
from apps.remittances.models import BankLine, DepositMatch, ExpectedDeposit
from apps.remittances.services.expected_deposits import first_statement_day, waiting_state

STANDING, PROPOSED = DepositMatch.State.STANDING, DepositMatch.State.PROPOSED


@dataclass(frozen=True, slots=True)
class NewMatch:
    """Primary keys, and dollars."""

    line: int
    expected: int
    amount: Decimal
    how: str


def lock_deposits() -> None:
    """One who matches at a time, a person or the step: each must see what the other one took."""
    lock_until_commit("deposits")


def write_matches(fresh: Sequence[NewMatch], *, made_by: User | None, now: datetime, note: str = "") -> None:
    """They stand at once. A proposal of the same two is replaced."""
    if not fresh:
        return
    pairs = {(each.line, each.expected) for each in fresh}
    proposed = DepositMatch.objects.filter(state=PROPOSED, line__in={each.line for each in fresh})
    replaced = [row.pk for row in proposed if (row.line_id, row.expected_id) in pairs]
    DepositMatch.objects.filter(pk__in=replaced).delete()
    DepositMatch.objects.bulk_create(
        (
            DepositMatch(
                line_id=each.line,
                expected_id=each.expected,
                amount=each.amount,
                how=each.how,
                state=STANDING,
                made_at=now,
                made_by=made_by,
                note=note[:300],
            )
            for each in fresh
        ),
        batch_size=500,
    )
    recount([each.line for each in fresh], [each.expected for each in fresh], now=now)


def recount(lines: Collection[int], expected: Collection[int], *, now: datetime) -> None:
    """What is kept beside lines and payments, made anew from their standing matches: sums and states.

    A payment that was set aside stays so; a line with a match is never set aside.
    """
    standing = DepositMatch.objects.filter(state=STANDING)
    sums: dict[int, Decimal] = dict(
        standing.filter(line__in=lines).values_list("line").annotate(Sum("amount")).order_by()
    )
    rows = list(BankLine.objects.filter(pk__in=lines))
    for row in rows:
        row.explained = sums.get(row.pk, ZERO)
        row.state = BankLine.State.OPEN if row.rest else BankLine.State.MATCHED
        row.settled_at = None if row.rest else now
    BankLine.objects.bulk_update(rows, ["explained", "state", "settled_at"], batch_size=500)
    _recount_expected(expected, now)
    drop_proposals(lines, expected)


def drop_proposals(lines: Collection[int], expected: Collection[int]) -> None:
    """Of those that do not wait any more."""
    waits = Q(line__state=BankLine.State.OPEN) & ~Q(expected__state__in=ExpectedDeposit.SETTLED)
    touched = DepositMatch.objects.filter(Q(line__in=lines) | Q(expected__in=expected), state=PROPOSED)
    touched.exclude(waits).delete()


def _recount_expected(expected: Collection[int], now: datetime) -> None:
    standing = DepositMatch.objects.filter(state=STANDING, expected__in=expected)
    sums: dict[int, Decimal] = dict(standing.values_list("expected").annotate(Sum("amount")).order_by())
    first = first_statement_day()
    rows = list(ExpectedDeposit.objects.filter(pk__in=expected))
    for row in rows:
        row.received = sums.get(row.pk, ZERO)
        if row.state != ExpectedDeposit.State.SET_ASIDE:
            row.state = waiting_state(row.paid_on, first) if row.rest else ExpectedDeposit.State.RECEIVED
            row.settled_at = None if row.rest else now
    ExpectedDeposit.objects.bulk_update(rows, ["received", "state", "settled_at"], batch_size=500)
