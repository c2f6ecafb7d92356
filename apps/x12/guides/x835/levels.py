"""A claim and its service lines while their segments come in: opened as unfrozen records with lists in them, closed as the records."""

from collections.abc import Sequence
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
from apps.x12.swift import unfrozen

_new_claim = unfrozen(RemittedClaim)
_new_line = unfrozen(ServiceLine)
_PADDING = [""] * 10
_CLP_ELEMENTS = 10
# LQ01: a remark code, and what X221A1 2110 allows beside it, a pharmacy's reject code, which no practice posts.
REMARK = "HE"
_PHARMACY_REJECT = "RX"
# A text with its place, and what it belongs to: the open claim or one of its lines; None: it is read, and says more than was taken.
Rare = tuple[str, int, Any]


def open_claim(row: list[str], number: int, group_number: str, source: Source) -> Any:
    """Of a CLP. Raises ValueError or IndexError where one of its amounts cannot be read."""
    money = source.decimals
    charge, paid = money[row[3]], money[row[4]]
    if len(row) < _CLP_ELEMENTS:
        row = row + _PADDING
    return _new_claim(
        row[1],
        row[2],
        charge,
        paid,
        money[row[5]] if row[5] else None,
        row[6],
        row[7],
        row[8],
        row[9],
        [],  # adjustments
        [],  # lines
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        group_number,
        (),
        None,
        None,
        [],  # references
        [],  # dates
        [],  # amounts
        (),
        (),
        number,
    )


def open_line(service: Service, number: int) -> Any:
    """Of an SVC."""
    procedure, modifiers, charge, paid, units, submitted, its_modifiers, its_units, kind, its_kind, revenue = service
    return _new_line(
        procedure,
        modifiers,
        charge,
        paid,
        units,
        "",
        None,
        None,
        [],  # adjustments
        (),
        submitted,
        its_modifiers,
        its_units,
        kind,
        its_kind,
        revenue,
        [],  # references
        [],  # amounts
        (),
        number,
    )


def _add(owner: Any, column: str, *items: object) -> None:
    """To one of the columns that few have, which is a list from its first item on."""
    held = getattr(owner, column)
    if isinstance(held, list):
        held.extend(items)
    else:
        setattr(owner, column, list(items))


def close_claim(claim: Any, rare: Sequence[Rare], source: Source) -> RemittedClaim:
    """The open claim, which with its lines has become a record. Raises UnreadableError where an amount or a quantity of a rare
    segment cannot be read; the error has been noted.
    """
    for text, number, owner in rare:
        segment = Segment(source.split(text), number, source)
        if owner is None:
            source.notes.keep_silently(segment)
        elif owner is claim:
            _add_to_claim(claim, segment)
        else:
            _add_to_line(owner, segment)
    lines = claim.lines
    if rare:
        claim.remark_codes, claim.contacts = tuple(claim.remark_codes), tuple(claim.contacts)
        for owner in (claim, *lines):
            owner.quantities = tuple(owner.quantities)
    for line in lines:
        adjustments, references, amounts = line.adjustments, line.references, line.amounts
        if line.remark_codes:
            line.remark_codes = tuple(line.remark_codes)
        line.adjustments = tuple(adjustments) if adjustments else ()
        line.references = tuple(references) if references else ()
        line.amounts = tuple(amounts) if amounts else ()
        line.__class__ = ServiceLine
    adjustments, references = claim.adjustments, claim.references
    claim.adjustments = tuple(adjustments) if adjustments else ()
    claim.references = tuple(references) if references else ()
    claim.lines = tuple(lines)
    claim.dates = tuple(claim.dates)
    claim.amounts = tuple(claim.amounts)
    claim.__class__ = RemittedClaim
    closed: RemittedClaim = claim
    return closed


def _add_to_line(line: Any, segment: Segment) -> None:
    keep_more(segment, REMITTANCE)
    match segment.id:
        case "QTY":
            _add(line, "quantities", Quantity(segment.text(1), segment.money(2), segment.number))
        case "LQ" if segment.text(1) == _PHARMACY_REJECT:
            segment.source.notes.keep_silently(segment)
        case _:
            segment.source.notes.keep(segment)


def _add_to_claim(claim: Any, segment: Segment) -> None:
    keep_more(segment, REMITTANCE)
    match segment.id:
        case "QTY":
            _add(claim, "quantities", Quantity(segment.text(1), segment.money(2), segment.number))
        case "PER":
            _add(claim, "contacts", read_contact(segment))
        case "MOA":
            _decide(claim, "outpatient", _outpatient(segment), segment)
            _add(claim, "remark_codes", *segment.texts(3, 7))
        case "MIA":
            _decide(claim, "inpatient", _inpatient(segment), segment)
            _add(claim, "remark_codes", *segment.texts(5, 5), *segment.texts(20, 23))
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
    amounts = [moa.optional_money(at) for at in (1, 2, 8, 9)]
    return OutpatientAdjudication(*amounts) if any(amount is not None for amount in amounts) else None


def _inpatient(mia: Segment) -> InpatientAdjudication:
    covered, drg, professional = (mia.optional_money(at) for at in (1, 4, 19))
    return InpatientAdjudication(covered, drg, professional)
