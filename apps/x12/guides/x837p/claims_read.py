"""Loops 2300, 2310 and 2400. Segments of other loops (2320 other payers, 2430 their line decisions) are not read
here.
"""

from datetime import date

from apps.x12.errors import ErrorKind
from apps.x12.guides.parts_read import read_address, read_procedure
from apps.x12.guides.x837p.records import (
    BillingProvider,
    Claim,
    ClaimPayer,
    ClaimProvider,
    Patient,
    ServiceLine,
    Subscriber,
)
from apps.x12.segments import Segment, each, first, split_at, value_of


def read_claim(
    block: list[Segment],
    provider: BillingProvider,
    subscriber: Subscriber,
    payer: ClaimPayer,
    patient: Patient | None,
) -> Claim:
    """`block` starts with CLM. Raises UnreadableError if CLM01 or a charge (CLM02, SV102) cannot be read."""
    body, lines = split_at(block, "LX")
    own, _other_payers = split_at(body, "SBR")
    head, parties = split_at(own, "NM1")
    clm = head[0]
    place, _, frequency = clm.components(5, 3)[:3]
    accident_1, accident_2, accident_3, state = clm.components(11, 4)[:4]
    return Claim(
        control_number=clm.required(1),
        charge=clm.money(2),
        place_of_service=place,
        billing_provider=provider,
        subscriber=subscriber,
        payer=payer,
        patient=patient,
        diagnoses=_read_diagnoses(head),
        lines=tuple(_read_line(line) for line in lines),
        frequency=frequency,
        signature_on_file=clm.text(6) == "Y",
        accepts_assignment=clm.text(7),
        benefits_assigned=clm.text(8),
        release_of_information=clm.text(9),
        accident_causes=tuple(filter(None, (accident_1, accident_2, accident_3))),
        accident_state=state,
        accident_date=_day(head, "439"),
        onset_date=_day(head, "431"),
        admission_date=_day(head, "435"),
        patient_paid=amt.optional_money(2) if (amt := first(head, "AMT", "F5")) else None,
        payer_claim_number=value_of(head, "REF", "F8"),
        prior_authorization=value_of(head, "REF", "G1"),
        referral_number=value_of(head, "REF", "9F"),
        clia=value_of(head, "REF", "X4"),
        clearinghouse_number=value_of(head, "REF", "D9"),
        medical_record_number=value_of(head, "REF", "EA"),
        note=value_of(head, "NTE", "ADD"),
        referring=_read_provider(parties, "DN"),
        rendering=_read_provider(parties, "82"),
        service_facility=_read_provider(parties, "77"),
        supervising=_read_provider(parties, "DQ"),
        segment=clm.number,
    )


def _day(segments: list[Segment], qualifier: str) -> date | None:
    dtp = first(segments, "DTP", qualifier)
    return dtp.period(2, 3)[0] if dtp else None


def _read_diagnoses(head: list[Segment]) -> tuple[str, ...]:
    """ABK and ABF of all HI segments; other HI (procedures, conditions) say nothing of diagnoses."""
    found = []
    for hi in each(head, "HI"):
        for at in range(1, len(hi.elements)):
            qualifier, code = hi.components(at, 2)[:2]
            if qualifier in {"ABK", "ABF"} and code:
                found.append(code)
    return tuple(found)


def _read_provider(parties: list[list[Segment]], role: str) -> ClaimProvider | None:
    block = next((block for block in parties if block[0].text(1) == role), None)
    if block is None:
        return None
    nm1, prv = block[0], first(block, "PRV")
    return ClaimProvider(
        last_name=nm1.text(3),
        npi=nm1.text(9),
        first_name=nm1.text(4),
        middle_name=nm1.text(5),
        suffix=nm1.text(7),
        taxonomy=prv.text(3) if prv else "",
        address=read_address(block),
        is_person=nm1.text(2) == "1",
        segment=nm1.number,
    )


def _read_line(block: list[Segment]) -> ServiceLine:
    own, _decisions = split_at(block, "SVD")
    head, parties = split_at(own, "NM1")
    sv1 = first(head, "SV1")
    if sv1 is None:
        block[0].note_segment(ErrorKind.MISSING_SEGMENT, "A service line without its SV1.", "SV1")
        # Read as empty, so that the missing charge is named and the claim is set apart.
        sv1 = Segment(["SV1"], block[0].number, block[0].source)
    procedure = read_procedure(sv1, 1)
    dtp, lin, ctp = first(head, "DTP", "472"), first(head, "LIN"), first(head, "CTP")
    start, end = dtp.period(2, 3) if dtp else (None, None)
    return ServiceLine(
        control_number=value_of(head, "REF", "6R"),
        procedure=procedure.code,
        charge=sv1.money(2),
        units=sv1.optional_number(4),
        pointers=_read_pointers(sv1),
        service_date=start,
        service_end_date=end if end != start else None,
        modifiers=procedure.modifiers,
        description=procedure.description,
        qualifier=procedure.qualifier,
        unit=sv1.text(3),
        place_of_service=sv1.text(5),
        emergency=sv1.text(9) == "Y",
        prior_authorization=value_of(head, "REF", "G1"),
        clia=value_of(head, "REF", "X4"),
        note=value_of(head, "NTE", "ADD"),
        ndc=lin.text(3) if lin else "",
        ndc_quantity=ctp.optional_number(4) if ctp else None,
        ndc_unit=ctp.components(5)[0] if ctp else "",
        rendering=_read_provider(parties, "82"),
        ordering=_read_provider(parties, "DK"),
        segment=block[0].number,
    )


def _read_pointers(sv1: Segment) -> tuple[int, ...]:
    pointers = []
    for text in filter(None, sv1.components(7)):
        if text.isascii() and text.isdigit():
            pointers.append(int(text))
        else:
            sv1.note(ErrorKind.NOT_A_NUMBER, 7, "a diagnosis pointer", text)
    return tuple(pointers)
