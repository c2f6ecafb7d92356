"""What the segments of loops 2100 and 2110 say, each text taken apart once: the same fees, dates and reasons fill a remittance.

Each raises ValueError or IndexError for a text that cannot be read; `notes` then says what is wrong with it.
"""

from datetime import date
from decimal import Decimal

from apps.x12.guides.extents import REMITTANCE
from apps.x12.held import says_more
from apps.x12.segments import Source
from apps.x12.values import MOST_TEXTS, Table

# Qualifier, code and four modifiers.
_PARTS = 2 + 4
# CAS01: who bears the adjustment. CR is 4010's; some payers still write it.
GROUPS = frozenset({"CO", "CR", "OA", "PI", "PR"})
Triplet = tuple[str, str, Decimal, Decimal | None]


# An SVC but for its place: procedure, modifiers, charge, paid, units; the same of the submitted procedure but for dollars; the
# qualifiers of both, revenue code.
Service = tuple[
    str, tuple[str, ...], Decimal, Decimal, Decimal | None, str, tuple[str, ...], Decimal | None, str, str, str
]
# Elements of a DTM or AMT, and of an SVC, that are taken.
_PAIR = 3
_SERVICE = 8
_ONE_TRIPLET = 4  # elements of a CAS without a quantity, as most are
# A payer may name more reasons than the six of the guide; what goes on and on is no adjustment.
LONGEST_CAS = 100
_PADDING = [""] * 5


class Texts:
    """The tables of one interchange, whose delimiters all its transactions share."""

    def __init__(self, source: Source) -> None:
        self._element = source.delimiters.element
        self._component = source.delimiters.component
        self.money = source.decimals
        self._days = source.dates
        self._procedures: Table[tuple[str, str, tuple[str, ...]]] = Table(self._procedure)
        self.adjustments: Table[tuple[Triplet, ...]] = Table(self._adjustments)
        self.dates: Table[tuple[str, date]] = Table(self._date)
        self.amounts: Table[tuple[str, Decimal]] = Table(self._amount)
        self.services: Table[Service] = Table(self._service)
        # Texts in which more is said than the record of them holds.
        self.longer: set[str] = set()
        self._has_long_procedures = False

    @classmethod
    def of(cls, source: Source) -> "Texts":
        if cls not in source.shared:
            source.shared[cls] = cls(source)
        found: Texts = source.shared[cls]
        return found

    def _adjustments(self, text: str) -> tuple[Triplet, ...]:
        """A CAS: its group, and up to six triplets of reason, amount, quantity. A triplet without a reason must be empty."""
        row = self._row(text, "CAS")
        group = row[1]
        if group not in GROUPS:
            raise ValueError(text)
        if len(row) == _ONE_TRIPLET and row[2]:
            return ((group, row[2], self.money[row[3]], None),)
        if len(row) > LONGEST_CAS:
            raise ValueError(text)
        found: list[Triplet] = []
        for at in range(2, len(row), 3):
            reason, amount, quantity, *_ = *row[at : at + 3], "", ""
            if reason:
                found.append((group, reason, self.money[amount], self.money[quantity] if quantity else None))
            elif amount or quantity:
                raise ValueError(text)
        return tuple(found)

    def _date(self, text: str) -> tuple[str, date]:
        row = self._row(text, "DTM")
        if len(row) > _PAIR:
            self._compare(text, row)
        return row[1], self._days[row[2]]

    def _amount(self, text: str) -> tuple[str, Decimal]:
        row = self._row(text, "AMT")
        if len(row) > _PAIR:
            self._compare(text, row)
        return row[1], self.money[row[2]]

    def _service(self, text: str) -> Service:
        row = self._row(text, "SVC")
        row += _PADDING
        money = self.money
        kind, code, modifiers = self._procedures[row[1]]
        its_kind, its_code, its_modifiers = self._procedures[row[6]]
        if self._has_long_procedures or len(row) > _SERVICE + len(_PADDING):
            self._compare(text, row)
        units = money[row[5]] if row[5] else None
        its_units = money[row[7]] if row[7] else None
        charge, paid = money[row[2]], money[row[3]]
        return code, modifiers, charge, paid, units, its_code, its_modifiers, its_units, kind, its_kind, row[4]

    def _row(self, text: str, segment_id: str) -> list[str]:
        """Its elements. A longer name that begins alike ("CASX") is another segment's: ValueError."""
        row = text.split(self._element)
        if row[0] != segment_id:
            raise ValueError(text)
        return row

    def _compare(self, text: str, row: list[str]) -> None:
        """Notes a text that says more than is taken."""
        if says_more(row, self._component, REMITTANCE):
            if len(self.longer) >= MOST_TEXTS:
                # As the tables are emptied when they are full; whatever comes again is looked at again.
                for table in (self.dates, self.amounts, self.services):
                    table.clear()
                self.longer.clear()
            self.longer.add(text)

    def _procedure(self, text: str) -> tuple[str, str, tuple[str, ...]]:
        parts = text.split(self._component)
        if len(parts) > _PARTS:
            self._has_long_procedures = True
        qualifier, code, *others = (*parts, "")[:_PARTS]
        return qualifier, code, tuple([modifier for modifier in others if modifier])
