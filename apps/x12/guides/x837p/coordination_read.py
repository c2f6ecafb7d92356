"""Loops 2320, 2330 and 2430 read."""

from decimal import Decimal

from apps.x12.errors import ErrorKind
from apps.x12.guides.parts_read import note_missing, read_procedure
from apps.x12.guides.x835.records import Adjustment, OutpatientAdjudication
from apps.x12.guides.x837p.coordination import LineDecision, OtherCoverage, OtherInsured
from apps.x12.guides.x837p.loop import Loop, row
from apps.x12.guides.x837p.parties import ClaimPayer
from apps.x12.guides.x837p.parties_read import read_payer
from apps.x12.segments import Segment

_REMARKS_IN_MOA = (3, 4, 5, 6, 7)


def read_coverage(block: list[Segment]) -> OtherCoverage:
    """`block` starts with SBR. Raises UnreadableError where money cannot be read."""
    sbr = block[0]
    loop = Loop(block, "NM1")
    oi, moa, other_payer = loop.take("OI"), loop.take("MOA"), loop.loop("NM1", "PR")
    decided = other_payer.take("DTP573") if other_payer else None
    number = other_payer.value("REFF8") if other_payer else ""
    payer = read_payer(other_payer)
    if payer is None:
        note_missing(sbr, "NM1", "PR")
    return OtherCoverage(
        payer_rank=sbr.text(1),
        relationship=sbr.text(2),
        payer=payer or ClaimPayer(name="", id=""),
        insured=_read_insured(sbr, loop.loop("NM1", "IL")),
        group_number=sbr.text(3),
        group_name=sbr.text(4),
        insurance_type=sbr.text(5),
        filing_indicator=sbr.text(9),
        adjustments=_read_adjustments(loop),
        paid=_amount(loop, "D"),
        non_covered=_amount(loop, "A8"),
        remaining=_amount(loop, "EAF"),
        benefits_assigned=oi.text(3) if oi else "",
        signature_source=oi.text(4) if oi else "",
        release_of_information=oi.text(6) if oi else "",
        outpatient=_read_outpatient(moa) if moa else None,
        remark_codes=tuple(filter(None, map(moa.text, _REMARKS_IN_MOA))) if moa else (),
        payer_claim_number=number,
        decided_on=decided.day(3) if decided else None,
        rest=loop.rest(),
        segment=sbr.number,
    )


def read_decision(loop: Loop) -> LineDecision:
    """A loop that SVD opens. Raises UnreadableError where money cannot be read."""
    svd, decided = loop.opener, loop.take("DTP573")
    decision = LineDecision(
        payer_id=svd.text(1),
        paid=svd.money(2),
        procedure=read_procedure(svd, 3),
        units=svd.optional_number(5),
        decided_on=decided.day(3) if decided else None,
        bundled_line=svd.count(6),
        adjustments=_read_adjustments(loop),
        remaining=_amount(loop, "EAF"),
        segment=svd.number,
    )
    loop.close()
    return decision


def _read_insured(sbr: Segment, loop: Loop | None) -> OtherInsured | None:
    if loop is None:
        sbr.note_segment(ErrorKind.MISSING_SEGMENT, "The other insured person is missing.", "NM1*IL")
        return None
    nm1 = row(loop.opener, 9)
    insured = OtherInsured(
        last_name=nm1[3],
        member_id=nm1[9],
        first_name=nm1[4],
        middle_name=nm1[5],
        suffix=nm1[7],
        is_person=nm1[2] != "2",
        id_qualifier=nm1[8],
        address=loop.address(),
        references=loop.references(),
        segment=loop.opener.number,
    )
    loop.close()
    return insured


def _amount(loop: Loop, qualifier: str) -> Decimal | None:
    amt = loop.take(f"AMT{qualifier}")
    return amt.optional_amount(2) if amt else None


def _read_outpatient(moa: Segment) -> OutpatientAdjudication | None:
    said = OutpatientAdjudication(
        moa.optional_number(1), moa.optional_amount(2), moa.optional_amount(8), moa.optional_amount(9), moa.number
    )
    return said if said != OutpatientAdjudication() else None


def _read_adjustments(loop: Loop) -> tuple[Adjustment, ...]:
    """Each CAS names up to six reasons with amount and quantity."""
    found = []
    for cas in loop.each("CAS"):
        for at in range(2, len(cas.elements), 3):
            if any(cas.texts(at, at + 2)):
                adjustment = Adjustment(
                    cas.text(1), cas.required(at), cas.money(at + 1), cas.optional_number(at + 2), cas.number
                )
                found.append(adjustment)
    return tuple(found)
