"""On which side of a bank's row its money stands: one column with its sign, two columns, or a word beside the amount."""

from decimal import Decimal

import pytest

from apps.connectors.lost_lines import Row
from apps.remittances.rules.bank_rows import BankLayout, read_rows
from tests.remittances.test_deposit_rules import LAYOUT, TODAY, reason, row

TWO_COLUMNS = BankLayout({"date": "Date", "description": "Text", "credit": "In", "debit": "Out"})


@pytest.mark.parametrize(("credit", "debit", "found"), [("80.00", "", 80), ("", "12.00", None), ("80.00", "0.00", 80)])
def test_a_bank_with_two_columns_of_money(credit: str, debit: str, found: int | None) -> None:
    told = Row(2, {"Date": "09/29/2026", "Text": "ACH", "In": credit, "Out": debit})
    content = read_rows([told], TWO_COLUMNS, today=TODAY)
    assert [each.amount for each in content.credits] == ([Decimal(found)] if found else [])


@pytest.mark.parametrize("credit", ["-80.00", "(80.00)", "80.00 DR"])
def test_a_credit_that_the_bank_took_back_is_no_money_in(credit: str) -> None:
    told = Row(2, {"Date": "09/29/2026", "Text": "RETURNED DEPOSIT", "In": credit, "Out": ""})
    content = read_rows([told], TWO_COLUMNS, today=TODAY)
    assert (content.credits, content.paid_out, content.problems) == ((), 1, ())


def test_a_row_with_money_in_both_columns_is_a_persons_to_read() -> None:
    told = Row(2, {"Date": "09/29/2026", "Text": "ACH", "In": "80.00", "Out": "12.00"})
    assert reason(told, TWO_COLUMNS) == "both its credit and its debit hold an amount"


SIDED = BankLayout({**LAYOUT.columns, "side": "Type"})


@pytest.mark.parametrize(
    ("side", "amount", "found"),
    [
        ("Credit", "80.00", ["80.00"]),
        ("DEPOSIT", "80.00", ["80.00"]),
        ("cr", "80.00", ["80.00"]),
        ("CREDIT", "-80.00", []),
        ("Debit", "80.00", []),
        ("Withdrawal", "-80.00", []),
        ("DR", "80.00", []),
    ],
)
def test_a_bank_that_writes_amounts_without_a_sign_says_the_side_beside_them(
    side: str, amount: str, found: list[str]
) -> None:
    told = Row(2, {**row(amount=amount).cells, "Type": side})
    content = read_rows([told], SIDED, today=TODAY)
    assert [str(each.amount) for each in content.credits] == found
    assert (content.paid_out, content.problems) == (1 - len(found), ())


@pytest.mark.parametrize("side", ["", "Adjustment"])
def test_a_side_that_is_neither_is_a_persons_to_read(side: str) -> None:
    assert reason(Row(2, {**row().cells, "Type": side}), SIDED) == "its side is neither a credit nor a debit"
