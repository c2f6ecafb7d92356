"""A claim and its service lines while their segments come in: opened as twins of the records, closed as the records."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from apps.x12.guides.extents import REMITTANCE
from apps.x12.guides.parts import Quantity
from apps.x12.guides.parts_read import read_contact
from apps.x12.guides.x835.records import (
    InpatientAdjudication,
    OutpatientAdjudication,
    RemittedClaim,
    ServiceLine,
)
from apps.x12.guides.x835.texts import Service
from apps.x12.held import keep_more
from apps.x12.segments import Segment, Source
from apps.x12.swift import twin
from apps.x12.values import read_decimal

_OpenClaim = twin(RemittedClaim)
_OpenLine = twin(ServiceLine)
# Of which there may be many. They are tuples, to which adding one or two is faster than to a list that is made for it.
_OF_EACH = ("adjustments", "references", "amounts", "remark_codes", "quantities")
_OF_A_CLAIM = (*_OF_EACH, "dates", "contacts")
_PADDING = [""] * 10
_CLP_ELEMENTS = 10
# LQ01: a remark code, and what X221A1 2110 allows beside it, a pharmacy's reject code, which no practice posts.
REMARK = "HE"
_PHARMACY_REJECT = "RX"
# A text with its place, and what it belongs to: the open claim or one of its lines; None: it is read, and says more than was taken.
Rare = tuple[str, int, Any]


def open_claim(row: list[str], number: int, group_number: str, money: Mapping[str, Decimal]) -> Any:
    """Of a CLP; `money` reads the amounts that repeat. Raises ValueError or IndexError where one of its amounts cannot be read."""
    if len(row) < _CLP_ELEMENTS:
        row = row + _PADDING
    claim = _OpenClaim()
    claim.control_number, claim.status = row[1], row[2]
    claim.charge, claim.paid = money[row[3]], read_decimal(row[4])  # what is paid is seldom paid again
    claim.patient_responsibility = money[row[5]] if row[5] else None
    claim.filing_indicator, claim.payer_claim_number = row[6], row[7]
    claim.place_of_service, claim.frequency = row[8], row[9]
    claim.patient = claim.insured = claim.corrected_insured = claim.rendering = None
    claim.crossover_payer = claim.corrected_payer = claim.other_subscriber = None
    claim.outpatient = claim.inpatient = None
    claim.lines = []
    claim.adjustments = claim.references = claim.dates = claim.amounts = claim.quantities = ()
    claim.remark_codes = claim.contacts = ()
    claim.group_number, claim.segment = group_number, number
    return claim


def open_line(service: Service, number: int) -> Any:
    """Of an SVC."""
    line = _OpenLine()
    (
        line.procedure,
        line.modifiers,
        line.charge,
        line.paid,
        line.units,
        line.submitted_procedure,
        line.submitted_modifiers,
        line.submitted_units,
        line.qualifier,
        line.submitted_qualifier,
        line.revenue_code,
    ) = service
    line.control_number = ""
    line.service_date = line.service_end_date = None
    line.adjustments = line.references = line.amounts = line.remark_codes = line.quantities = ()
    line.segment = number
    return line


def loosen(owner: Any) -> None:
    """Makes lists of what a claim or line holds: to add to a long tuple copies it each time."""
    _hold_as(list, owner)


def _hold_as(kind: type[list[object]] | type[tuple[object, ...]], owner: Any) -> None:
    for column in _OF_A_CLAIM if isinstance(owner, _OpenClaim) else _OF_EACH:
        setattr(owner, column, kind(getattr(owner, column)))


def close_claim(claim: Any, rare: Sequence[Rare], source: Source, *, is_long: bool) -> RemittedClaim:
    """The open claim, which with its lines has become a record. Raises UnreadableError where an amount or a quantity of a rare
    segment cannot be read; the error has been noted.
    """
    lines = claim.lines
    if is_long:
        for owner in (claim, *lines):
            loosen(owner)
    if rare:
        _add_rare(claim, rare, source)
    if is_long:
        for owner in (claim, *lines):
            _hold_as(tuple, owner)
    for line in lines:
        line.__class__ = ServiceLine
    claim.lines = tuple(lines)
    claim.__class__ = RemittedClaim
    closed: RemittedClaim = claim
    return closed


def _add_rare(claim: Any, rare: Sequence[Rare], source: Source) -> None:
    for text, number, owner in rare:
        segment = Segment(source.split(text), number, source)
        if owner is None:
            source.notes.keep_silently(segment)
        elif owner is claim:
            _add_to_claim(claim, segment)
        else:
            _add_to_line(owner, segment)


def _add_to_line(line: Any, segment: Segment) -> None:
    keep_more(segment, REMITTANCE)
    match segment.id:
        case "QTY":
            line.quantities += (Quantity(segment.text(1), segment.money(2), segment.number),)
        case "LQ" if segment.text(1) == _PHARMACY_REJECT:
            segment.source.notes.keep_silently(segment)
        case _:
            segment.source.notes.keep(segment)


def _add_to_claim(claim: Any, segment: Segment) -> None:
    keep_more(segment, REMITTANCE)
    match segment.id:
        case "QTY":
            claim.quantities += (Quantity(segment.text(1), segment.money(2), segment.number),)
        case "PER":
            claim.contacts += (read_contact(segment),)
        case "MOA":
            _decide(claim, "outpatient", _outpatient(segment), segment)
            claim.remark_codes += segment.texts(3, 7)
        case "MIA":
            _decide(claim, "inpatient", _inpatient(segment), segment)
            claim.remark_codes += segment.texts(5, 5) + segment.texts(20, 23)
        case _:
            segment.source.notes.keep(segment)


def _decide(claim: Any, column: str, decision: object, segment: Segment) -> None:
    """A second one that says something else is kept and named: nobody knows which holds."""
    said = getattr(claim, column)
    if said is None:
        setattr(claim, column, decision)
    elif decision not in (None, said):
        segment.source.notes.keep(segment)


def _outpatient(moa: Segment) -> OutpatientAdjudication | None:
    """None where the segment carries remark codes only, as most do."""
    rate, payable, esrd, professional = (moa.optional_money(at) for at in (1, 2, 8, 9))
    said = OutpatientAdjudication(rate, payable, esrd, professional, moa.number)
    return said if said != OutpatientAdjudication() else None


def _inpatient(mia: Segment) -> InpatientAdjudication:
    covered, drg, professional = (mia.optional_money(at) for at in (1, 4, 19))
    return InpatientAdjudication(covered, drg, professional, mia.number)
