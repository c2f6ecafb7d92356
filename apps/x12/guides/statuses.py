"""STC and the service lines that carry it: what a payer or clearinghouse says of a claim, in a 277 and a 277CA."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apps.x12.guides.parts import DatedPeriod, Reference
from apps.x12.guides.parts_read import read_period, read_procedure, read_references
from apps.x12.guides.parts_write import procedure_element, write_period, write_reference, write_references
from apps.x12.segments import Segment, each, first, value_of
from apps.x12.writer import Writer

_CODES = (1, 10, 11)


@dataclass(frozen=True, slots=True)
class StatusCode:
    """One of up to three composites of an STC: category (A2, F1 ...), status code, entity. `code_list` is RX where the code is
    one of the pharmacies' (NCPDP).
    """

    category: str
    code: str = ""
    entity: str = ""
    code_list: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """One STC. `action` STC03, which decides in a 277CA: WQ accept, U reject. `charge` and `paid` in dollars. `message` STC12.

    In a 277 only: `paid` STC05, `finalized_on` STC06 (the decision), `method` STC07 (CHK, ACH ...), `paid_on` STC08 and
    `check_number` STC09 (check or EFT).
    """

    codes: tuple[StatusCode, ...]
    action: str = ""
    effective_on: date | None = None
    charge: Decimal | None = None
    message: str = ""
    paid: Decimal | None = None
    finalized_on: date | None = None
    method: str = ""
    paid_on: date | None = None
    check_number: str = ""
    segment: int = field(default=0, compare=False)

    @property
    def accepted(self) -> bool:
        return self.action == "WQ"

    @property
    def rejected(self) -> bool:
        return self.action == "U"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStatus:
    """Loop 2220D or 2220E. `control_number` is REF*FJ: our line's REF*6R. `paid` is in a 277 only."""

    statuses: tuple[Status, ...]
    control_number: str = ""
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    charge: Decimal | None = None
    paid: Decimal | None = None
    revenue_code: str = ""
    units: Decimal | None = None
    service: DatedPeriod | None = None
    references: tuple[Reference, ...] = ()
    qualifier: str = "HC"
    segment: int = field(default=0, compare=False)


def read_statuses(segments: Iterable[Segment]) -> tuple[Status, ...]:
    return tuple(_read_status(stc) for stc in each(segments, "STC"))


def _read_status(stc: Segment) -> Status:
    composites = [stc.components(at, 4)[:4] for at in _CODES if stc.text(at)]
    return Status(
        codes=tuple(StatusCode(*parts) for parts in composites),
        effective_on=stc.day(2),
        action=stc.text(3),
        charge=stc.optional_money(4),
        paid=stc.optional_money(5),
        finalized_on=stc.day(6),
        method=stc.text(7),
        paid_on=stc.day(8),
        check_number=stc.text(9),
        message=stc.text(12),
        segment=stc.number,
    )


def write_statuses(writer: Writer, statuses: Iterable[Status]) -> None:
    for status in statuses:
        codes = [(code.category, code.code, code.entity, code.code_list) for code in status.codes] + [("",)] * 3
        writer.segment(
            "STC",
            codes[0],
            status.effective_on,
            status.action,
            status.charge,
            status.paid,
            status.finalized_on,
            status.method,
            status.paid_on,
            status.check_number,
            codes[1],
            codes[2],
            writer.free(status.message),
        )


def read_line_status(block: list[Segment]) -> LineStatus:
    """An SVC and what follows it."""
    svc, dtp = block[0], first(block, "DTP", "472")
    procedure = read_procedure(svc, 1)
    return LineStatus(
        statuses=read_statuses(block),
        control_number=value_of(block, "REF", "FJ"),
        procedure=procedure.code,
        modifiers=procedure.modifiers,
        qualifier=procedure.qualifier,
        charge=svc.optional_money(2),
        paid=svc.optional_money(3),
        revenue_code=svc.text(4),
        units=svc.optional_number(7),
        service=read_period(dtp) if dtp else None,
        references=read_references(block, "FJ"),
        segment=svc.number,
    )


def write_line_status(writer: Writer, line: LineStatus) -> None:
    procedure = procedure_element("SVC01", line.qualifier, line.procedure, line.modifiers)
    writer.segment("SVC", procedure, line.charge, line.paid, line.revenue_code, "", "", line.units)
    write_statuses(writer, line.statuses)
    write_reference(writer, "FJ", line.control_number)
    write_references(writer, line.references)
    if line.service:
        write_period(writer, line.service)
