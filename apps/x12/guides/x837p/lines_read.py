"""Loops 2400, 2410 and 2420 read."""

from apps.x12.errors import ErrorKind
from apps.x12.guides.parts import Reference
from apps.x12.guides.parts_read import read_procedure
from apps.x12.guides.x837p.coordination_read import read_decision
from apps.x12.guides.x837p.loop import Loop
from apps.x12.guides.x837p.parties_read import read_provider
from apps.x12.guides.x837p.records import Drug, PurchasedService, ServiceLine
from apps.x12.segments import Segment


def read_line(block: list[Segment]) -> ServiceLine:
    """`block` starts with LX. Raises UnreadableError if money cannot be read."""
    loop = Loop(block, "NM1", "SVD", "LQ")
    sv1 = loop.take("SV1")
    if sv1 is None:
        block[0].note_segment(ErrorKind.MISSING_SEGMENT, "A service line without its SV1.", "SV1")
        # Read as empty, so that the missing charge is named and the claim is set apart.
        sv1 = Segment(["SV1"], block[0].number, block[0].source)
    procedure = read_procedure(sv1, 1)
    dtp, note = loop.take("DTP472"), loop.take("NTE")
    start, end = dtp.period(2, 3) if dtp else (None, None)
    return ServiceLine(
        control_number=loop.value("REF6R"),
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
        is_epsdt=sv1.text(11) == "Y",
        is_family_planning=sv1.text(12) == "Y",
        is_copay_exempt=sv1.text(15) == "0",
        prior_authorization=loop.value("REFG1"),
        clia=loop.value("REFX4"),
        note=note.text(2) if note else "",
        note_kind=note.text(1) if note else "ADD",
        drug=_read_drug(loop),
        paperwork=loop.paperwork(),
        dates=loop.periods(),
        purchased=_read_purchased(loop),
        references=loop.references(),
        rendering=read_provider(loop.loop("NM1", "82")),
        service_facility=read_provider(loop.loop("NM1", "77")),
        supervising=read_provider(loop.loop("NM1", "DQ")),
        ordering=read_provider(loop.loop("NM1", "DK")),
        referring=read_provider(loop.loop("NM1", "DN")),
        primary_care=read_provider(loop.loop("NM1", "P3")),
        decisions=tuple([read_decision(svd) for svd in loop.loops("SVD")]),
        rest=loop.rest(),
        segment=block[0].number,
    )


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
        prescription=Reference(ref.text(1), ref.text(2), segment=ref.number) if ref else None,
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
        if text.isascii() and text.isdigit():
            pointers.append(int(text))
        else:
            sv1.note(ErrorKind.NOT_A_NUMBER, 7, "a diagnosis pointer", text)
    return tuple(pointers)
