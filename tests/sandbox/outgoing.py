"""837P files of the world's own visits, put together by hand, so that the sandbox is tested without the product."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from apps.sandbox.world import practice
from apps.sandbox.world.people import Patient
from apps.sandbox.world.schedule import Visit
from apps.sandbox.world.world import World

PROVIDERS = {each.id: each for each in practice.PROVIDERS}


@dataclass
class Sent:
    """One claim to send. `control` is CLM01."""

    patient: Patient
    visit: Visit
    control: str
    frequency: str = "1"
    original: str = ""
    member_id: str = ""
    payer_id: str = ""
    modifiers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    charge: Decimal | None = None
    prior_paid: Decimal | None = None


def billable(world: World, day_count: int = 1) -> list[Sent]:
    """Completed visits of insured adults and children, from the world's present day on."""
    first = world.now.date()
    visits = [
        v for offset in range(day_count) for v in world.schedule.on(first.fromordinal(first.toordinal() + offset))
    ]
    seen = [(v, world.people.patient(v.patient)) for v in visits if v.fate == "Complete"]
    return [Sent(patient, v, f"A{v.id}") for v, patient in seen if patient.coverage]


def interchange(claims: Sequence[Sent], number: int = 1, *, sender: str = "PECANROW01") -> str:
    body = [f"ST*837*{number:04d}*005010X222A1", f"BHT*0019*00*B{number:06d}*20261005*1200*CH"]
    body += [
        f"NM1*41*2*{practice.NAME.upper()}*****46*PECANROW01", "PER*IC*BILLING OFFICE*TE*5125550110",
        "NM1*40*2*TIDEGATE CLEARING*****46*TIDEGATE", "HL*1**20*1",
        f"PRV*BI*PXC*{practice.TAXONOMY}", f"NM1*85*2*{practice.NAME.upper()}*****XX*{practice.NPI}",
        "N3*8300 PECAN ROW LANE", "N4*AUSTIN*TX*787574120", f"REF*EI*{practice.TAX_ID}",
    ]  # fmt: skip
    level = 1
    for claim in claims:
        level += 1
        child = claim.patient.coverage is not None and claim.patient.coverage.relationship != "18"
        body += _subscriber(claim, level, child=child)
        if child:
            level += 1
            body += _patient(claim, level)
        body += _claim(claim)
    body.append(f"SE*{len(body) + 1}*{number:04d}")
    head = f"ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*TIDEGATE       *261005*1200*^*00501*{number:09d}*0*P*:~"
    group = f"GS*HC*PECANROW01*TIDEGATE*20261005*1200*{number}*X*005010X222A1~"
    return head + group + "".join(f"{row}~" for row in body) + f"GE*1*{number}~IEA*1*{number:09d}~"


def _subscriber(claim: Sent, level: int, *, child: bool) -> list[str]:
    cover = claim.patient.coverage
    assert cover is not None
    payer_id = claim.payer_id or cover.payer.payer_id
    who = "" if child else "18"
    rank = "P" if claim.prior_paid is None else "S"
    rows = [
        f"HL*{level}*1*22*{int(child)}",
        f"SBR*{rank}*{who}*******{cover.payer.kind}",
        f"NM1*IL*1*{cover.subscriber_last.upper()}*{cover.subscriber_first.upper()}****MI*{claim.member_id or cover.member_id}",
    ]
    home = claim.patient.address
    rows += [f"N3*{home.line1.upper()}", f"N4*{home.city.upper()}*{home.state}*{home.zip}"]
    rows.append(f"DMG*D8*{cover.subscriber_birth:%Y%m%d}*{cover.subscriber_gender[0]}")
    return [*rows, f"NM1*PR*2*{cover.payer.name.upper()}*****PI*{payer_id}"]


def _patient(claim: Sent, level: int) -> list[str]:
    patient, home = claim.patient, claim.patient.address
    return [
        f"HL*{level}*{level - 1}*23*0", "PAT*19", f"NM1*QC*1*{patient.last_name.upper()}*{patient.first_name.upper()}",
        f"N3*{home.line1.upper()}", f"N4*{home.city.upper()}*{home.state}*{home.zip}",
        f"DMG*D8*{patient.birth_date:%Y%m%d}*{patient.gender[0]}",
    ]  # fmt: skip


def _claim(claim: Sent) -> list[str]:
    visit, provider = claim.visit, PROVIDERS[claim.visit.provider]
    total = sum((line.price for line in visit.lines), Decimal(0)) if claim.charge is None else claim.charge
    rows = [f"CLM*{claim.control}*{total}***11:B:{claim.frequency}*Y*A*Y*Y"]
    if claim.original:
        rows.append(f"REF*F8*{claim.original}")
    codes = [each.replace(".", "") for each in visit.diagnoses]
    rows.append("HI*" + "*".join(f"{'ABK' if place == 0 else 'ABF'}:{code}" for place, code in enumerate(codes)))
    rows += [
        f"NM1*82*1*{provider.last_name.upper()}*{provider.first_name.upper()}****XX*{provider.npi}",
        f"PRV*PE*PXC*{provider.taxonomy}",
    ]
    if claim.prior_paid is not None:
        rows += ["SBR*P*18*******CI", f"AMT*D*{claim.prior_paid}", "OI***Y***Y", "NM1*IL*1*SOMEONE*ELSE****MI*X1"]
        rows += ["NM1*PR*2*FIRST PAYER*****PI*FIRST"]
    for number, line in enumerate(visit.lines, start=1):
        modifiers = claim.modifiers.get(line.code, line.modifiers)
        service = ":".join(["HC", line.code, *modifiers])
        pointers = ":".join(map(str, line.pointers))
        rows += [
            f"LX*{number}", f"SV1*{service}*{line.price}*UN*1***{pointers}", f"DTP*472*D8*{visit.day:%Y%m%d}",
            f"REF*6R*{claim.control}L{number}",
        ]  # fmt: skip
    return rows
