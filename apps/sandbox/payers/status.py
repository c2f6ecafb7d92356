"""Claim status: a 276 read the plain way, and the 277 (005010X212) that payers' own books answer it with."""

from dataclasses import dataclass, field
from datetime import datetime

from apps.sandbox.wire.edi import Scan, Segment, at, money
from apps.sandbox.wire.identity import SUBMITTER_ID
from apps.sandbox.world import practice
from apps.sandbox.world.payers import BY_ID
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.state import Claim
from apps.sandbox.world.world import World

VERSION = "005010X212"
NOT_FOUND = ("A4", "35")
_KNOWN: dict[str, tuple[str, ...]] = {
    "forwarded": ("A1", "19"),
    "accepted": ("P1", "20"),
    "paid": ("F1", "65"),
    "partly denied": ("F1", "65"),
    "denied": ("F2", "585"),
    "reversed": ("F3", "104"),
    "void": ("F4", "0"),
    "rejected by payer": ("A7", "21"),
}


@dataclass
class Asked:
    """One TRN of a 276, under the payer and the patient above it."""

    trace: str
    payer_id: str
    payer_name: str
    member_id: str
    names: tuple[str, str]
    references: dict[str, str] = field(default_factory=dict)

    @property
    def control(self) -> str:
        return self.references.get("EJ", "")

    @property
    def claim_number(self) -> str:
        return self.references.get("1K", "")


def read(scan: Scan) -> list[Asked]:
    asked: list[Asked] = []
    payer, member, names = ("", ""), "", ("", "")
    for row in scan.segments:
        if row[0] == "NM1" and at(row, 1) == "PR":
            payer = at(row, 9), at(row, 3)
        elif row[0] == "NM1" and at(row, 1) == "IL":
            member, names = at(row, 9), (at(row, 3), at(row, 4))
        elif row[0] == "NM1" and at(row, 1) == "QC":
            names = at(row, 3), at(row, 4)
        elif row[0] == "TRN":
            asked.append(Asked(at(row, 2), *payer, member, names))
        elif row[0] == "REF" and asked:
            asked[-1].references[at(row, 1)] = at(row, 2)
    return asked


def answer(world: World, asked: list[Asked], reference: str, when: datetime, number: str) -> list[Segment]:
    """One ST: a level for each payer, below it the claims in the order in which they were asked about."""
    local = when.astimezone(ZONE)
    rows: list[Segment] = [
        ["277", VERSION],
        ["BHT", "0010", "08", number, f"{local:%Y%m%d}", f"{local:%H%M}", "DG"],
    ]
    level = 0
    for payer_id in dict.fromkeys(each.payer_id for each in asked):
        theirs = [each for each in asked if each.payer_id == payer_id]
        level += 3
        source, receiver, provider = level - 2, level - 1, level
        rows += [
            ["HL", str(source), "", "20", "1"],
            ["NM1", "PR", "2", theirs[0].payer_name.upper(), "", "", "", "", "PI", payer_id],
            ["HL", str(receiver), str(source), "21", "1"],
            ["NM1", "41", "2", practice.NAME.upper(), "", "", "", "", "46", SUBMITTER_ID],
        ]
        if payer_id not in BY_ID:  # nobody to pass the question on to
            rows += [["TRN", "2", reference], ["STC", ("E0", "26", "PR"), f"{local:%Y%m%d}"]]
            level -= 1
            continue
        rows += [
            ["HL", str(provider), str(receiver), "19", "1"],
            ["NM1", "1P", "2", practice.NAME.upper(), "", "", "", "", "XX", practice.NPI],
        ]
        for each in theirs:
            level += 1
            rows += _claim(world, each, level, provider, f"{local:%Y%m%d}")
    return rows


def _claim(world: World, asked: Asked, level: int, above: int, today: str) -> list[Segment]:
    rows: list[Segment] = [
        ["HL", str(level), str(above), "22", "0"],
        ["NM1", "IL", "1", *asked.names, "", "", "", "MI", asked.member_id],
        ["TRN", "2", asked.trace],
    ]
    claim = _known(world, asked)
    status = _KNOWN.get(claim.status, NOT_FOUND) if claim else NOT_FOUND
    charge = money(claim.charge) if claim else "0"
    paid = money(claim.paid) if claim and status[0] == "F1" else "0"
    rows.append(["STC", status, today, "", charge, paid])
    if claim and claim.claim_number:
        rows.append(["REF", "1K", claim.claim_number])
    if asked.control:
        rows.append(["REF", "EJ", asked.control])
    return rows


def _known(world: World, asked: Asked) -> Claim | None:
    """The newest that reached this payer, by the payer's number or by ours. What the clearinghouse refused, it never saw."""
    same = [
        each
        for each in world.state.claims.values()
        if each.payer_id == asked.payer_id
        and each.status in _KNOWN
        and (each.claim_number == asked.claim_number if asked.claim_number else each.control == asked.control)
    ]
    return max(same, key=lambda each: (each.received, each.key), default=None)
