"""Loops 2400, 2410 and 2420, in the order that X222A1 gives their segments."""

from apps.x12.errors import WriteError
from apps.x12.guides.parts_write import procedure_element, write_period, write_reference, write_references
from apps.x12.guides.x837p.coordination_write import write_decisions
from apps.x12.guides.x837p.parties_write import write_provider
from apps.x12.guides.x837p.records import Drug, ServiceLine
from apps.x12.guides.x837p.rest_write import LINE_ORDER, forms, inner_loops, merge_rest, write_paperwork, write_raw
from apps.x12.values import write_range
from apps.x12.writer import Writer, fitting

_POINTERS_AT_MOST = 4


def write_line(writer: Writer, number: int, line: ServiceLine, payers: frozenset[str]) -> None:
    """`payers`: the ids of the claim's other payers. Raises WriteError for a line without control number or date of service, a drug
    without its quantity, or a decision of another's.
    """
    if not line.control_number:
        raise WriteError(f"Service line {number} has no control number (REF*6R), without which no remittance finds it.")
    start = len(writer.lines)
    _write_service(writer, number, line)
    write_paperwork(writer, line.paperwork)
    _write_service_date(writer, line)
    for period in line.dates:
        write_period(writer, period)
    _write_references(writer, line)
    if line.note:
        writer.segment("NTE", line.note_kind, writer.free(line.note))
    if line.purchased:
        writer.segment("PS1", line.purchased.provider_id, line.purchased.charge)
    merge_rest(writer, start, line.rest, LINE_ORDER)
    if line.drug:
        _write_drug(writer, number, line.drug)
    _write_providers(writer, line)
    write_decisions(writer, number, line.decisions, payers)
    write_raw(writer, forms(line.rest))


def _write_references(writer: Writer, line: ServiceLine) -> None:
    if line.prior_authorization:
        write_reference(writer, "G1", line.prior_authorization)
    writer.segment("REF", "6R", line.control_number)
    if line.clia:
        write_reference(writer, "X4", line.clia)
    write_references(writer, line.references)


def _write_service(writer: Writer, number: int, line: ServiceLine) -> None:
    writer.segment("LX", number)
    description = writer.free(line.description)
    procedure = procedure_element("SV101", line.qualifier, line.procedure, line.modifiers, description)
    pointers = fitting("SV107", [str(pointer) for pointer in line.pointers], _POINTERS_AT_MOST, "diagnosis pointers")
    writer.segment(
        "SV1",
        procedure,
        line.charge,
        line.unit,
        line.units,
        line.place_of_service,
        "",
        pointers,
        "",
        "Y" if line.emergency else "",
        "",
        "Y" if line.is_epsdt else "",
        "Y" if line.is_family_planning else "",
        "",
        "",
        "0" if line.is_copay_exempt else "",
    )


def _write_service_date(writer: Writer, line: ServiceLine) -> None:
    start, end = line.service_date, line.service_end_date
    if start is None:
        raise WriteError(f"Service line of {line.procedure} has no date of service.")
    if end is None or end == start:
        writer.segment("DTP", "472", "D8", start)
    else:
        writer.segment("DTP", "472", "RD8", write_range(start, end))


def _write_drug(writer: Writer, number: int, drug: Drug) -> None:
    if drug.quantity is None or not drug.unit:
        # X222A1 2410: CTP04 and CTP05 are required with a LIN.
        raise WriteError(f"The drug of service line {number} has no quantity or no unit.")
    writer.segment("LIN", "", drug.qualifier, drug.code)
    writer.segment("CTP", "", "", "", drug.quantity, (drug.unit,))
    if drug.prescription:
        write_references(writer, [drug.prescription])


def _write_providers(writer: Writer, line: ServiceLine) -> None:
    write_provider(writer, "82", line.rendering)
    if line.purchased:
        write_provider(writer, "QB", line.purchased.provider)
    write_provider(writer, "77", line.service_facility)
    write_provider(writer, "DQ", line.supervising)
    write_provider(writer, "DK", line.ordering)
    write_provider(writer, "DN", line.referring)
    write_provider(writer, "P3", line.primary_care)
    write_raw(writer, inner_loops(line.rest))
