"""Loops 2320, 2330 and 2430, in the order that X222A1 gives their segments."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from apps.x12.errors import WriteError
from apps.x12.guides.parts_write import procedure_element, write_address, write_reference, write_references
from apps.x12.guides.x835.records import Adjustment, OutpatientAdjudication
from apps.x12.guides.x837p.coordination import LineDecision, OtherCoverage
from apps.x12.guides.x837p.parties_write import write_insured, write_payer
from apps.x12.guides.x837p.rest_write import COVERAGE_ORDER, inner_loops, merge_rest, write_raw
from apps.x12.writer import Element, Writer

_COVERAGES_AT_MOST = 10
_DECISIONS_AT_MOST = 15
_GROUPS_AT_MOST = 5
_TRIPLETS_IN_A_CAS = 6
_REMARKS_AT_MOST = 5


def write_coverages(writer: Writer, coverages: Sequence[OtherCoverage]) -> None:
    """Raises WriteError for more than 10, or one without its insured person, payer or that payer's id."""
    if len(coverages) > _COVERAGES_AT_MOST:
        raise WriteError(f"A claim names at most {_COVERAGES_AT_MOST} other coverages, not {len(coverages)}.")
    for coverage in coverages:
        _write_coverage(writer, coverage)


def write_decisions(writer: Writer, number: int, decisions: Sequence[LineDecision], payers: frozenset[str]) -> None:
    """`payers`: the ids of the claim's other payers. Raises WriteError for a decision of nobody among them or of no date, or for more
    than 15.
    """
    if len(decisions) > _DECISIONS_AT_MOST:
        raise WriteError(f"Service line {number} carries at most {_DECISIONS_AT_MOST} decisions, not {len(decisions)}.")
    for decision in decisions:
        if decision.payer_id not in payers:
            # X222A1 2430 SVD01: it names the 2330B that it belongs to.
            raise WriteError(
                f"Service line {number} was decided by payer {decision.payer_id}, which is none of the claim's other payers."
            )
        if decision.decided_on is None:
            raise WriteError(
                f"The decision of payer {decision.payer_id} on service line {number} has no date (DTP*573)."
            )
        _write_decision(writer, decision)


def _write_coverage(writer: Writer, coverage: OtherCoverage) -> None:
    insured, payer = coverage.insured, coverage.payer
    if insured is None or not payer.id:
        raise WriteError("Another coverage needs its insured person and its payer's id.")
    start = len(writer.lines)
    writer.segment(
        "SBR",
        coverage.payer_rank,
        coverage.relationship,
        coverage.group_number,
        # X222A1 2320: the group's name only where there is no number.
        "" if coverage.group_number else writer.free(coverage.group_name),
        coverage.insurance_type,
        "",
        "",
        "",
        coverage.filing_indicator,
    )
    _write_adjustments(writer, coverage.adjustments)
    _write_amount(writer, "D", coverage.paid)
    _write_amount(writer, "A8", coverage.non_covered)
    _write_amount(writer, "EAF", coverage.remaining)
    own = ("", "", coverage.benefits_assigned, coverage.signature_source, "", coverage.release_of_information)
    writer.segment("OI", *own)
    _write_outpatient(writer, coverage)
    merge_rest(writer, start, coverage.rest, COVERAGE_ORDER)
    write_insured(writer, insured, insured.id_qualifier)
    write_address(writer, insured.address)
    write_references(writer, insured.references)
    write_payer(writer, payer)
    if coverage.decided_on:
        writer.segment("DTP", "573", "D8", coverage.decided_on)
    write_references(writer, payer.references)
    write_reference(writer, "F8", coverage.payer_claim_number)
    write_raw(writer, inner_loops(coverage.rest))


def _write_outpatient(writer: Writer, coverage: OtherCoverage) -> None:
    """MOA. Raises WriteError for more than five remarks, which is all that it holds."""
    codes = coverage.remark_codes
    if len(codes) > _REMARKS_AT_MOST:
        raise WriteError(f"An MOA holds {_REMARKS_AT_MOST} remark codes, not {len(codes)}.")
    if coverage.outpatient or codes:
        said = coverage.outpatient or OutpatientAdjudication()
        filled = (*codes, "", "", "", "", "")[:_REMARKS_AT_MOST]
        writer.segment(
            "MOA", said.reimbursement_rate, said.payable_amount, *filled, said.esrd_paid, said.nonpayable_professional
        )


def _write_decision(writer: Writer, decision: LineDecision) -> None:
    procedure = decision.procedure
    writer.segment(
        "SVD",
        decision.payer_id,
        decision.paid,
        procedure_element(
            "SVD03", procedure.qualifier, procedure.code, procedure.modifiers, writer.free(procedure.description)
        ),
        "",
        decision.units,
        decision.bundled_line,
    )
    _write_adjustments(writer, decision.adjustments)
    writer.segment("DTP", "573", "D8", decision.decided_on)
    _write_amount(writer, "EAF", decision.remaining)


def _write_amount(writer: Writer, qualifier: str, amount: Decimal | None) -> None:
    if amount is not None:
        writer.segment("AMT", qualifier, amount)


def _write_adjustments(writer: Writer, adjustments: Sequence[Adjustment]) -> None:
    """Neighbours of one group share a CAS, six at most. Raises WriteError if that makes more than five."""
    segments = 0
    for group, items in groupby(adjustments, key=lambda item: item.group):
        triplets = list(items)
        for at in range(0, len(triplets), _TRIPLETS_IN_A_CAS):
            elements: list[Element] = []
            for item in triplets[at : at + _TRIPLETS_IN_A_CAS]:
                elements += (item.reason, item.amount, item.quantity)
            writer.segment("CAS", group, *elements)
            segments += 1
    if segments > _GROUPS_AT_MOST:
        raise WriteError(f"Adjustments fill at most {_GROUPS_AT_MOST} CAS, not {segments}.")
