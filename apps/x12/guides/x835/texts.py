"""What the segments of loops 2100 and 2110 say, each text taken apart once: the same fees, dates and reasons fill a remittance.

Each raises ValueError or IndexError for a text that cannot be read; `notes` then says what is wrong with it.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from apps.x12.segments import Source
from apps.x12.values import Table

_MOST_MODIFIERS = 4
# CAS01: who bears the adjustment. CR is 4010's; some payers still write it.
GROUPS = frozenset({"CO", "CR", "OA", "PI", "PR"})
Triplet = tuple[str, str, Decimal, Decimal | None]


class Service(NamedTuple):
    """An SVC but for its place."""

    procedure: str
    modifiers: tuple[str, ...]
    charge: Decimal
    paid: Decimal
    units: Decimal | None
    submitted: str
    submitted_modifiers: tuple[str, ...]
    submitted_units: Decimal | None
    qualifier: str
    submitted_qualifier: str
    revenue_code: str


class Texts:
    """The tables of one interchange, whose delimiters all its transactions share."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.money = source.decimals
        self.adjustments: Table[tuple[Triplet, ...]] = Table(self._adjustments)
        self.dates: Table[tuple[str, date]] = Table(self._date)
        self.amounts: Table[tuple[str, Decimal]] = Table(self._amount)
        self.services: Table[Service] = Table(self._service)

    def _adjustments(self, text: str) -> tuple[Triplet, ...]:
        """A CAS: its group, and up to six triplets of reason, amount, quantity. A triplet without a reason must be empty."""
        row = self._source.split(text)
        if row[1] not in GROUPS:
            raise ValueError(text)
        found = []
        for at in range(2, len(row), 3):
            reason, amount, quantity = (*row[at : at + 3], "", "")[:3]
            if reason:
                found.append((row[1], reason, self.money[amount], self._optional(quantity)))
            elif amount or quantity:
                raise ValueError(text)
        return tuple(found)

    def _date(self, text: str) -> tuple[str, date]:
        row = self._source.split(text)
        return row[1], self._source.dates[row[2]]

    def _amount(self, text: str) -> tuple[str, Decimal]:
        row = self._source.split(text)
        return row[1], self.money[row[2]]

    def _service(self, text: str) -> Service:
        row = self._source.split(text) + [""] * 5
        qualifier, code, modifiers = self._procedure(row[1])
        submitted_qualifier, submitted, submitted_modifiers = self._procedure(row[6])
        return Service(
            code,
            modifiers,
            self.money[row[2]],
            self.money[row[3]],
            self._optional(row[5]),
            submitted,
            submitted_modifiers,
            self._optional(row[7]),
            qualifier,
            submitted_qualifier,
            row[4],
        )

    def _optional(self, text: str) -> Decimal | None:
        return self.money[text] if text else None

    def _procedure(self, text: str) -> tuple[str, str, tuple[str, ...]]:
        qualifier, code, *others = (*text.split(self._source.delimiters.component), "")[: 2 + _MOST_MODIFIERS]
        return qualifier, code, tuple(modifier for modifier in others if modifier)
