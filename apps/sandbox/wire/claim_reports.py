"""The 277CA as rows of segments, whoever reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.sandbox.wire.edi import Segment, money
from apps.sandbox.wire.identity import SUBMITTER_ID
from apps.sandbox.world import practice
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.state import Claim

VERSION = "005010X214"


@dataclass(frozen=True)
class Source:
    """Who reports: the clearinghouse (AY) or a payer (PR)."""

    entity: str
    name: str
    qualifier: str
    id: str


@dataclass(frozen=True)
class ClaimReport:
    """`status` is STC01: category, status, entity. `accepted` decides STC03."""

    claim: Claim
    status: tuple[str, ...]
    accepted: bool
    claim_number: str = ""


def answer_277ca(
    source: Source, batch: str, reports: Sequence[ClaimReport], when: datetime, trace: str
) -> list[Segment]:
    local = when.astimezone(ZONE)
    today, received = f"{local:%Y%m%d}", f"{reports[0].claim.received.astimezone(ZONE):%Y%m%d}"
    rows: list[Segment] = [
        ["277", VERSION],
        ["BHT", "0085", "08", trace, today, f"{local:%H%M}", "TH"],
        ["HL", "1", "", "20", "1"],
        ["NM1", source.entity, "2", source.name.upper(), "", "", "", "", source.qualifier, source.id],
        ["TRN", "1", trace],
        ["DTP", "050", "D8", received],
        ["DTP", "009", "D8", today],
        ["HL", "2", "1", "21", "1"],
        ["NM1", "41", "2", practice.NAME.upper(), "", "", "", "", "46", SUBMITTER_ID],
        ["TRN", "2", batch],
        ["STC", ("A1", "19", source.entity), today, "WQ", money(_total(reports))],
        *_sums(reports, "90", "AA"),
        ["HL", "3", "2", "19", "1"],
        ["NM1", "85", "2", reports[0].claim.billing[0], "", "", "", "", "XX", reports[0].claim.billing[1]],
        ["TRN", "1", "0"],
        *_sums(reports, "QA", "QC"),
    ]
    for number, report in enumerate(reports, start=4):
        rows += _claim_rows(report, number, today)
    return rows


def _sums(reports: Sequence[ClaimReport], accepted_code: str, rejected_code: str) -> list[Segment]:
    accepted = [each for each in reports if each.accepted]
    rejected = [each for each in reports if not each.accepted]
    found = ((accepted, accepted_code, "YU"), (rejected, rejected_code, "YY"))
    counts: list[Segment] = [["QTY", code, str(len(part))] for part, code, _ in found if part]
    return counts + [["AMT", code, money(_total(part))] for part, _, code in found if part]


def _total(reports: Sequence[ClaimReport]) -> Decimal:
    return sum((each.claim.charge for each in reports), Decimal(0))


def _claim_rows(report: ClaimReport, number: int, today: str) -> list[Segment]:
    claim = report.claim
    rows: list[Segment] = [
        ["HL", str(number), "3", "PT"],
        ["NM1", "QC", "1", claim.patient[0], claim.patient[1], "", "", "", "MI", claim.subscriber[2]],
        ["TRN", "2", claim.control],
        ["STC", report.status, today, "WQ" if report.accepted else "U", money(claim.charge)],
    ]
    if report.claim_number:
        rows.append(["REF", "1K", report.claim_number])
    if claim.clearinghouse_trace:
        rows.append(["REF", "D9", claim.clearinghouse_trace])
    return [*rows, ["DTP", "472", "D8", f"{claim.service_date:%Y%m%d}"]]
