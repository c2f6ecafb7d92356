"""A payer's 271 to a real-time 270: the same facts by which it later decides the claim."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from apps.sandbox.payers import members
from apps.sandbox.payers.members import Member
from apps.sandbox.wire.edi import Scan, Segment, at, day, money
from apps.sandbox.world import practice
from apps.sandbox.world.payers import BY_ID, MEDICARE, Payer
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.world import World

VERSION = "005010X279A1"


@dataclass
class Inquiry:
    """What the 270 asks. Names and birth date are the subscriber's, or the dependent's where there is one."""

    payer_id: str = ""
    provider: list[str] = field(default_factory=lambda: ["", ""])  # name, NPI
    member_id: str = ""
    subscriber: list[str] = field(default_factory=lambda: ["", ""])
    dependent: list[str] = field(default_factory=list)
    born: str = ""
    dependent_born: str = ""
    served: date | None = None
    service_type: str = "30"
    traces: list[list[str]] = field(default_factory=list)


def read(scan: Scan) -> Inquiry:
    """Raises ValueError for a date of service that is none."""
    found, level = Inquiry(), ""
    for row in scan.segments:
        if row[0] == "HL":
            level = at(row, 3)
        elif row[0] == "NM1":
            _read_name(found, row)
        else:
            _read_detail(found, row, dependent=level == "23")
    return found


def _read_detail(found: Inquiry, row: list[str], *, dependent: bool) -> None:
    match row[0]:
        case "TRN":
            found.traces.append(row[1:])
        case "DMG" if dependent:
            found.dependent_born = at(row, 2)
        case "DMG":
            found.born = at(row, 2)
        case "DTP" if at(row, 1) == "291":
            found.served = day(at(row, 3))
        case "EQ":
            found.service_type = at(row, 1) or "30"


def _read_name(found: Inquiry, row: list[str]) -> None:
    kind = at(row, 1)
    if kind == "PR":
        found.payer_id = at(row, 9)
    elif kind == "1P":
        found.provider = [at(row, 3), at(row, 9)]
    elif kind == "IL":
        found.subscriber, found.member_id = [at(row, 3), at(row, 4)], at(row, 9)
    elif kind == "03":
        found.dependent = [at(row, 3), at(row, 4)]


def answer(world: World, inquiry: Inquiry, when: datetime, reference: str) -> list[Segment]:
    local = when.astimezone(ZONE)
    payer = BY_ID.get(inquiry.payer_id)
    rows: list[Segment] = [
        ["271", VERSION],
        ["BHT", "0022", "11", reference, f"{local:%Y%m%d}", f"{local:%H%M}"],
        ["HL", "1", "", "20", "1"],
        ["NM1", "PR", "2", payer.name.upper() if payer else "UNKNOWN", "", "", "", "", "PI", inquiry.payer_id],
    ]
    if payer is None:
        return [*rows, ["AAA", "N", "", "79", "C"]]
    if world.chance.happens(world.knobs.eligibility_down, "down", payer.payer_id, f"{local:%Y%m%d%H%M}"):
        return [*rows, ["AAA", "Y", "", "42", "R"]]
    rows += [
        ["HL", "2", "1", "21", "1"],
        ["NM1", "1P", "2", inquiry.provider[0] or practice.NAME.upper(), "", "", "", "", "XX", inquiry.provider[1]],
    ]
    served = inquiry.served or local.date()
    member = members.find(world, payer.payer_id, inquiry.member_id)
    refused = _refusal(member, inquiry)
    rows += _people(member, inquiry, refused)
    if member is None or refused:
        return rows
    return [*rows, *_benefits(world, member, served)]


def _refusal(member: Member | None, inquiry: Inquiry) -> str:
    """AAA03: 75 not found, 73 another name than the plan's, 71 another birth date; empty: found."""
    if member is None:
        return "75"
    if inquiry.subscriber[0].upper() != member.coverage.subscriber_last.upper():
        return "73"
    if inquiry.born and inquiry.born != f"{member.coverage.subscriber_birth:%Y%m%d}":
        return "71"
    if inquiry.dependent and inquiry.dependent[0].upper() != member.patient.last_name.upper():
        return "67"
    return ""


