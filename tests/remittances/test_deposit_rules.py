"""The pure rules of deposits, by table."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from apps.connectors.lost_lines import Row
from apps.connectors.tables import UnreadableFileError, decode, table
from apps.remittances.rules.bank_rows import (
    BankLayout,
    UnknownColumnsError,
    check_columns,
    check_header,
    read_rows,
    standard_layout,
)
from apps.remittances.rules.bank_text import holds, is_check, names_payer, readable, says_payer, trace_core
from apps.remittances.rules.deposit_ages import (
    Standing,
    bank_days,
    bank_days_ago,
    credit_standing,
    payment_standing,
)
from apps.remittances.rules.deposit_matching import Credit, How, Link, Payment, match_deposits

TODAY = date(2026, 9, 30)
LAYOUT = BankLayout({"date": "Date", "description": "Text", "amount": "Amount"})


def row(day: str = "2026-09-29", text: str = "HCCLAIMPMT", amount: str = "80.00") -> Row:
    return Row(2, {"Date": day, "Text": text, "Amount": amount})


def reason(told: Row, layout: BankLayout = LAYOUT) -> str:
    content = read_rows([told], layout, today=TODAY)
    assert content.credits == ()
    (problem,) = content.problems
    return problem.reason


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("80", "80"), ("$1,480.50", "1480.50"), ("+80.5", "80.5"), ("80.00 CR", "80.00"), ("$ 80.00", "80.00")],
)
def test_an_amount_is_read_as_banks_write_it(cell: str, amount: str) -> None:
    (credit,) = read_rows([row(amount=cell)], LAYOUT, today=TODAY).credits
    assert credit.amount == Decimal(amount)


@pytest.mark.parametrize("cell", ["-80.00", "(80.00)", "80.00 DR", "80.00-", "0.00", "0"])
def test_what_brings_no_money_is_passed_over(cell: str) -> None:
    content = read_rows([row(amount=cell)], LAYOUT, today=TODAY)
    assert (content.credits, content.paid_out, content.problems) == ((), 1, ())


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (row(amount="eighty"), "the amount is not an amount in dollars and cents"),
        (row(amount="1.480,50"), "the amount is not an amount in dollars and cents"),
        (row(amount="(80.00"), "the amount is not an amount in dollars and cents"),
        (row(amount=""), "the amount is missing"),
        (row(day="29.09.2026"), "the date is not of the form 2026-09-14 or 09/14/2026"),
        (row(day="2026-11-29"), "the date lies too far back or ahead"),
        (row(day="1999-12-31"), "the date lies too far back or ahead"),
        (row(text=" "), "the description is missing"),
        (Row(2, {}, "it has 2 cells where the header has 3"), "it has 2 cells where the header has 3"),
    ],
)
def test_a_row_that_cannot_be_read_says_why_and_nothing_of_what_it_holds(told: Row, why: str) -> None:
    assert reason(told) == why


def test_rows_that_say_the_same_are_counted() -> None:
    content = read_rows([row(), row(), row(amount="81.00")], LAYOUT, today=TODAY)
    assert [credit.ordinal for credit in content.credits] == [1, 2, 1]
    assert len({credit.digest for credit in content.credits}) == 2


def test_a_date_of_the_banks_own_form_is_read_by_it_alone() -> None:
    own = BankLayout(LAYOUT.columns, "%d.%m.%Y")
    (credit,) = read_rows([row(day="29.09.2026")], own, today=TODAY).credits
    assert credit.booked_on == date(2026, 9, 29)
    assert reason(row(), own) == "the date is not of the form %d.%m.%Y"


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"date": "D", "description": "T"}, "lacks required columns: amount or credit"),
        ({"amount": "A"}, "lacks required columns: date, description"),
        ({"date": "D", "description": "T", "amount": "A", "payee": "P"}, "do not exist: payee"),
    ],
)
def test_a_mapping_that_cannot_be_used_names_the_columns(columns: dict[str, str], why: str) -> None:
    with pytest.raises(UnknownColumnsError, match=why):
        check_columns(columns)


def test_a_file_without_the_mappings_columns_names_them() -> None:
    with pytest.raises(UnknownColumnsError, match="The file lacks columns that the mapping names: Amount, Text"):
        check_header(LAYOUT, ["Date", "Sum"])


def test_our_own_column_names_need_no_mapping() -> None:
    layout = standard_layout(["Date", "Description", "Credit", "Balance"])
    assert layout == BankLayout({"date": "Date", "description": "Description", "credit": "Credit"})
    assert standard_layout(["Date", "Description", "Balance"]) is None


def test_a_file_without_rows_or_header_is_refused_as_a_whole() -> None:
    with pytest.raises(UnreadableFileError):
        table(decode(b"\n"))


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1", "'+1"),
        ("-2", "'-2"),
        ("ACH\tCREDIT\x00 X", "ACH CREDIT X"),
        ("ACH", "ACH"),
    ],
)
def test_a_cell_becomes_text_that_no_spreadsheet_calculates(cell: str, kept: str) -> None:
    assert readable(cell, 300) == kept


@pytest.mark.parametrize(("trace", "core"), [("0001234", "1234"), ("EFT0001234", "1234"), ("12-34", "1234"), ("E", "")])
def test_the_core_of_a_trace_number(trace: str, core: str) -> None:
    assert trace_core(trace) == core


@pytest.mark.parametrize(
    ("text", "paper"),
    [("REMOTE DEPOSIT 4411", True), ("Check 1002", True), ("LOCKBOX 88", True), ("ACH CREDIT CHECKERS INC", False)],
)
def test_paper_is_told_from_electronic_money(text: str, paper: bool) -> None:
    assert is_check(text) is paper


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("LONE PRAIRIE HEALTH HCCLAIMPMT", True),
        ("LONEPRAIRIEH 0042", True),
        ("TRN*1*77*1999999999~", True),
        ("LONE STAR ENERGY", False),
    ],
)
def test_a_payer_is_known_by_its_id_or_the_beginning_of_its_name(text: str, named: bool) -> None:
    assert names_payer(text, "Lone Prairie Health Plan", ["1999999999", "1"]) is named


def test_an_entry_for_claims_is_a_payers_whoever_sent_it() -> None:
    assert says_payer("ACME TPA HCCLAIMPMT 260929")
    assert says_payer("CREDIT TRN*1*8812*1777777777")
    assert not says_payer("STRIPE TRANSFER")


def test_a_rules_text_is_found_whatever_signs_stand_between() -> None:
    assert holds("STRIPE   TRANSFER ST-1", "stripe transfer")
    assert not holds("STRIPE", "- ")


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (date(2026, 9, 25), date(2026, 9, 25), 0),
        (date(2026, 9, 25), date(2026, 9, 28), 1),  # over a weekend
        (date(2026, 9, 4), date(2026, 9, 8), 1),  # over Labor Day
        (date(2026, 7, 1), date(2026, 7, 6), 3),  # a Saturday's holiday closes no Friday
        (date(2027, 7, 2), date(2027, 7, 6), 1),  # a Sunday's holiday closes the Monday
        (date(2026, 9, 29), date(2026, 9, 25), 0),
        (date(1, 1, 1), date(2026, 9, 25), 2511),  # a date typed wrong costs no walk through two thousand years
    ],
)
def test_days_are_counted_as_the_bank_counts_them(since: date, until: date, days: int) -> None:
    assert bank_days(since, until) == days


@pytest.mark.parametrize("days", [0, 1, 3, 5, 7])
def test_the_day_so_many_bank_days_ago_is_the_last_that_is_so_old(days: int) -> None:
    last = bank_days_ago(TODAY, days)
    assert bank_days(last, TODAY) == days
    assert bank_days(date.fromordinal(last.toordinal() + 1), TODAY) < max(days, 1)


@pytest.mark.parametrize(
    ("day", "standing"),
    [(25, Standing.WATCH), (28, Standing.ON_ITS_WAY), (21, Standing.LATE), (22, Standing.WATCH)],
)
def test_a_payment_is_watched_after_three_bank_days_and_missed_after_seven(day: int, standing: Standing) -> None:
    assert payment_standing(date(2026, 9, day), TODAY) is standing


@pytest.mark.parametrize(
    ("day", "paper", "standing"),
    [
        (25, False, Standing.LATE),
        (28, False, Standing.ON_ITS_WAY),
        (25, True, Standing.ON_ITS_WAY),
        (23, True, Standing.LATE),
    ],
)
def test_a_credit_needs_its_835_within_three_bank_days_and_a_check_within_five(
    day: int, paper: bool, standing: Standing
) -> None:
    assert credit_standing(date(2026, 9, day), TODAY, is_check=paper) is standing


# --- Which credit is which payment ---------------------------------------------------------------------------------------------


def credit(key: int, text: str, amount: str = "80.00", day: int = 29) -> Credit:
    return Credit(key, Decimal(amount), date(2026, 9, day), text)


def paid(key: int, trace: str, amount: str = "80.00", day: int = 28) -> Payment:
    return Payment(key, Decimal(amount), date(2026, 9, day), trace, "Lone Prairie Health Plan", ("1999999999",))


def link(one: int, other: int, how: How, amount: str = "80.00") -> Link:
    return Link(one, other, Decimal(amount), how)


MATCHED: list[tuple[str, list[Credit], list[Payment], list[Link], list[Link]]] = [
    (
        "the trace number and the amount",
        [credit(1, "ACH TRN*1*EFT42*1999999999~")],
        [paid(1, "EFT42")],
        [link(1, 1, How.TRACE)],
        [],
    ),
    ("any case", [credit(1, "eft42")], [paid(1, "Eft42")], [link(1, 1, How.TRACE)], []),
    (
        "a trace number with signs in it",
        [credit(1, "ACH 2026-0042 X")],
        [paid(1, "2026-0042")],
        [link(1, 1, How.TRACE)],
        [],
    ),
    ("another trace number", [credit(1, "ACH EFT43")], [paid(1, "EFT42")], [], []),
    (
        "the trace number with another amount",
        [credit(1, "EFT42", "75.00")],
        [paid(1, "EFT42")],
        [],
        [link(1, 1, How.TRACE_ONLY, "75.00")],
    ),
    ("without leading zeros", [credit(1, "CHECK 1042")], [paid(1, "0001042")], [link(1, 1, How.TRACE_LIKE)], []),
    ("without its prefix", [credit(1, "ACH 0001042")], [paid(1, "EFT1042")], [link(1, 1, How.TRACE_LIKE)], []),
    (
        "joined to other numbers",
        [credit(1, "TRN1 881234567891999999999")],
        [paid(1, "12345678")],
        [link(1, 1, How.TRACE_LIKE)],
        [],
    ),
    ("a short number is no evidence", [credit(1, "ACH 042")], [paid(1, "E42")], [], []),
    (
        "the number alone, a season later",
        [credit(1, "CHECK 1042", day=29)],
        [Payment(1, Decimal("80.00"), date(2026, 6, 1), "0001042")],
        [],
        [],
    ),
    (
        "a check cashed in its last month",
        [credit(1, "CHECK 1042")],
        [Payment(1, Decimal("80.00"), date(2026, 5, 1), "1042")],
        [link(1, 1, How.TRACE)],
        [],
    ),
    ("money before the payment was made", [credit(1, "EFT42", day=1)], [paid(1, "EFT42")], [], []),
    (
        "one credit, two payments",
        [credit(1, "EFT42 EFT43", "100.00")],
        [paid(1, "EFT42"), paid(2, "EFT43", "20.00")],
        [link(1, 1, How.TOGETHER), link(1, 2, How.TOGETHER, "20.00")],
        [],
    ),
    (
        "two credits, one payment",
        [credit(1, "EFT42 PART 1", "50.00"), credit(2, "EFT42 PART 2", "30.00")],
        [paid(1, "EFT42")],
        [link(1, 1, How.TOGETHER, "50.00"), link(2, 1, How.TOGETHER, "30.00")],
        [],
    ),
    ("amount, payer and days", [credit(1, "LONE PRAIRIE HEALTH")], [paid(1, "EFT42")], [], [link(1, 1, How.LIKENESS)]),
    ("amount and payer, days apart", [credit(1, "LONE PRAIRIE HEALTH", day=29)], [paid(1, "EFT42", day=23)], [], []),
    ("the amount alone", [credit(1, "STRIPE TRANSFER")], [paid(1, "EFT42")], [], []),
    (
        "two payments of one number",
        [credit(1, "CHECK 1042")],
        [paid(1, "1042"), paid(2, "1042", day=20)],
        [],
        [link(1, 1, How.TRACE), link(1, 2, How.TRACE)],
    ),
    (
        "two credits of one number",
        [credit(1, "EFT42"), credit(2, "EFT42", day=30)],
        [paid(1, "EFT42")],
        [],
        [link(1, 1, How.TRACE), link(2, 1, How.TRACE)],
    ),
    (
        "two payments of one number, one of them long ago",
        [credit(1, "CHECK 1042")],
        [paid(1, "1042"), Payment(2, Decimal("80.00"), date(2026, 6, 1), "1042")],
        [],
        [link(1, 1, How.TRACE), link(1, 2, How.TRACE)],
    ),
    (
        "a choice that the sum of several credits settles",
        [credit(1, "1042 EFT99"), credit(2, "EFT99", "20.00")],
        [paid(1, "1042"), paid(2, "1042", day=20), paid(3, "EFT99", "100.00")],
        [link(1, 3, How.TOGETHER), link(2, 3, How.TOGETHER, "20.00")],
        [],
    ),
]


@pytest.mark.parametrize(
    ("lines", "payments", "links", "proposals"), [each[1:] for each in MATCHED], ids=[each[0] for each in MATCHED]
)
def test_what_is_matched_and_what_is_proposed(
    lines: list[Credit],
    payments: list[Payment],
    links: list[Link],
    proposals: list[Link],
) -> None:
    for some, others in zip(permutations(lines), permutations(payments), strict=False):
        found = match_deposits(list(some), list(others))
        assert (sorted(found.links, key=str), sorted(found.proposals, key=str)) == (
            sorted(links, key=str),
            sorted(proposals, key=str),
        )


def test_a_pair_that_a_person_took_apart_is_not_put_together_again() -> None:
    found = match_deposits([credit(1, "EFT42")], [paid(1, "EFT42")], {(1, 1)})
    assert (found.links, found.proposals) == ((), ())


def test_no_more_than_five_payments_are_proposed_for_a_credit_the_nearest_first() -> None:
    payments = [paid(number, "1042", day=20 + number) for number in range(1, 8)]
    found = match_deposits([credit(1, "CHECK 1042", day=28)], payments)
    assert [each.payment for each in found.proposals] == [7, 6, 5, 4, 3]
