"""Loop 2110 and the CAS of both levels. A remittance may hold tens of thousands of claims, so this works on bare rows of
elements and makes a `Segment` only for what is wrong.
"""

from datetime import date
from decimal import Decimal

from apps.x12.guides.parts import Amount, Quantity, Reference
from apps.x12.guides.x835.records import Adjustment, ServiceLine
from apps.x12.segments import Segment, Source
from apps.x12.swift import swift

Row = list[str]
NumberedRow = tuple[int, Row]
Procedure = tuple[str, str, tuple[str, ...]]

PADDING = [""] * 10
_MOST_MODIFIERS = 4
_NO_PROCEDURE: Procedure = ("", "", ())
_NOTHING_RARE: tuple[tuple[Amount, ...], tuple[Quantity, ...], tuple[str, ...]] = ((), (), ())

_new_adjustment = swift(Adjustment)
_new_line = swift(ServiceLine)
_new_reference = swift(Reference)


class RowReader:
    """Reads rows of one transaction; `number` is always the row's place in the file. Money that cannot be read raises
    UnreadableError, its error noted.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._decimals = source.decimals
        self._dates = source.dates
        self._component = source.delimiters.component
        self._procedures: dict[str, Procedure] = {"": _NO_PROCEDURE}

    def money(self, row: Row, element: int, number: int) -> Decimal:
        try:
            return self._decimals[row[element]]
        except (ValueError, IndexError):
            return Segment(row, number, self.source).money(element)

    def optional_money(self, row: Row, element: int, number: int) -> Decimal | None:
        if len(row) <= element or not row[element]:
            return None
        return self.money(row, element, number)

    def adjust(self, adjustments: list[Adjustment], row: Row, number: int) -> None:
        """Up to six triplets of reason, amount, quantity. A triplet without a reason must be empty."""
        group = row[1] if len(row) > 1 else ""
        for at in range(2, len(row), 3):
            reason = row[at]
            if reason:
                amount = self.money(row, at + 1, number)
                quantity = self.optional_money(row, at + 2, number)
                adjustments.append(_new_adjustment(group, reason, amount, quantity, number))
            elif any(row[at : at + 3]):
                Segment(row, number, self.source).required(at)

    def line(self, rows: list[Row], number: int) -> ServiceLine:
        """`rows` start with the SVC."""
        adjustments: list[Adjustment] = []
        references: list[Reference] = []
        days: dict[str, date] = {}
        rare: list[NumberedRow] = []
        for at, row in enumerate(rows[1:], start=number + 1):
            kind = row[0]
            if kind == "CAS":
                self.adjust(adjustments, row, at)
            elif kind == "DTM":
                self._date(days, row, at)
            elif kind == "REF" and len(row) > 2:
                references.append(_new_reference(row[1], row[2], row[3] if len(row) > 3 else ""))
            else:
                rare.append((at, row))
        amounts, quantities, remarks = self._rare(rare) if rare else _NOTHING_RARE
        svc = rows[0]
        qualifier, code, modifiers = self._procedure(svc, 1)
        submitted_qualifier, submitted, submitted_modifiers = self._procedure(svc, 6)
        return _new_line(
            code,
            modifiers,
            self.money(svc, 2, number),
            self.money(svc, 3, number),
            self.optional_money(svc, 5, number),
            _control_number(references),
            days.get("472") or days.get("150"),
            days.get("151"),
            tuple(adjustments),
            remarks,
            submitted,
            submitted_modifiers,
            self.optional_money(svc, 7, number),
            qualifier,
            submitted_qualifier,
            svc[4] if len(svc) > 4 else "",
            tuple(references),
            amounts,
            quantities,
            number,
        )

    def _rare(self, rows: list[NumberedRow]) -> tuple[tuple[Amount, ...], tuple[Quantity, ...], tuple[str, ...]]:
        amounts: list[Amount] = []
        quantities: list[Quantity] = []
        remarks: list[str] = []
        for number, row in rows:
            kind, qualifier, value, *_ = row + PADDING
            if kind == "AMT":
                amounts.append(Amount(qualifier, self.money(row, 2, number)))
            elif kind == "QTY":
                quantities.append(Quantity(qualifier, self.money(row, 2, number)))
            elif kind == "LQ" and value:
                remarks.append(value)
        return tuple(amounts), tuple(quantities), tuple(remarks)

    def _procedure(self, row: Row, element: int) -> Procedure:
        """Qualifier, code, modifiers; few procedures make up most lines, so each text is taken apart once."""
        text = row[element] if len(row) > element else ""
        known = self._procedures.get(text)
        if known is None:
            qualifier, code, *others = (*text.split(self._component), "")[: 2 + _MOST_MODIFIERS]
            known = qualifier, code, tuple(modifier for modifier in others if modifier)
            self._procedures[text] = known
        return known

    def _date(self, days: dict[str, date], row: Row, number: int) -> None:
        try:
            days[row[1]] = self._dates[row[2]]
        except (ValueError, IndexError):
            Segment(row, number, self.source).day(2)


def _control_number(references: list[Reference]) -> str:
    """REF*6R, taken out of the list."""
    for at, reference in enumerate(references):
        if reference.qualifier == "6R":
            del references[at]
            return reference.value
    return ""
