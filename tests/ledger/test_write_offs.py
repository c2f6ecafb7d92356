"""Write-offs by reason: what undoes one counts against its reason."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from apps.ledger.models import Account, Entry, WriteOffReason
from apps.ledger.selectors import GivenUp, rest_key, write_offs_by_reason
from apps.ledger.services import NewEntry, NewLeg, post_entries, reverse_entries

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 10)


def post(key: str, amount: str, reason: WriteOffReason | None, now: datetime, day: date = DAY) -> None:
    legs = (NewLeg(Account.WRITE_OFF, Decimal(amount)), NewLeg(Account.INSURANCE_RECEIVABLE, -Decimal(amount)))
    post_entries([NewEntry(Entry.Kind.ADJUSTMENT, key, day, legs, reason=reason)], now=now)


def test_dollars_are_summed_by_reason_in_the_days_asked_for(now: datetime) -> None:
    post("a", "10.00", WriteOffReason.CHARITY, now)
    post("b", "5.00", WriteOffReason.CHARITY, now, date(2026, 9, 30))
    post("c", "7.00", WriteOffReason.TIMELY_FILING, now)
    post("d", "1.00", None, now)
    post("e", "99.00", WriteOffReason.CHARITY, now, date(2026, 10, 1))
    assert write_offs_by_reason(date(2026, 9, 1), date(2026, 9, 30)) == [
        GivenUp(WriteOffReason.TIMELY_FILING, 1, Decimal("7.00")),
        GivenUp(WriteOffReason.CHARITY, 2, Decimal("15.00")),
        GivenUp(None, 1, Decimal("1.00")),
    ]
    assert GivenUp(None, 1, Decimal(1)).label == "Without a reason"
    assert GivenUp(WriteOffReason.CHARITY, 1, Decimal(1)).label == "Charity or hardship"


def test_a_write_off_that_is_taken_back_leaves_nothing_under_its_reason(now: datetime) -> None:
    post("a", "10.00", WriteOffReason.CHARITY, now)
    reverse_entries(keys=["a"], posted_on=DAY, now=now)
    assert write_offs_by_reason(DAY, DAY) == []


def gives_way(key: str, rest: str, now: datetime, day: date = DAY) -> str:
    """What stands of the write-off, under the key `key`, is taken back and its rest written off anew. The rest's key."""
    entry = Entry.objects.get(key=key)
    told = key.split(":")
    first = int(told[1]) if len(told) > 1 else entry.pk
    reverse_entries(keys=[key], posted_on=day, now=now)
    post(rest_key(first, entry.pk), rest, WriteOffReason(entry.reason), now, day)
    return rest_key(first, entry.pk)


def test_a_write_off_that_gave_way_in_part_is_one_with_what_is_left_of_it(now: datetime) -> None:
    post("a", "100.00", WriteOffReason.CHARITY, now)
    post("b", "5.00", WriteOffReason.CHARITY, now)
    rest = gives_way("a", "70.00", now)
    assert write_offs_by_reason(DAY, DAY) == [GivenUp(WriteOffReason.CHARITY, 2, Decimal("75.00"))]
    gives_way(rest, "20.00", now)
    assert write_offs_by_reason(DAY, DAY) == [GivenUp(WriteOffReason.CHARITY, 2, Decimal("25.00"))]


def test_what_gave_way_and_then_was_taken_back_whole_gives_nothing_up(now: datetime) -> None:
    post("a", "100.00", WriteOffReason.CHARITY, now)
    rest = gives_way("a", "70.00", now)
    reverse_entries(keys=[rest], posted_on=DAY, now=now)
    assert write_offs_by_reason(DAY, DAY) == []


def test_what_gives_way_in_a_later_month_leaves_the_earlier_one_as_it_was(now: datetime) -> None:
    later = date(2026, 10, 2)
    post("a", "100.00", WriteOffReason.CHARITY, now)
    rest = gives_way("a", "70.00", now, later)
    assert write_offs_by_reason(DAY, DAY) == [GivenUp(WriteOffReason.CHARITY, 1, Decimal("100.00"))]
    assert write_offs_by_reason(later, later) == [GivenUp(WriteOffReason.CHARITY, 1, Decimal("-30.00"))]
    gives_way(rest, "60.00", now, later)
    assert write_offs_by_reason(later, later) == [GivenUp(WriteOffReason.CHARITY, 1, Decimal("-40.00"))]


def test_an_entry_of_no_write_off_has_no_reason(now: datetime) -> None:
    post("a", "10.00", None, now)
    reverse_entries(keys=["a"], posted_on=DAY, now=now)
    assert set(Entry.objects.values_list("reason", flat=True)) == {""}
