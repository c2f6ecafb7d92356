"""Who takes part, read: loops 2010 and what is alike in 2310 and 2420."""

from typing import Any

from apps.x12.errors import ErrorKind
from apps.x12.guides.parts import Address
from apps.x12.guides.x837p.loop import Loop, row
from apps.x12.guides.x837p.parties import BillingProvider, ClaimPayer, ClaimProvider, Patient, Subscriber
from apps.x12.segments import Segment
from apps.x12.swift import swift

_new_payer = swift(ClaimPayer)
_new_provider = swift(ClaimProvider)
_new_subscriber = swift(Subscriber)


def read_billing_provider(block: list[Segment]) -> BillingProvider | None:
    """`block` starts with the HL of 2000A."""
    level = Loop(block, "NM1")
    loop, pay_to = level.loop("NM1", "85"), level.loop("NM1", "87")
    if loop is None:
        block[0].note_segment(ErrorKind.MISSING_SEGMENT, "The billing provider is missing.", "NM1*85")
        return None
    nm1 = row(loop.opener, 9)
    prv, ref = level.take("PRV"), loop.take("REFEI") or loop.take("REFSY")
    contact, other_contact = loop.contacts(2)
    provider = BillingProvider(
        name=nm1[3],
        npi=_npi(nm1),
        tax_id=ref.text(2) if ref else "",
        address=loop.address(),
        first_name=nm1[4],
        middle_name=nm1[5],
        suffix=nm1[7],
        is_person=nm1[2] == "1",
        tax_id_qualifier=ref.text(1) if ref else "",
        taxonomy=prv.text(3) if prv else "",
        contact=contact,
        other_contact=other_contact,
        pay_to=_read_pay_to(pay_to),
        references=loop.references(),
        rest=level.rest(),
        segment=loop.opener.number,
    )
    loop.close()
    return provider


def _read_pay_to(loop: Loop | None) -> Address | None:
    if loop is None:
        return None
    address = loop.address()
    loop.close()
    return address


def read_subscriber(block: list[Segment]) -> tuple[Subscriber | None, ClaimPayer | None]:
    """`block` starts with the HL of 2000B."""
    level = Loop(block, "NM1")
    payer = read_payer(level.loop("NM1", "PR"))
    sbr, loop = level.take("SBR"), level.loop("NM1", "IL")
    if sbr is None or loop is None:
        block[0].note_segment(ErrorKind.MISSING_SEGMENT, "The subscriber is missing.", "SBR and NM1*IL")
        return None, payer
    nm1 = row(loop.opener, 9)
    dmg = loop.take("DMG")
    coverage = row(sbr, 9)
    subscriber = _new_subscriber(
        last_name=nm1[3],
        first_name=nm1[4],
        middle_name=nm1[5],
        suffix=nm1[7],
        is_person=nm1[2] != "2",
        member_id=nm1[9],
        payer_rank=coverage[1],
        group_number=coverage[3],
        group_name=coverage[4],
        insurance_type=coverage[5],
        filing_indicator=coverage[9],
        birth_date=dmg.day(2) if dmg else None,
        sex=dmg.text(3) if dmg else "",
        address=loop.address(),
        rest=level.rest(),
        segment=loop.opener.number,
        **(_read_more(loop) if loop.has_more() else {}),
    )
    return subscriber, payer


def read_payer(loop: Loop | None) -> ClaimPayer | None:
    """2010BB or 2330B, of which it leaves no REF behind."""
    if loop is None:
        return None
    nm1 = row(loop.opener, 9)
    payer = _new_payer(
        name=nm1[3],
        id=nm1[9],
        id_qualifier=nm1[8],
        address=loop.address(),
        references=loop.references(),
        segment=loop.opener.number,
    )
    loop.close()
    return payer


def read_patient(block: list[Segment]) -> Patient | None:
    """`block` starts with the HL of 2000C."""
    level = Loop(block, "NM1")
    loop, pat = level.loop("NM1", "QC"), level.take("PAT")
    if loop is None:
        block[0].note_segment(ErrorKind.MISSING_SEGMENT, "The patient is missing.", "NM1*QC")
        return None
    nm1 = row(loop.opener, 9)
    dmg = loop.take("DMG")
    return Patient(
        last_name=nm1[3],
        relationship=pat.text(1) if pat else "",
        birth_date=dmg.day(2) if dmg else None,
        sex=dmg.text(3) if dmg else "",
        first_name=nm1[4],
        middle_name=nm1[5],
        suffix=nm1[7],
        address=loop.address(),
        rest=level.rest(),
        segment=loop.opener.number,
        **(_read_more(loop) if loop.has_more() else {}),
    )


def read_provider(loop: Loop | None) -> ClaimProvider | None:
    """A loop of 2310 or 2420."""
    if loop is None:
        return None
    nm1 = row(loop.opener, 9)
    return _new_provider(
        last_name=nm1[3],
        npi=_npi(nm1),
        first_name=nm1[4],
        middle_name=nm1[5],
        suffix=nm1[7],
        taxonomy=loop.value("PRV", 3),
        address=loop.address(),
        is_person=nm1[2] == "1",
        segment=loop.opener.number,
        **(_read_more(loop) if loop.has_more() else {}),
    )


def _npi(nm1: list[str]) -> str:
    """Another number (24, 34) stands there where a provider has none: it is not one, and the segment is kept."""
    return nm1[9] if nm1[8] in ("XX", "") else ""


def _read_more(loop: Loop) -> dict[str, Any]:
    """What of a person most claims do not say."""
    (contact,), references = loop.contacts(1), loop.references()
    loop.close()
    return {"contact": contact, "references": references}
