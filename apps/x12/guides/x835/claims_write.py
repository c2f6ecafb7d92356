"""Loops 2100 and 2110, in the order that X221A1 gives their segments."""

from collections.abc import Sequence
from itertools import groupby

from apps.x12.errors import WriteError
from apps.x12.guides.parts_write import (
    procedure_element,
    write_amounts,
    write_contact,
    write_party,
    write_quantities,
    write_references,
)
from apps.x12.guides.x835.records import Adjustment, RemittedClaim, ServiceLine
from apps.x12.writer import Element, Writer

_TRIPLETS_IN_A_CAS = 6
_PAYERS_CODES = 5


def write_claim(writer: Writer, claim: RemittedClaim) -> None:
    writer.segment(
        "CLP",
        claim.control_number,
        claim.status,
        claim.charge,
        claim.paid,
        claim.patient_responsibility,
        claim.filing_indicator,
        claim.payer_claim_number,
        claim.place_of_service,
        claim.frequency,
    )
    _write_adjustments(writer, claim.adjustments)
    for role, party in (
        ("QC", claim.patient),
        ("IL", claim.insured),
        ("74", claim.corrected_insured),
        ("82", claim.rendering),
        ("TT", claim.crossover_payer),
        ("PR", claim.corrected_payer),
        ("GB", claim.other_subscriber),
    ):
        if party is not None:
            write_party(writer, party, role)
    _write_adjudication(writer, claim)
    write_references(writer, claim.references)
    for period in claim.dates:
        writer.segment("DTM", period.qualifier, period.start)
    for contact in claim.contacts:
        write_contact(writer, contact)
    write_amounts(writer, claim.amounts)
    write_quantities(writer, claim.quantities)
    for line in claim.lines:
        _write_line(writer, line)


def _write_adjustments(writer: Writer, adjustments: Sequence[Adjustment]) -> None:
    """Neighbours of one group share a CAS, six at most."""
    for group, items in groupby(adjustments, key=lambda item: item.group):
        triplets = list(items)
        for at in range(0, len(triplets), _TRIPLETS_IN_A_CAS):
            elements: list[Element] = []
            for item in triplets[at : at + _TRIPLETS_IN_A_CAS]:
                elements += (item.reason, item.amount, item.quantity)
            writer.segment("CAS", group, *elements)


def _write_adjudication(writer: Writer, claim: RemittedClaim) -> None:
    """MIA for an inpatient claim, else MOA; remark codes go into the one that is written, five at most. Raises WriteError for more
    than that.
    """
    if len(claim.remark_codes) > _PAYERS_CODES or (claim.inpatient and claim.outpatient):
        raise WriteError("A claim has either an MIA or an MOA, with five remark codes.")
    codes = (*claim.remark_codes, "", "", "", "", "")[:_PAYERS_CODES]
    if claim.inpatient:
        stay = claim.inpatient
        empty = [""] * 13
        writer.segment(
            "MIA",
            stay.covered_days,
            "",
            "",
            stay.drg_amount,
            codes[0],
            *empty,
            stay.nonpayable_professional,
            *codes[1:],
        )
    elif claim.outpatient:
        visit = claim.outpatient
        writer.segment(
            "MOA",
            visit.reimbursement_rate,
            visit.payable_amount,
            *codes,
            visit.esrd_paid,
            visit.nonpayable_professional,
        )
    elif claim.remark_codes:
        writer.segment("MOA", "", "", *codes)


def _write_line(writer: Writer, line: ServiceLine) -> None:
    submitted = procedure_element("SVC06", line.submitted_qualifier, line.submitted_procedure, line.submitted_modifiers)
    writer.segment(
        "SVC",
        procedure_element("SVC01", line.qualifier, line.procedure, line.modifiers),
        line.charge,
        line.paid,
        line.revenue_code,
        line.units,
        submitted if line.submitted_procedure else "",
        line.submitted_units,
    )
    if line.service_end_date:
        if line.service_date:
            writer.segment("DTM", "150", line.service_date)
        writer.segment("DTM", "151", line.service_end_date)
    elif line.service_date:
        writer.segment("DTM", "472", line.service_date)
    _write_adjustments(writer, line.adjustments)
    if line.control_number:
        writer.segment("REF", "6R", line.control_number)
    write_references(writer, line.references)
    write_amounts(writer, line.amounts)
    write_quantities(writer, line.quantities)
    for code in line.remark_codes:
        writer.segment("LQ", "HE", code)
