"""Split one amount over what is owed, in order, to the cent."""

from collections.abc import Hashable, Mapping
from decimal import Decimal
from typing import TypeVar

ZERO = Decimal("0.00")
Key = TypeVar("Key", bound=Hashable)


def spread(amount: Decimal, owed: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """The first is filled before the second. What is left over goes to the last, which then holds a credit; no part is 0.00."""
    parts: dict[Key, Decimal] = {}
    left = amount
    for key, due in owed.items():
        part = min(left, max(due, ZERO))
        if part:
            parts[key] = part
            left -= part
    if left and owed:
        last = list(owed)[-1]
        parts[last] = parts.get(last, ZERO) + left
    return parts
