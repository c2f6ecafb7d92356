"""What the contract expects of a line: by table."""

from datetime import date
from decimal import Decimal

import pytest

from apps.remittances.rules.contract import AllowedLine, Comparison, Price, Tolerance, Verdict, compare

DAY = date(2026, 6, 15)
SINCE = date(2026, 1, 1)
PLAIN = Price("99213", "", Decimal("80.00"), SINCE)


def line(allowed: str = "80.00", **fields: object) -> AllowedLine:
    told: dict[str, object] = {
        "procedure": "99213",
        "modifiers": [],
        "units": Decimal(1),
        "service_date": DAY,
        "charge": Decimal("148.00"),
        "allowed": Decimal(allowed),
    } | fields
    return AllowedLine(**told)  # type: ignore[arg-type]  # names checked by the record itself


def verdict(of: AllowedLine, *prices: Price) -> Comparison:
    return compare(of, prices or (PLAIN,), Tolerance())


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        ("80.00", Verdict.AS_AGREED),
        ("95.00", Verdict.AS_AGREED),
        # 2 % of 80.00 is 1.60: that much is let pass.
        ("78.40", Verdict.AS_AGREED),
        ("78.39", Verdict.UNDERPAID),
        ("0.00", Verdict.UNDERPAID),
    ],
)
def test_short_beyond_the_tolerance_is_an_underpayment(allowed: str, expected: Verdict) -> None:
    assert verdict(line(allowed)).verdict is expected


def test_the_greater_of_dollars_and_percent_is_let_pass() -> None:
    cheap = Price("99213", "", Decimal("10.00"), SINCE)
    assert verdict(line("9.00"), cheap).verdict is Verdict.AS_AGREED
    assert verdict(line("8.99"), cheap) == Comparison(Verdict.UNDERPAID, cheap, Decimal("10.00"), Decimal("1.01"))


def test_a_tolerance_of_nothing_lets_no_cent_pass() -> None:
    exact = Tolerance(Decimal(0), Decimal(0))
    assert compare(line("79.99"), [PLAIN], exact).verdict is Verdict.UNDERPAID
    assert compare(line("80.00"), [PLAIN], exact).verdict is Verdict.AS_AGREED


def test_the_price_counts_for_each_unit() -> None:
    found = verdict(line("80.00", units=Decimal(3), charge=Decimal("400.00")))
    assert (found.expected, found.short) == (Decimal("240.00"), Decimal("160.00"))


def test_no_more_than_the_charge_is_expected() -> None:
    assert verdict(line("70.00", charge=Decimal("70.00"))).verdict is Verdict.AS_AGREED


@pytest.mark.parametrize(
    ("modifiers", "price"),
    [
        ([], "80.00"),
        (["25"], "80.00"),  # says nothing of the price
        (["GT"], "60.00"),
        (["25", "GT"], "60.00"),
        (["26"], None),  # a part of the service: the whole one's price is not its price
        (["26", "GT"], "60.00"),
    ],
)
def test_the_exact_modifier_comes_first_then_none(modifiers: list[str], price: str | None) -> None:
    found = verdict(line(modifiers=modifiers), PLAIN, Price("99213", "GT", Decimal("60.00"), SINCE)).price
    assert (found and found.amount) == (Decimal(price) if price else None)


@pytest.mark.parametrize(
    ("day", "price"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), "80.00"),
        (date(2026, 6, 30), "80.00"),
        (date(2026, 7, 1), "84.00"),
        (date(2026, 9, 30), "84.00"),
        (date(2026, 10, 1), "80.00"),  # the newer one has ended, the older one has not
    ],
)
def test_the_price_of_the_day_of_service_counts(day: date, price: str | None) -> None:
    newer = Price("99213", "", Decimal("84.00"), date(2026, 7, 1), date(2026, 9, 30))
    found = verdict(line(service_date=day), newer, PLAIN).price
    assert (found and found.amount) == (Decimal(price) if price else None)


def test_without_a_row_nothing_is_guessed() -> None:
    assert verdict(line("1.00", procedure="99214")) == Comparison(Verdict.NO_PRICE)
    ended = Price("99213", "", Decimal("80.00"), SINCE, date(2026, 3, 31))
    assert verdict(line("1.00"), ended) == Comparison(Verdict.NO_PRICE)


@pytest.mark.parametrize("code", ["253", "237", "104"])
def test_what_was_taken_off_after_it_was_allowed_breaks_no_contract(code: str) -> None:
    assert verdict(line("75.00", reductions=[("45", Decimal("68.00")), (code, Decimal("5.00"))])).short == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"denied": Decimal("10.00")},
        {"charge": Decimal(0)},
        {"units": Decimal(0)},
        {"reductions": [("59", Decimal("40.00"))]},
        {"reductions": [("131", Decimal("40.00"))]},
    ],
)
def test_what_the_schedule_alone_cannot_say_is_not_compared(fields: dict[str, object]) -> None:
    assert verdict(line("10.00", **fields)) == Comparison(Verdict.NOT_COMPARED)
