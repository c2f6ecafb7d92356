"""The practice's bank, as its site exports a day: money in with its text, money out negative.

Columns: `Date` (MM/DD/YYYY), `Description`, `Amount`, `Reference`. A payer's ACH entry says HCCLAIMPMT, its addenda the TRN segment; a
payer's name is cut to the 16 places that an entry has for it. The card processor pays out what was taken the bank's day before.
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from apps.sandbox.world.payers import BY_ID
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.schedule import is_business_day, next_business_day
from apps.sandbox.world.world import World

COLUMNS = ("Date", "Description", "Amount", "Reference")
NAME_PLACES = 16
RENT = Decimal("-4200.00")


def bank_statement(world: World, day: date) -> str:
    """The day's file; the header alone on a day without bookings."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for description, amount, reference in (*_payers(world, day), *_cards(world, day), *_rent(day)):
        writer.writerow([f"{day:%m/%d/%Y}", description, f"{amount:.2f}", reference])
    return text.getvalue()


Booking = tuple[str, Decimal, str]


def _payers(world: World, day: date) -> Iterator[Booking]:
    for each in world.state.deposits:
        if each.day == day:
            payer = BY_ID[each.payer_id]
            name = payer.name.upper()[:NAME_PLACES].strip()
            yield f"ACH CREDIT {name} HCCLAIMPMT TRN*1*{each.trace}*1{payer.tax_id}", each.amount, ""


def _cards(world: World, day: date) -> Iterator[Booking]:
    """What was taken on the days since the last payout, as one sum."""
    if not is_business_day(day):
        return
    paid = [each for each in world.state.sessions.values() if each.payment_status == "paid"]
    cents = sum(each.amount for each in paid if next_business_day(_day(each.created)) == day)
    if cents:
        yield "STRIPE TRANSFER", Decimal(cents) / 100, f"ST-{day:%y%m%d}"


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZONE).date()


def _rent(day: date) -> Iterator[Booking]:
    if day.day == 1:
        yield "PECAN ROW PROPERTIES RENT", RENT, ""
