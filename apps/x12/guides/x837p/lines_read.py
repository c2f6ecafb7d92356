"""Loops 2400, 2410 and 2420 read."""

from typing import Any

from apps.x12.errors import ErrorKind
from apps.x12.guides.parts_read import read_reference
from apps.x12.guides.x837p.coordination_read import read_decision
from apps.x12.guides.x837p.loop import Loop, row
from apps.x12.guides.x837p.parties_read import read_provider
from apps.x12.guides.x837p.records import Drug, PurchasedService, ServiceLine
from apps.x12.segments import Segment
from apps.x12.swift import swift
from apps.x12.values import read_count

_new_line = swift(ServiceLine)


def read_line(block: list[Segment]) -> ServiceLine:
    """`block` starts with LX. Raises UnreadableError if money cannot be read."""
    loop = Loop(block, "NM1", "SVD", "LQ")
    sv1 = loop.take("SV1")
    if sv1 is None:
        block[0].note_segment(ErrorKind.MISSING_SEGMENT, "A service line without its SV1.", "SV1")
        # Read as empty, so that the missing charge is named and the claim is set apart.
        sv1 = Segment(["SV1"], block[0].number, block[0].source)
    service = row(sv1, 15)
    qualifier, procedure, *modifiers, description = sv1.components(1, 7)[:7]
    dtp = loop.take("DTP472")
    start, end = dtp.period(2, 3) if dtp else (None, None)
    return _new_line(
        control_number=loop.value("REF6R"),
        procedure=procedure,
        charge=sv1.money(2),
        units=sv1.optional_number(4),
        pointers=_read_pointers(sv1),
        service_date=start,
        service_end_date=end if end != start else None,
        modifiers=tuple(filter(None, modifiers)),
        description=description,
        qualifier=qualifier,
        unit=service[3],
        place_of_service=service[5],
        emergency=service[9] == "Y",
        is_epsdt=service[11] == "Y",
        is_family_planning=service[12] == "Y",
        is_copay_exempt=service[15] == "0",
        segment=block[0].number,
        **(_read_more(loop) if loop.has_more() else {}),
    )


def _read_more(loop: Loop) -> dict[str, Any]:
    """What most lines do not say."""
    note = loop.take("NTE")
    return {
        "prior_authorization": loop.value("REFG1"),
        "clia": loop.value("REFX4"),
        "note": note.text(2) if note else "",
        "note_kind": note.text(1) if note else "ADD",
        "drug": _read_drug(loop),
        "paperwork": loop.paperwork(),
        "dates": loop.periods(),
        "references": loop.references(),
        "purchased": _read_purchased(loop),
        "rendering": read_provider(loop.loop("NM1", "82")),
        "service_facility": read_provider(loop.loop("NM1", "77")),
        "supervising": read_provider(loop.loop("NM1", "DQ")),
        "ordering": read_provider(loop.loop("NM1", "DK")),
        "referring": read_provider(loop.loop("NM1", "DN")),
        "primary_care": read_provider(loop.loop("NM1", "P3")),
        "decisions": tuple([read_decision(svd) for svd in loop.loops("SVD")]),
        "rest": loop.rest(),
    }


def _read_drug(loop: Loop) -> Drug | None:
    lin = loop.take("LIN")
    if lin is None:
        return None
    ctp, ref = loop.take("CTP"), loop.take("REFXZ") or loop.take("REFVY")
    return Drug(
        code=lin.text(3),
        quantity=ctp.optional_number(4) if ctp else None,
        unit=ctp.components(5)[0] if ctp else "",
        qualifier=lin.text(2),
        prescription=read_reference(ref) if ref else None,
        segment=lin.number,
    )


def _read_purchased(loop: Loop) -> PurchasedService | None:
    """Raises UnreadableError if its charge cannot be read."""
    ps1 = loop.take("PS1")
    if ps1 is None:
        return None
    return PurchasedService(ps1.text(1), ps1.money(2), read_provider(loop.loop("NM1", "QB")), ps1.number)


def _read_pointers(sv1: Segment) -> tuple[int, ...]:
    pointers = []
    for text in filter(None, sv1.components(7)):
        try:
            pointers.append(read_count(text))
        except ValueError:
            sv1.note(ErrorKind.NOT_A_NUMBER, 7, "a diagnosis pointer", text)
    return tuple(pointers)
