"""A claim and its service lines while their segments come in, and the records made of them."""

from datetime import date
from decimal import Decimal

from apps.x12.delimiters import STANDARD
from apps.x12.guides.parts import Amount, Contact, DatedPeriod, Party, Quantity, Reference
from apps.x12.guides.parts_read import read_contact
from apps.x12.guides.x835.records import (
    Adjustment,
    InpatientAdjudication,
    OutpatientAdjudication,
    RemittedClaim,
    ServiceLine,
)
from apps.x12.guides.x835.texts import Service
from apps.x12.segments import Notes, Segment, Source
from apps.x12.swift import swift

_new_claim = swift(RemittedClaim)
_new_line = swift(ServiceLine)
_new_period = swift(DatedPeriod)
_PADDING = [""] * 10
_CLP_ELEMENTS = 10


# What a claim and a line have in common: adjustments, references, dates and amounts, and the rare texts with their places,
# which are read when the claim is whole.
Level = tuple[
    list[Adjustment],
    list[Reference],
    list[tuple[tuple[str, date], int]],
    list[Amount],
    list[tuple[str, int]],
]


def new_level() -> Level:
    return [], [], [], [], []


class OpenClaim:
    """A line is what its SVC says, its level and its place."""

    __slots__ = ("group_number", "level", "lines", "number", "parties", "row")

    def __init__(self, row: list[str], number: int, group_number: str, level: Level) -> None:
        self.row = row
        self.number = number
        self.group_number = group_number
        self.level = level
        self.parties: dict[str, Party] = {}
        self.lines: list[tuple[Service, Level, int]] = []

    def record(self, source: Source) -> RemittedClaim:
        """Raises UnreadableError where an amount of the CLP or of a rare segment cannot be read; the error has been noted."""
        adjustments, references, dates, amounts, rare = self.level
        charge, paid, responsibility = self._amounts(source)
        row, party = self.row, self.parties.get
        if len(row) < _CLP_ELEMENTS:
            row = row + _PADDING
        details = _Details(rare, source) if rare else _NO_DETAILS
        return _new_claim(
            row[1],
            row[2],
            charge,
            paid,
            responsibility,
            row[6],
            row[7],
            row[8],
            row[9],
            tuple(adjustments),
            tuple([_line(service, within, number, source) for service, within, number in self.lines]),
            party("QC"),
            party("IL"),
            party("74"),
            party("82"),
            party("TT"),
            party("PR"),
            party("GB"),
            self.group_number,
            details.remark_codes,
            details.outpatient,
            details.inpatient,
            tuple(references),
            tuple([_new_period(qualifier, day, day, number) for (qualifier, day), number in dates]),
            tuple(amounts),
            details.quantities,
            details.contacts,
            self.number,
        )

    def _amounts(self, source: Source) -> tuple[Decimal, Decimal, Decimal | None]:
        row, money = self.row, source.decimals
        try:
            return money[row[3]], money[row[4]], money[row[5]] if row[5:6] and row[5] else None
        except (ValueError, IndexError):
            clp = Segment(row, self.number, source)
            return clp.money(3), clp.money(4), clp.optional_amount(5)


def _line(service: Service, level: Level, number: int, source: Source) -> ServiceLine:
    """Raises UnreadableError where a quantity cannot be read; the error has been noted."""
    adjustments, references, dates, amounts, rare = level
    control_number = ""
    for at, reference in enumerate(references):
        if reference.qualifier == "6R":
            control_number = reference.value
            del references[at]
            break
    start = end = None
    for (qualifier, day), _ in dates:
        if qualifier == "151":
            end = day
        elif qualifier == "472" or (qualifier == "150" and start is None):
            start = day
    quantities, remarks = _rare(rare, source) if rare else ((), ())
    procedure, modifiers, charge, paid, units, submitted, its_modifiers, its_units, kind, its_kind, revenue = service
    return _new_line(
        procedure,
        modifiers,
        charge,
        paid,
        units,
        control_number,
        start,
        end,
        tuple(adjustments),
        remarks,
        submitted,
        its_modifiers,
        its_units,
        kind,
        its_kind,
        revenue,
        tuple(references),
        tuple(amounts),
        quantities,
        number,
    )


def _rare(texts: list[tuple[str, int]], source: Source) -> tuple[tuple[Quantity, ...], tuple[str, ...]]:
    quantities: list[Quantity] = []
    remarks: list[str] = []
    for text, number in texts:
        segment = Segment(source.split(text), number, source)
        if segment.id == "QTY":
            quantities.append(Quantity(segment.text(1), segment.money(2), number))
        elif segment.id == "LQ":
            remarks.extend(segment.texts(2, 2))
        else:
            source.notes.keep(segment)
    return tuple(quantities), tuple(remarks)


class _Details:
    """What a claim's rarer segments say."""

    __slots__ = ("contacts", "inpatient", "outpatient", "quantities", "remark_codes")

    def __init__(self, rare: list[tuple[str, int]], source: Source) -> None:
        self.quantities: tuple[Quantity, ...] = ()
        self.contacts: tuple[Contact, ...] = ()
        self.remark_codes: tuple[str, ...] = ()
        self.outpatient: OutpatientAdjudication | None = None
        self.inpatient: InpatientAdjudication | None = None
        for text, number in rare:
            self._add(Segment(source.split(text), number, source))

    def _add(self, segment: Segment) -> None:
        match segment.id:
            case "QTY":
                self.quantities += (Quantity(segment.text(1), segment.money(2), segment.number),)
            case "PER":
                self.contacts += (read_contact(segment),)
            case "MOA":
                self.outpatient = _outpatient(segment)
                self.remark_codes += segment.texts(3, 7)
            case "MIA":
                self.inpatient = _inpatient(segment)
                self.remark_codes += segment.texts(5, 5) + segment.texts(20, 23)
            case _:
                segment.source.notes.keep(segment)


_NO_DETAILS = _Details([], Source(STANDARD, Notes()))


def _outpatient(moa: Segment) -> OutpatientAdjudication | None:
    """None where the segment carries remark codes only, as most do."""
    amounts = [moa.optional_money(at) for at in (1, 2, 8, 9)]
    return OutpatientAdjudication(*amounts) if any(amount is not None for amount in amounts) else None


def _inpatient(mia: Segment) -> InpatientAdjudication:
    covered, drg, professional = (mia.optional_money(at) for at in (1, 4, 19))
    return InpatientAdjudication(covered, drg, professional)
