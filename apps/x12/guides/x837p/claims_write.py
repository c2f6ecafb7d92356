"""Loops 2300 and 2310, in the order that X222A1 gives their segments."""

from datetime import date

from apps.x12.errors import WriteError
from apps.x12.guides.parts_write import write_period, write_reference, write_references
from apps.x12.guides.x837p.coordination_write import write_coverages
from apps.x12.guides.x837p.lines_write import write_line
from apps.x12.guides.x837p.parties_write import write_provider
from apps.x12.guides.x837p.records import Claim
from apps.x12.guides.x837p.rest_write import CLAIM_ORDER, inner_loops, merge_rest, write_paperwork, write_raw
from apps.x12.writer import Writer, fitting

_DIAGNOSES_AT_MOST = 12
_LINES_AT_MOST = 50
_ACCIDENT_CAUSES_AT_MOST = 3
_CORRECTIONS = {"7": "replacement", "8": "void"}


def write_claim(writer: Writer, claim: Claim) -> None:
    """Raises WriteError for a claim without control number, diagnosis or line, with more than 12 diagnoses or 50 lines, or for a
    replacement or void that does not name the claim it speaks of.
    """
    _check(claim)
    start = len(writer.lines)
    _write_heading(writer, claim)
    for qualifier, day in (("431", claim.onset_date), ("439", claim.accident_date), ("435", claim.admission_date)):
        _write_day(writer, qualifier, day)
    for period in claim.dates:
        write_period(writer, period)
    write_paperwork(writer, claim.paperwork)
    if claim.patient_paid is not None:
        writer.segment("AMT", "F5", claim.patient_paid)
    _write_references(writer, claim)
    if claim.note:
        writer.segment("NTE", claim.note_kind, writer.free(claim.note))
    codes = [code.replace(".", "") for code in claim.diagnoses]
    writer.segment("HI", ("ABK", codes[0]), *[("ABF", code) for code in codes[1:]])
    merge_rest(writer, start, claim.rest, CLAIM_ORDER)
    _write_providers(writer, claim)
    write_coverages(writer, claim.other_coverages)
    payers = frozenset([coverage.payer.id for coverage in claim.other_coverages])
    for number, line in enumerate(claim.lines, start=1):
        write_line(writer, number, line, payers)


def _check(claim: Claim) -> None:
    if not claim.control_number or not claim.lines:
        raise WriteError("A claim needs its control number and a service line.")
    if len(claim.lines) > _LINES_AT_MOST:
        raise WriteError(f"A claim carries at most {_LINES_AT_MOST} service lines, not {len(claim.lines)}.")
    if not 0 < len(claim.diagnoses) <= _DIAGNOSES_AT_MOST:
        raise WriteError(f"A claim carries 1 to {_DIAGNOSES_AT_MOST} diagnoses, not {len(claim.diagnoses)}.")
    if claim.frequency in _CORRECTIONS and not claim.payer_claim_number:
        # X222A1 2300 REF*F8: without it the payer takes the claim for a duplicate.
        kind = _CORRECTIONS[claim.frequency]
        raise WriteError(
            f"A {kind} (frequency {claim.frequency}) needs the payer's number of the earlier claim (REF*F8)."
        )


def _write_heading(writer: Writer, claim: Claim) -> None:
    causes: tuple[str, ...] | str = ""
    if claim.accident_causes:
        filled = fitting("CLM11", claim.accident_causes, _ACCIDENT_CAUSES_AT_MOST, "causes of an accident")
        causes = (*filled, claim.accident_state, claim.accident_country)
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
        claim.signature_source,
        causes,
        claim.special_program,
        *("",) * 7,
        claim.delay_reason,
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
        if value:
            write_reference(writer, qualifier, value)
    write_references(writer, claim.references)


def _write_providers(writer: Writer, claim: Claim) -> None:
    write_provider(writer, "DN", claim.referring)
    write_provider(writer, "P3", claim.primary_care)
    write_provider(writer, "82", claim.rendering)
    write_provider(writer, "77", claim.service_facility)
    write_provider(writer, "DQ", claim.supervising)
    write_raw(writer, inner_loops(claim.rest))
