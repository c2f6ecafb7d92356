"""What the contract expects of an adjudicated line, and whether what was allowed falls short of it (DOMAIN 4, expected payment)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

ZERO, CENT = Decimal("0.00"), Decimal("0.01")

# These make another service of a procedure (a part of it, two sides, one of several surgeons ...), at another price: Medicare Claims
# Processing Manual, chapter 12, sections 20.4 and 40. A line with one of them has a contract price only where a row names it.
PRICED_MODIFIERS = frozenset(
    "26 TC 50 51 52 53 54 55 56 62 66 73 74 78 80 81 82 AS AD QK QX QY QZ NU RR UE".split()  # noqa: SIM905  as the manual prints them
)
# Taken off after the allowed amount was found: a withhold, a penalty by law, sequestration. No contract was broken by them.
AFTER_ALLOWED = frozenset({"104", "237", "253"})
# What is taken off because of other services or of one claim's own agreement: no fee schedule alone can say how much.
NOT_OF_THE_SCHEDULE = frozenset({"59", "131"})


class Verdict(StrEnum):
    AS_AGREED = "as_agreed"
    UNDERPAID = "underpaid"
    NO_PRICE = "no_price"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class Price:
    """One line of a payer's fee schedule: dollars for one unit. `modifier` empty: without one that has a price of its own."""

    procedure: str
    modifier: str
    amount: Decimal
    effective_on: date
    ends_on: date | None = None
    source: str = ""

    def covers(self, day: date) -> bool:
        return self.effective_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A line is short once it is so by more than the greater of the two: dollars, and percent of what was expected."""

    dollars: Decimal = Decimal(1)
    percent: Decimal = Decimal(2)

    def of(self, expected: Decimal) -> Decimal:
        return max(self.dollars, expected * self.percent / 100)


@dataclass(frozen=True, slots=True)
class AllowedLine:
    """A first payer's word on one of our lines; dollars for the whole line. `reductions`: (CARC, amount) of its adjustments."""

    procedure: str
    modifiers: Sequence[str]
    units: Decimal
    service_date: date
    charge: Decimal
    allowed: Decimal
    denied: Decimal = ZERO
    reductions: Sequence[tuple[str, Decimal]] = ()

    @property
    def allowed_by_contract(self) -> Decimal:
        return self.allowed + sum((amount for code, amount in self.reductions if code in AFTER_ALLOWED), ZERO)

    @property
    def is_comparable(self) -> bool:
        if self.charge <= 0 or self.units <= 0 or self.denied:
            return False
        return not any(code in NOT_OF_THE_SCHEDULE and amount for code, amount in self.reductions)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`expected` and `short` in dollars for the line's units; `price` is the row that says so."""

    verdict: Verdict
    price: Price | None = None
    expected: Decimal = ZERO
    short: Decimal = ZERO


def compare(line: AllowedLine, prices: Iterable[Price], tolerance: Tolerance) -> Comparison:
    """`prices` are the payer's. Never guesses: a line that no row covers has no contract price.

    A contract pays the lesser of its price and the charge, so nothing above the charge is expected.
    """
    if not line.is_comparable:
        return Comparison(Verdict.NOT_COMPARED)
    price = price_of(line, prices)
    if price is None:
        return Comparison(Verdict.NO_PRICE)
    expected = min((price.amount * line.units).quantize(CENT, ROUND_HALF_UP), line.charge)
    short = expected - line.allowed_by_contract
    if short > tolerance.of(expected):
        return Comparison(Verdict.UNDERPAID, price, expected, short)
    return Comparison(Verdict.AS_AGREED, price, expected)


def price_of(line: AllowedLine, prices: Iterable[Price]) -> Price | None:
    """The row in force on the day of service: of the line's first modifier that has one, else the row without a modifier."""
    in_force: dict[str, Price] = {}
    for price in prices:
        if price.procedure != line.procedure or not price.covers(line.service_date):
            continue
        known = in_force.get(price.modifier)
        if known is None or known.effective_on < price.effective_on:
            in_force[price.modifier] = price
    exact = next((in_force[modifier] for modifier in line.modifiers if modifier in in_force), None)
    if exact is not None or PRICED_MODIFIERS.intersection(line.modifiers):
        return exact
    return in_force.get("")
