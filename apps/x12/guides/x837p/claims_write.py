"""Loops 2300, 2310 and 2400, in the order that X222A1 gives their segments."""

from datetime import date

from apps.x12.errors import WriteError
from apps.x12.guides.parts_write import name_elements, write_address, write_reference
from apps.x12.guides.x837p.records import Claim, ClaimProvider, ServiceLine
from apps.x12.writer import Writer

_DIAGNOSES_AT_MOST = 12
_ACCIDENT_CAUSES_AT_MOST = 3


def write_claim(writer: Writer, claim: Claim) -> None:
    """Raises WriteError for a claim without control number, diagnosis or line, or with more than 12 diagnoses."""
    if not claim.control_number or not claim.lines:
        raise WriteError("A claim needs its control number and a service line.")
    if not 0 < len(claim.diagnoses) <= _DIAGNOSES_AT_MOST:
        raise WriteError(f"A claim carries 1 to {_DIAGNOSES_AT_MOST} diagnoses, not {len(claim.diagnoses)}.")
    _write_heading(writer, claim)
    for qualifier, day in (("431", claim.onset_date), ("439", claim.accident_date), ("435", claim.admission_date)):
        _write_day(writer, qualifier, day)
    if claim.patient_paid is not None:
        writer.segment("AMT", "F5", claim.patient_paid)
    _write_references(writer, claim)
    if claim.note:
        writer.segment("NTE", "ADD", writer.free(claim.note))
    codes = [code.replace(".", "") for code in claim.diagnoses]
    writer.segment("HI", ("ABK", codes[0]), *(("ABF", code) for code in codes[1:]))
    _write_provider(writer, "DN", claim.referring)
    _write_provider(writer, "82", claim.rendering)
    _write_provider(writer, "77", claim.service_facility)
    _write_provider(writer, "DQ", claim.supervising)
    for number, line in enumerate(claim.lines, start=1):
        _write_line(writer, number, line)


def _write_heading(writer: Writer, claim: Claim) -> None:
    causes = (*claim.accident_causes[:_ACCIDENT_CAUSES_AT_MOST], "", "", "")[:_ACCIDENT_CAUSES_AT_MOST]
    writer.segment(
        "CLM",
        claim.control_number,
        claim.charge,
        "",
        "",
        (claim.place_of_service, "B", claim.frequency),
        "Y" if claim.signature_on_file else "N",
        claim.accepts_assignment,
        claim.benefits_assigned,
        claim.release_of_information,
        "",
        (*causes, claim.accident_state) if claim.accident_causes else "",
    )


def _write_day(writer: Writer, qualifier: str, day: date | None) -> None:
    if day is not None:
        writer.segment("DTP", qualifier, "D8", day)


def _write_references(writer: Writer, claim: Claim) -> None:
    for qualifier, value in (
        ("9F", claim.referral_number),
        ("G1", claim.prior_authorization),
        ("F8", claim.payer_claim_number),
        ("X4", claim.clia),
        ("D9", claim.clearinghouse_number),
        ("EA", claim.medical_record_number),
    ):
        write_reference(writer, qualifier, value)


def _write_provider(writer: Writer, role: str, provider: ClaimProvider | None) -> None:
    if provider is None:
        return
    names = name_elements(writer, provider.last_name, provider.first_name, provider.middle_name, provider.suffix)
    npi = ("XX", provider.npi) if provider.npi else ()
    writer.segment("NM1", role, "1" if provider.is_person else "2", *names, *npi)
    if provider.taxonomy:
        writer.segment("PRV", "PE", "PXC", provider.taxonomy)
    write_address(writer, provider.address)


def _write_line(writer: Writer, number: int, line: ServiceLine) -> None:
    if not line.control_number:
        raise WriteError(f"Service line {number} has no control number (REF*6R), without which no remittance finds it.")
    writer.segment("LX", number)
    modifiers = (*line.modifiers, "", "", "", "")[:4]
    writer.segment(
        "SV1",
        (line.qualifier, line.procedure, *modifiers, writer.free(line.description)),
        line.charge,
        line.unit,
        line.units,
        line.place_of_service,
        "",
        tuple(line.pointers),
        "",
        "Y" if line.emergency else "",
    )
    _write_service_date(writer, line)
    write_reference(writer, "G1", line.prior_authorization)
    write_reference(writer, "6R", line.control_number)
    write_reference(writer, "X4", line.clia)
    if line.note:
        writer.segment("NTE", "ADD", writer.free(line.note))
    if line.ndc:
        writer.segment("LIN", "", "N4", line.ndc)
        writer.segment("CTP", "", "", "", line.ndc_quantity, (line.ndc_unit,))
    _write_provider(writer, "82", line.rendering)
    _write_provider(writer, "DK", line.ordering)


def _write_service_date(writer: Writer, line: ServiceLine) -> None:
    start, end = line.service_date, line.service_end_date
    if start is None:
        raise WriteError(f"Service line of {line.procedure} has no date of service.")
    if end is None or end == start:
        writer.segment("DTP", "472", "D8", start)
    else:
        writer.segment("DTP", "472", "RD8", f"{start:%Y%m%d}-{end:%Y%m%d}")
