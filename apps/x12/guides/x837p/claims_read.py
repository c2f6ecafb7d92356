"""Loops 2300 and 2310 read."""

from datetime import date
from typing import Any

from apps.x12.errors import ErrorKind
from apps.x12.guides.x837p.coordination_read import read_coverage
from apps.x12.guides.x837p.lines_read import read_line
from apps.x12.guides.x837p.loop import Loop, row
from apps.x12.guides.x837p.parties import BillingProvider, ClaimPayer, Patient, Subscriber
from apps.x12.guides.x837p.parties_read import read_provider
from apps.x12.guides.x837p.records import Claim
from apps.x12.segments import Segment, split_at
from apps.x12.swift import swift

_new_claim = swift(Claim)

_DIAGNOSES = frozenset({"ABK", "ABF"})


def read_claim(
    block: list[Segment],
    provider: BillingProvider,
    subscriber: Subscriber,
    payer: ClaimPayer,
    patient: Patient | None,
) -> Claim:
    """`block` starts with CLM. Raises UnreadableError if CLM01, a charge (CLM02, SV102) or what another payer paid cannot be read."""
    clm = block[0]
    body, inner = split_at(block, "LX", "SBR")
    loop = Loop(body, "NM1")
    hi, rendering = loop.take("HI"), read_provider(loop.loop("NM1", "82"))
    heading = row(clm, 20)
    place, _, frequency = clm.components(5, 3)[:3]
    return _new_claim(
        control_number=clm.required(1),
        charge=clm.money(2),
        place_of_service=place,
        billing_provider=provider,
        subscriber=subscriber,
        payer=payer,
        patient=patient,
        diagnoses=_read_diagnoses(hi) if hi else (),
        lines=tuple([read_line(lines) for lines in inner if lines[0].id == "LX"]),
        frequency=frequency,
        signature_on_file=heading[6] == "Y",
        accepts_assignment=heading[7],
        benefits_assigned=heading[8],
        release_of_information=heading[9],
        signature_source=heading[10],
        special_program=heading[12],
        delay_reason=heading[20],
        rendering=rendering,
        other_coverages=tuple([read_coverage(sbr) for sbr in inner if sbr[0].id == "SBR"]),
        segment=clm.number,
        **(_read_accident(clm) if heading[11] else {}),
        **(_read_more(loop) if loop.has_more() else {}),
    )


def _read_accident(clm: Segment) -> dict[str, Any]:
    *causes, state, country = clm.components(11, 5)[:5]
    return {
        "accident_causes": tuple(filter(None, causes)),
        "accident_state": state,
        "accident_country": country,
    }


def _read_more(loop: Loop) -> dict[str, Any]:
    """What many claims do not say."""
    note, paid = loop.take("NTE"), loop.take("AMTF5")
    if paid and not paid.text(2):
        paid.note(ErrorKind.MISSING_ELEMENT, 2, "a dollar amount")
    return {
        "accident_date": _day(loop, "439"),
        "onset_date": _day(loop, "431"),
        "admission_date": _day(loop, "435"),
        "dates": loop.periods(),
        "paperwork": loop.paperwork(),
        "patient_paid": paid.optional_money(2) if paid else None,
        "payer_claim_number": loop.value("REFF8"),
        "prior_authorization": loop.value("REFG1"),
        "referral_number": loop.value("REF9F"),
        "clia": loop.value("REFX4"),
        "clearinghouse_number": loop.value("REFD9"),
        "medical_record_number": loop.value("REFEA"),
        "references": loop.references(),
        "note": note.text(2) if note else "",
        "note_kind": note.text(1) if note else "ADD",
        "referring": read_provider(loop.loop("NM1", "DN")),
        "primary_care": read_provider(loop.loop("NM1", "P3")),
        "service_facility": read_provider(loop.loop("NM1", "77")),
        "supervising": read_provider(loop.loop("NM1", "DQ")),
        "rest": loop.rest(),
    }


def _day(loop: Loop, qualifier: str) -> date | None:
    dtp = loop.take(f"DTP{qualifier}")
    return dtp.period(2, 3)[0] if dtp else None


def _read_diagnoses(hi: Segment) -> tuple[str, ...]:
    """ABK and ABF. Lines point at them by their place, so none behind one that is missing or of another kind is taken: it would move
    up. That is an error, and the segment is kept.
    """
    mark = hi.source.delimiters.component
    found: list[str] = []
    for at, text in enumerate(hi.elements[1:], start=1):
        qualifier, code, *_ = *text.strip(" ").split(mark), ""
        if qualifier not in _DIAGNOSES or not code:
            if any(hi.elements[at:]):
                hi.note(ErrorKind.NOT_A_CODE if text else ErrorKind.MISSING_ELEMENT, at, "a diagnosis (ABF)")
                hi.source.notes.keep_silently(hi)
            break
        found.append(code)
    return tuple(found)
