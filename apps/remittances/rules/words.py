"""Amounts in sentences."""

from decimal import Decimal


def dollars(amount: Decimal) -> str:
    """As people who keep books write it: $1,234.50, negative in parentheses."""
    text = f"${abs(amount):,.2f}"
    return f"({text})" if amount < 0 else text


def rest_sentence(explained: Decimal, amount: Decimal) -> str:
    """Why a part of a payment of `amount` waits."""
    return f"Claims and adjustments of the payment explain {dollars(explained)} of {dollars(amount)}."
