"""Loops 2100 and 2110. A remittance may hold tens of thousands of claims, so this works on bare rows of elements and
makes
a `Segment` only for what is rare or wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apps.x12.guides.parts import Amount, Contact, DatedPeriod, Party, Quantity, Reference
from apps.x12.guides.parts_read import read_contact
from apps.x12.guides.x835.records import (
    Adjustment,
    InpatientAdjudication,
    OutpatientAdjudication,
    RemittedClaim,
    ServiceLine,
)
from apps.x12.segments import Segment, Source

Row = list[str]

_ROLES = {
    "QC": "patient",
    "IL": "insured",
    "74": "corrected_insured",
    "82": "rendering",
    "TT": "crossover_payer",
    "PR": "corrected_payer",
    "GB": "other_subscriber",
}
_PADDING = [""] * 10
_MOST_MODIFIERS = 4
NumberedRow = tuple[int, Row]


@dataclass(slots=True)
class _Details:
    """What a claim's rare segments say, as keyword arguments of its record."""

    references: list[Reference] = field(default_factory=list)
    dates: list[DatedPeriod] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    remark_codes: tuple[str, ...] = ()
    outpatient: OutpatientAdjudication | None = None
    inpatient: InpatientAdjudication | None = None


class ClaimReader:
    """Reads the claims of one transaction; `number` arguments are places in the file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.decimals = source.decimals
        self.dates = source.dates
        self.component = source.delimiters.component

    def claim(self, rows: list[Row], number: int, group_number: str) -> RemittedClaim:
        """`rows` start with the CLP. Raises UnreadableError if any dollar amount in the claim cannot be read."""
        starts = [at for at, row in enumerate(rows) if row[0] == "SVC"]
        ends = [*starts[1:], len(rows)] if starts else []
        head = rows[1 : starts[0]] if starts else rows[1:]
        adjustments: list[Adjustment] = []
        parties: dict[str, Party] = {}
        rare: list[NumberedRow] = []
        for at, row in enumerate(head, start=number + 1):
            if row[0] == "CAS":
                self._adjust(adjustments, row, at)
            elif row[0] == "NM1" and len(row) > 1 and row[1] in _ROLES:
                parties[_ROLES[row[1]]] = _party(row, at)
            else:
                rare.append((at, row))
        lines = tuple([self._line(rows[a:b], number + a) for a, b in zip(starts, ends, strict=True)])
        return self._record(
            rows[0],
            number,
            group_number=group_number,
            adjustments=tuple(adjustments),
            lines=lines,
            parties=parties,
            rare=rare,
        )

    def _record(
        self,
        row: Row,
        number: int,
        *,
        group_number: str,
        adjustments: tuple[Adjustment, ...],
        lines: tuple[ServiceLine, ...],
        parties: dict[str, Party],
        rare: list[NumberedRow],
    ) -> RemittedClaim:
        details = self._details(rare) if rare else _Details()
        _, control_number, status, _, _, _, filing, payer_number, place, frequency, *_ = row + _PADDING
        return RemittedClaim(
            control_number=control_number,
            status=status,
            charge=self._money(row, 3, number),
            paid=self._money(row, 4, number),
            patient_responsibility=self._optional_money(row, 5, number),
            filing_indicator=filing,
            payer_claim_number=payer_number,
            place_of_service=place,
            frequency=frequency,
            adjustments=adjustments,
            lines=lines,
            remark_codes=details.remark_codes,
            outpatient=details.outpatient,
            inpatient=details.inpatient,
            references=tuple(details.references),
            dates=tuple(details.dates),
            amounts=tuple(details.amounts),
            quantities=tuple(details.quantities),
            contacts=tuple(details.contacts),
            group_number=group_number,
            segment=number,
            **parties,
        )

    def _details(self, rare: Iterable[NumberedRow]) -> _Details:
        details = _Details()
        for number, row in rare:
            self._detail(details, Segment(row, number, self.source))
        return details

    def _detail(self, details: _Details, segment: Segment) -> None:
        match segment.id:
            case "REF":
                details.references.append(Reference(segment.text(1), segment.text(2), segment.text(3)))
            case "DTM" if day := segment.day(2):
                details.dates.append(DatedPeriod(segment.text(1), day, day))
            case "AMT":
                details.amounts.append(Amount(segment.text(1), segment.money(2)))
            case "QTY":
                details.quantities.append(Quantity(segment.text(1), segment.money(2)))
            case "PER":
                details.contacts.append(read_contact(segment))
            case "MOA":
                details.outpatient = _outpatient(segment)
                details.remark_codes += segment.texts(3, 7)
            case "MIA":
                details.inpatient = _inpatient(segment)
                details.remark_codes += segment.texts(5, 5) + segment.texts(20, 23)

    def _line(self, rows: list[Row], number: int) -> ServiceLine:
        adjustments: list[Adjustment] = []
        references: list[Reference] = []
        rare: list[NumberedRow] = []
        days: dict[str, date] = {}
        control_number = ""
        for at, row in enumerate(rows[1:], start=number + 1):
            kind = row[0]
            if kind == "CAS":
                self._adjust(adjustments, row, at)
            elif kind == "DTM":
                self._date(days, row, at)
            elif kind == "REF" and len(row) > 2:
                if row[1] == "6R":
                    control_number = row[2]
                else:
                    references.append(Reference(row[1], row[2], row[3] if len(row) > 3 else ""))
            else:
                rare.append((at, row))
        return self._line_record(
            rows[0],
            number,
            control_number=control_number,
            adjustments=adjustments,
            references=references,
            days=days,
            rare=rare,
        )

    def _line_record(
        self,
        row: Row,
        number: int,
        *,
        control_number: str,
        adjustments: list[Adjustment],
        references: list[Reference],
        days: dict[str, date],
        rare: list[NumberedRow],
    ) -> ServiceLine:
        amounts, quantities, remarks = self._line_details(rare) if rare else ((), (), ())
        qualifier, code, modifiers = self._procedure(row, 1)
        submitted = self._procedure(row, 6) if len(row) > 6 and row[6] else ("", "", ())
        start = days.get("472") or days.get("150")
        return ServiceLine(
            procedure=code,
            modifiers=modifiers,
            charge=self._money(row, 2, number),
            paid=self._money(row, 3, number),
            units=self._optional_money(row, 5, number),
            control_number=control_number,
            service_date=start,
            service_end_date=days.get("151"),
            adjustments=tuple(adjustments),
            remark_codes=remarks,
            submitted_procedure=submitted[1],
            submitted_modifiers=submitted[2],
            submitted_units=self._optional_money(row, 7, number),
            qualifier=qualifier,
            submitted_qualifier=submitted[0],
            revenue_code=row[4] if len(row) > 4 else "",
            references=tuple(references),
            amounts=amounts,
            quantities=quantities,
            segment=number,
        )

    def _line_details(
        self, rare: Iterable[NumberedRow]
    ) -> tuple[tuple[Amount, ...], tuple[Quantity, ...], tuple[str, ...]]:
        amounts: list[Amount] = []
        quantities: list[Quantity] = []
        remarks: list[str] = []
        for number, row in rare:
            if row[0] == "AMT" and len(row) > 2:
                amounts.append(Amount(row[1], self._money(row, 2, number)))
            elif row[0] == "LQ" and len(row) > 2:
                remarks.append(row[2])
            elif row[0] == "QTY" and len(row) > 2:
                quantities.append(Quantity(row[1], self._money(row, 2, number)))
        return tuple(amounts), tuple(quantities), tuple(remarks)

    def _procedure(self, row: Row, element: int) -> tuple[str, str, tuple[str, ...]]:
        text = row[element] if len(row) > element else ""
        qualifier, _, rest = text.partition(self.component)
        if self.component not in rest:
            return qualifier, rest, ()
        code, *others = rest.split(self.component)
        return qualifier, code, tuple([modifier for modifier in others[:_MOST_MODIFIERS] if modifier])

    def _adjust(self, adjustments: list[Adjustment], row: Row, number: int) -> None:
        """Up to six triplets of reason, amount, quantity."""
        for at in range(2, len(row), 3):
            if row[at]:
                amount = self._money(row, at + 1, number)
                quantity = self._optional_money(row, at + 2, number)
                adjustments.append(Adjustment(row[1], row[at], amount, quantity, number))

    def _date(self, days: dict[str, date], row: Row, number: int) -> None:
        try:
            days[row[1]] = self.dates[row[2]]
        except (ValueError, IndexError):
            Segment(row, number, self.source).day(2)

    def _money(self, row: Row, element: int, number: int) -> Decimal:
        try:
            return self.decimals[row[element]]
        except (ValueError, IndexError):
            return Segment(row, number, self.source).money(element)

    def _optional_money(self, row: Row, element: int, number: int) -> Decimal | None:
        if len(row) <= element or not row[element]:
            return None
        return self._money(row, element, number)


def _party(row: Row, number: int) -> Party:
    _, role, kind, last, first, middle, _, suffix, id_qualifier, id_, *_ = row + _PADDING
    return Party(last, first, middle, suffix, kind == "1", id_qualifier, id_, role, number)


def _outpatient(moa: Segment) -> OutpatientAdjudication:
    rate, payable, esrd, professional = (moa.optional_money(at) for at in (1, 2, 8, 9))
    return OutpatientAdjudication(rate, payable, esrd, professional)


def _inpatient(mia: Segment) -> InpatientAdjudication:
    covered, drg, professional = (mia.optional_money(at) for at in (1, 4, 19))
    return InpatientAdjudication(covered, drg, professional)
