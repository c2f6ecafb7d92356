"""Amounts in sentences."""

from decimal import Decimal


def dollars(amount: Decimal) -> str:
    """As people who keep books write it: $1,234.50, negative in parentheses."""
    text = f"${abs(amount):,.2f}"
    return f"({text})" if amount < 0 else text


def test_payments_sentence(number: int, total: Decimal) -> str:
    """What became of the payments that the file's envelope marks as a test, and what to do."""
    they = "1 payment of this file is" if number == 1 else f"{number:,} payments of this file are"
    return (
        f"{they} marked as a test (ISA15 is T): {dollars(total)}, of which nothing is posted and no deposit expected. "
        "If the money is real, ask the clearinghouse for production files (P); if it was a test, note that and close this."
    )


def rest_sentence(explained: Decimal, amount: Decimal) -> str:
    """Why a part of a payment of `amount` waits."""
    return f"Claims and adjustments of the payment explain {dollars(explained)} of {dollars(amount)}."
