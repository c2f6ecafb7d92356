"""Amounts in sentences."""

from datetime import date
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


def odd_day_sentence(payer: str, trace_number: str, amount: Decimal, day: date, why: str) -> str:
    """`why` ends the sentence that begins with the day, as `core.odd_days` gives it. The payer's words may be of any length."""
    return (
        f"Payment {trace_number[:30] or 'without a number'} of {payer[:40] or 'a payer without a name'}, {dollars(amount)}, is dated "
        f"{day.isoformat()}, which {why}: it is not posted. Ask the payer for a corrected file, or enter it from paper with the day "
        "on which the bank shows it."
    )


def rest_sentence(explained: Decimal, amount: Decimal) -> str:
    """Why a part of a payment of `amount` waits."""
    return f"Claims and adjustments of the payment explain {dollars(explained)} of {dollars(amount)}."
