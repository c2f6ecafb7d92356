"""How a claim may be corrected, and what became of it in its earlier versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.claims.models import Adjudication, Claim, Correction
from apps.claims.rules.correction_routes import Answered, Offer, not_now, offers
from apps.claims.rules.registry import VOID
from apps.claims.rules.versions import changes
from apps.claims.states import IN_FLIGHT, ClaimStatus

PENDING = IN_FLIGHT | {ClaimStatus.FORWARDED}
ASKS_FOR_NEW, UNPROCESSABLE, LACKS_INFORMATION = "N142", "MA130", "16"


@dataclass(frozen=True, slots=True)
class VersionView:
    """One correction; `changed`: what the version after it holds otherwise, as far as it was changed already."""

    row: Correction
    changed: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class CorrectionsView:
    """What the claim's page shows of corrections. `pending`: whose answer comes before any can begin."""

    offers: tuple[Offer, ...]
    pending: str
    versions: list[VersionView]
    open_reopening: Correction | None
    may_void_here: bool


def answered(claim: Claim) -> Answered:
    rows = _standing(claim)
    return Answered(
        status=ClaimStatus(claim.status),
        payer=claim.payer.name,
        route=claim.payer.correction_route,
        filing_indicator=claim.payer.filing_indicator,
        payer_claim_number=claim.payer_claim_number,
        asked_back=claim.frequency == VOID,
        asks_for_new=any(ASKS_FOR_NEW in row.remark_codes for row in rows),
        unprocessable=any(_is_unprocessable(row) for row in rows),
    )


def processed_lines(claim: Claim) -> set[int]:
    """Keys of the lines that a new claim leaves out, because the payer refused only others as not processable (MA130)."""
    rows = _standing(claim)
    refused = {row.line_id for row in rows if _is_unprocessable(row)}
    if not refused or None in refused:
        return set()
    return {row.line_id for row in rows if row.line_id} - refused


def _standing(claim: Claim) -> list[Adjudication]:
    """Of each line, and of the claim as a whole, what its own payer said last."""
    rows = claim.adjudications.filter(reversed=False, payer=claim.payer_id).order_by("remitted_on", "pk")
    newest = {row.line_id: row for row in rows.prefetch_related("adjustments")}
    return list(newest.values())


def _is_unprocessable(row: Adjudication) -> bool:
    lacks = any(each.group == "CO" and each.carc == LACKS_INFORMATION for each in row.adjustments.all())
    return lacks and UNPROCESSABLE in row.remark_codes


def version_of(claim: Claim) -> dict[str, Any]:
    """The claim as it stands, for keeping. Nothing that identifies the patient."""
    return {
        "frequency": claim.frequency,
        "place_of_service": claim.place_of_service,
        "diagnoses": list(claim.diagnoses),
        "prior_authorization": claim.prior_authorization,
        "lines": [
            {
                "number": line.number,
                "procedure": line.procedure,
                "modifiers": list(line.modifiers),
                "units": f"{line.units.normalize():f}",
                "amount": f"{line.amount:.2f}",
                "diagnosis_pointers": list(line.diagnosis_pointers),
                "left_out": line.left_out,
            }
            for line in claim.lines.all()
        ],
    }


def corrections_view(claim: Claim) -> CorrectionsView:
    facts = answered(claim)
    rows = list(claim.corrections.select_related("started_by", "closed_by", "work_item").order_by("started_at", "pk"))
    waiting = (row for row in rows if row.way == Correction.Way.REOPENING and row.closed_at is None)
    return CorrectionsView(
        offers(facts),
        not_now(facts) if facts.status in PENDING else "",
        _versions(rows, version_of(claim) if rows else {}),
        next(waiting, None),
        claim.status == ClaimStatus.REVERSED and claim.frequency == VOID,
    )


def _versions(rows: Sequence[Correction], present: dict[str, Any]) -> list[VersionView]:
    """The newest first."""
    after = [*(row.before for row in rows[1:]), present]
    found = [VersionView(row, changes(row.before, later)) for row, later in zip(rows, after, strict=False)]
    return found[::-1]
