"""Loop 2100: a claim as decided. Its bare rows of elements are read as `lines_read` explains."""

from dataclasses import dataclass, field

from apps.x12.guides.parts import Amount, Contact, DatedPeriod, Party, Quantity, Reference
from apps.x12.guides.parts_read import read_contact
from apps.x12.guides.x835.lines_read import PADDING, NumberedRow, Row, RowReader
from apps.x12.guides.x835.records import (
    Adjustment,
    InpatientAdjudication,
    OutpatientAdjudication,
    RemittedClaim,
)
from apps.x12.segments import Segment, Source
from apps.x12.swift import swift

_DetailFields = tuple[
    tuple[str, ...],
    OutpatientAdjudication | None,
    InpatientAdjudication | None,
    tuple[Reference, ...],
    tuple[DatedPeriod, ...],
    tuple[Amount, ...],
    tuple[Quantity, ...],
    tuple[Contact, ...],
]
_NO_DETAILS: _DetailFields = ((), None, None, (), (), (), (), ())

_new_claim = swift(RemittedClaim)
_new_party = swift(Party)


@dataclass(slots=True)
class _Details:
    """What a claim's rarer segments say."""

    references: list[Reference] = field(default_factory=list)
    dates: list[DatedPeriod] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    remark_codes: tuple[str, ...] = ()
    outpatient: OutpatientAdjudication | None = None
    inpatient: InpatientAdjudication | None = None

    def add(self, segment: Segment) -> None:
        match segment.id:
            case "REF":
                self.references.append(Reference(segment.text(1), segment.text(2), segment.text(3)))
            case "DTM" if day := segment.day(2):
                self.dates.append(DatedPeriod(segment.text(1), day, day))
            case "AMT":
                self.amounts.append(Amount(segment.text(1), segment.money(2)))
            case "QTY":
                self.quantities.append(Quantity(segment.text(1), segment.money(2)))
            case "PER":
                self.contacts.append(read_contact(segment))
            case "MOA":
                self.outpatient = _outpatient(segment)
                self.remark_codes += segment.texts(3, 7)
            case "MIA":
                self.inpatient = _inpatient(segment)
                self.remark_codes += segment.texts(5, 5) + segment.texts(20, 23)


class ClaimReader:
    """Reads the claims of one transaction."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.rows = RowReader(source)

    def claim(self, rows: list[Row], number: int, group_number: str) -> RemittedClaim:
        """`rows` start with the CLP, which is the file's segment `number`. Raises UnreadableError if any dollar amount
        in the claim cannot be read.
        """
        starts = [at for at, row in enumerate(rows) if row[0] == "SVC"]
        starts.append(len(rows))
        adjustments: list[Adjustment] = []
        parties: dict[str, Party] = {}
        rare: list[NumberedRow] = []
        for at, row in enumerate(rows[1 : starts[0]], start=number + 1):
            if row[0] == "CAS":
                self.rows.adjust(adjustments, row, at)
            elif row[0] == "NM1" and len(row) > 1:
                parties[row[1]] = _party(row, at)
            else:
                rare.append((at, row))
        lines = [self.rows.line(rows[starts[n] : starts[n + 1]], number + starts[n]) for n in range(len(starts) - 1)]
        _, control_number, status, _, _, _, filing, payer_number, place, frequency, *_ = rows[0] + PADDING
        return _new_claim(
            control_number,
            status,
            self.rows.money(rows[0], 3, number),
            self.rows.money(rows[0], 4, number),
            self.rows.optional_money(rows[0], 5, number),
            filing,
            payer_number,
            place,
            frequency,
            tuple(adjustments),
            tuple(lines),
            parties.get("QC"),
            parties.get("IL"),
            parties.get("74"),
            parties.get("82"),
            parties.get("TT"),
            parties.get("PR"),
            parties.get("GB"),
            group_number,
            *(self._details(rare) if rare else _NO_DETAILS),
            number,
        )

    def _details(self, rare: list[NumberedRow]) -> _DetailFields:
        """The fields of RemittedClaim from `remark_codes` to `contacts`."""
        details = _Details()
        for number, row in rare:
            details.add(Segment(row, number, self.source))
        return (
            details.remark_codes,
            details.outpatient,
            details.inpatient,
            tuple(details.references),
            tuple(details.dates),
            tuple(details.amounts),
            tuple(details.quantities),
            tuple(details.contacts),
        )


def _party(row: Row, number: int) -> Party:
    _, role, kind, last, first, middle, _, suffix, id_qualifier, id_, *_ = row + PADDING
    return _new_party(last, first, middle, suffix, kind == "1", id_qualifier, id_, role, number)


def _outpatient(moa: Segment) -> OutpatientAdjudication | None:
    """None where the segment carries remark codes only, as most do."""
    amounts = [moa.optional_money(at) for at in (1, 2, 8, 9)]
    return OutpatientAdjudication(*amounts) if any(amount is not None for amount in amounts) else None


def _inpatient(mia: Segment) -> InpatientAdjudication:
    covered, drg, professional = (mia.optional_money(at) for at in (1, 4, 19))
    return InpatientAdjudication(covered, drg, professional)
