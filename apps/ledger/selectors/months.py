"""The books by month: which are open, and what moved in one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max, Min, Q, Sum

from apps.core.money import ZERO
from apps.ledger.models import Account, ClosedMonth, Entry, Leg


@dataclass(frozen=True, slots=True)
class Movement:
    """What one account took in a month, dollars: debits, credits (both positive), and their difference, debit positive."""

    account: Account
    debits: Decimal
    credits: Decimal

    @property
    def net(self) -> Decimal:
        return self.debits - self.credits


def following(month: date) -> date:
    """The first day of the next month."""
    return (month + timedelta(days=31)).replace(day=1)


def book_months() -> list[date]:
    """From the first entry's month to the last one's, the newest first."""
    ends = Entry.objects.aggregate(first=Min("posted_on"), last=Max("posted_on"))
    if ends["first"] is None:
        return []
    return list(_months(ends["first"].replace(day=1), ends["last"]))[::-1]


def _months(month: date, last: date) -> Iterator[date]:
    while month <= last:
        yield month
        month = following(month)


def first_open_month() -> date | None:
    """The earliest month that may still take entries and holds any, or comes after a closed one; None without entries."""
    last_closed = ClosedMonth.objects.aggregate(last=Max("month"))["last"]
    if last_closed:
        return following(last_closed)
    first = Entry.objects.aggregate(first=Min("posted_on"))["first"]
    return first.replace(day=1) if first else None


def movements(month: date) -> list[Movement]:
    """Each account that moved in that month, in the order of the chart of accounts."""
    rows = (
        Leg.objects.filter(entry__posted_on__gte=month, entry__posted_on__lt=following(month))
        .values("account")
        .annotate(
            debits=Sum("amount", filter=Q(amount__gt=0), default=ZERO),
            credits=Sum("amount", filter=Q(amount__lt=0), default=ZERO),
        )
    )
    found = {row["account"]: row for row in rows}
    return [
        Movement(account, found[account]["debits"], -found[account]["credits"])
        for account in Account
        if account in found
    ]
