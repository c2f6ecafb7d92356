"""A claim and its service lines while their segments come in, and the records made of them."""

from datetime import date

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
_PADDING = ("",) * 10


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

    __slots__ = ("clp", "group_number", "level", "lines", "parties")

    def __init__(self, clp: Segment, group_number: str, level: Level) -> None:
        self.clp = clp
        self.group_number = group_number
        self.level = level
        self.parties: dict[str, Party] = {}
        self.lines: list[tuple[Service, Level, int]] = []

    def record(self) -> RemittedClaim:
        """Raises UnreadableError where an amount of the CLP or of a rare segment cannot be read; the error has been noted."""
        clp, (adjustments, references, dates, amounts, rare) = self.clp, self.level
        _, control_number, status, _, _, _, filing, payer_number, place, frequency = (*clp.elements, *_PADDING)[:10]
        party = self.parties.get
        details = _Details(rare, clp.source) if rare else _NO_DETAILS
        return _new_claim(
            control_number,
            status,
            clp.money(3),
            clp.money(4),
            clp.optional_amount(5),
            filing,
            payer_number,
            place,
            frequency,
            tuple(adjustments),
            tuple([_line(service, within, number, clp.source) for service, within, number in self.lines]),
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
            tuple(details.quantities),
            tuple(details.contacts),
            clp.number,
        )


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
        self.quantities: list[Quantity] = []
        self.contacts: list[Contact] = []
        self.remark_codes: tuple[str, ...] = ()
        self.outpatient: OutpatientAdjudication | None = None
        self.inpatient: InpatientAdjudication | None = None
        for text, number in rare:
            self._add(Segment(source.split(text), number, source))

    def _add(self, segment: Segment) -> None:
        match segment.id:
            case "QTY":
                self.quantities.append(Quantity(segment.text(1), segment.money(2), segment.number))
            case "PER":
                self.contacts.append(read_contact(segment))
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