def _people(member: Member | None, inquiry: Inquiry, refused: str) -> Iterator[Segment]:
    child = bool(inquiry.dependent)
    subscriber: Segment = ["NM1", "IL", "1", *inquiry.subscriber, "", "", "", "MI", inquiry.member_id]
    yield ["HL", "3", "2", "22", "1" if child else "0"]
    if not child:
        yield from _traces(inquiry)
    yield subscriber
    if refused and not (child and refused == "67"):
        yield ["AAA", "N", "", refused, "C"]
        return
    if member and not child:
        yield from _demographics(member, member.coverage.subscriber_birth, member.coverage.subscriber_gender)
    if child:
        yield ["HL", "4", "3", "23", "0"]
        yield from _traces(inquiry)
        yield ["NM1", "03", "1", *inquiry.dependent]
        if refused:
            yield ["AAA", "N", "", refused, "C"]
        elif member:
            yield from _demographics(member, member.patient.birth_date, member.patient.gender)


def _traces(inquiry: Inquiry) -> Iterator[Segment]:
    for trace in inquiry.traces:
        yield ["TRN", "2", *trace[1:]]


def _demographics(member: Member, born: date, gender: str) -> Iterator[Segment]:
    home = member.patient.address
    yield ["N3", home.line1.upper()]
    yield ["N4", home.city.upper(), home.state, home.zip]
    yield ["DMG", "D8", f"{born:%Y%m%d}", gender[:1] or "U"]


def _benefits(world: World, member: Member, served: date) -> Iterator[Segment]:
    payer, plan = member.payer, f"{member.payer.name.upper()} STANDARD"
    yield ["DTP", "346", "D8", f"{served.year}0101"]
    if not member.active(served):
        yield ["DTP", "347", "D8", f"{member.coverage.ends:%Y%m%d}"]
        yield ["EB", "6", "", "30", "", plan]
        return
    kind = {"MB": "MB", "MC": "MC", "HM": "HM"}.get(payer.kind, "C1")
    yield ["EB", "1", "", "30", kind, plan]
    if member.first is not None:
        yield from _other_payer(member.first, member)
    if member.qmb:
        yield ["EB", "1", "", "30", "QM", "QUALIFIED MEDICARE BENEFICIARY"]
    yield from _cost_share(world, member, served)


def _cost_share(world: World, member: Member, served: date) -> Iterator[Segment]:
    payer = member.payer
    network = ["", "", "", "", "Y"]
    if payer.copay:
        yield ["EB", "B", "IND", "98", "", "", "27", money(payer.copay), *network]
    if payer.deductible:
        left = members.deductible_left(world, member, served.year)
        yield ["EB", "C", "IND", "30", "", "", "23", money(payer.deductible), *network]
        yield ["EB", "C", "IND", "30", "", "", "29", money(left), *network]
    if payer.coinsurance or payer is MEDICARE:
        yield ["EB", "A", "IND", "30", "", "", "27", "", _share(payer.coinsurance), "", "", "", "Y"]


def _share(share: Decimal) -> str:
    return f"{share:.2f}".rstrip("0").rstrip(".") or "0"


def _other_payer(first: Payer, member: Member) -> Iterator[Segment]:
    yield ["EB", "R", "", "30"]
    yield ["REF", "1L", member.coverage.group_number or "G1000"]
    yield ["REF", "1W", member.coverage.other_member_id]
    yield ["LS", "2120"]
    yield ["NM1", "PRP", "2", first.name.upper(), "", "", "", "", "PI", first.payer_id]
    yield ["LE", "2120"]
