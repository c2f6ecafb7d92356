"""How a claim may be corrected, and what became of it in its earlier versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.claims.models import Adjudication, BatchClaim, Claim, Correction
from apps.claims.rules.correction_routes import (
    CORRECTABLE,
    MEDICARE_PART_B,
    NUMBER_SOURCES,
    Answered,
    Offer,
    Way,
    not_now,
    offers,
)
from apps.claims.rules.registry import VOID
from apps.claims.rules.versions import changes
from apps.claims.selectors.arrived import is_with_payer
from apps.claims.selectors.filing import reopening_limit
from apps.claims.states import IN_FLIGHT, WITH_US, ClaimStatus

PENDING = IN_FLIGHT | {ClaimStatus.FORWARDED}
ASKS_FOR_NEW, UNPROCESSABLE, LACKS_INFORMATION = "N142", "MA130", "16"


@dataclass(frozen=True, slots=True)
class VersionView:
    """One correction; `changed`: what the version after it holds otherwise, as far as it was changed already. `is_changed_back`: it was
    cancelled, and is pending again since its file arrived: it says what was sent, and the claim's own fields do not.
    """

    row: Correction
    changed: list[tuple[str, str, str]]
    may_cancel: bool
    is_changed_back: bool = False


@dataclass(frozen=True, slots=True)
class CorrectionsView:
    """What the claim's page shows of corrections. `pending`: whose answer comes before any can begin. `number_sources`: from where
    the payer's claim number may be entered; empty before an answer.
    """

    offers: tuple[Offer, ...]
    pending: str
    versions: list[VersionView]
    open_reopening: Correction | None
    may_void_here: bool
    number_sources: Mapping[str, str]


def answered(claim: Claim) -> Answered:
    rows = _standing(claim)
    return Answered(
        status=ClaimStatus(claim.status),
        payer=claim.payer.name,
        route=claim.payer.correction_route,
        filing_indicator=claim.payer.filing_indicator,
        payer_claim_number=claim.payer_claim_number,
        asked_back=claim.frequency == VOID,
        reopened_until=_reopened_until(claim),
        stays_out=_stays_out(claim, rows),
        asks_for_new=any(ASKS_FOR_NEW in row.remark_codes for row in rows),
        unprocessable=any(_is_unprocessable(row) for row in rows),
    )


def lines_left_out(claim: Claim, way: Way, standing: Sequence[Adjudication] | None = None) -> set[int]:
    """Keys of the lines that a correction of this way does not bear: a line is in one live sending only.

    Out are those that an earlier sending bore and whose answer to it stands; a new claim takes up again what was denied there. Where
    the payer refused some as not processable (MA130), a new claim bears those only.
    """
    rows = _standing(claim) if standing is None else standing
    decided = {row.line_id: row for row in rows if row.line_id is not None}
    refused = {row.line_id for row in rows if _is_unprocessable(row)}
    if way is Way.NEW_CLAIM and refused and None not in refused:
        return set(decided) - refused
    earlier = {key: row for key, row in decided.items() if row.line and row.line.left_out}
    return {key for key, row in earlier.items() if not (way is Way.NEW_CLAIM and row.is_denied)}


def _reopened_until(claim: Claim) -> str:
    """Asked only of those whose decisions are reopened."""
    reopens = claim.payer.correction_route == Way.REOPENING or claim.payer.filing_indicator == MEDICARE_PART_B
    limit = reopening_limit(claim) if reopens else None
    return f" {limit}" if limit else ""


def _stays_out(claim: Claim, standing: Sequence[Adjudication]) -> tuple[int, ...]:
    keys = lines_left_out(claim, Way.REPLACEMENT, standing)
    return tuple(sorted(row.line.number for row in standing if row.line and row.line_id in keys))


def _standing(claim: Claim) -> list[Adjudication]:
    """Of each line, and of the claim as a whole, what its own payer said last."""
    rows = claim.adjudications.filter(reversed=False, payer=claim.payer_id).order_by("remitted_on", "pk")
    newest = {row.line_id: row for row in rows.select_related("line").prefetch_related("adjustments")}
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
        "payer_claim_number": claim.payer_claim_number,
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
        _versions(claim, rows),
        next(waiting, None),
        claim.status == ClaimStatus.REVERSED and claim.frequency == VOID,
        NUMBER_SOURCES if facts.status in CORRECTABLE else {},
    )


def newest_claim(corrections: Iterable[Correction]) -> Correction | None:
    """The last that makes a claim and was not cancelled; `corrections` in the order in which they began."""
    makes_claim = (each for each in reversed(list(corrections)) if each.way != Way.REOPENING and not each.cancel_reason)
    return next(makes_claim, None)


def given_up_places(claim: Claim, correction: Correction) -> QuerySet[BatchClaim]:
    """Of the files that bore this correction and in which it is not awaited any more."""
    return claim.memberships.filter(in_flight=False, batch__created_at__gte=correction.started_at)


def cannot_cancel(claim: Claim, correction: Correction, newest: Correction | None) -> str:
    """Why not, as a sentence; empty where it can be. `newest`: the claim's last correction that makes a claim and stands."""
    if correction.closed_at is not None:
        return "This correction is over: the payer was asked, or it was cancelled."
    if correction.way == Way.REOPENING:
        return ""
    if correction != newest or claim.status not in WITH_US | {ClaimStatus.READY}:
        return "This correction has gone out, or was answered. What it said is changed by a correction of its own."
    if is_with_payer(claim):
        return "The file that had been given up arrived: the payer has this correction. Hold the claim until the payer has answered it."
    return ""


def _versions(claim: Claim, rows: Sequence[Correction]) -> list[VersionView]:
    """The newest first."""
    if not rows:
        return []
    after, newest = [*(row.before for row in rows[1:]), version_of(claim)], newest_claim(rows)
    found = [
        VersionView(
            row,
            changes(row.before, row.after or later),
            not cannot_cancel(claim, row, newest),
            is_changed_back=row.after is not None and not row.cancel_reason,
        )
        for row, later in zip(rows, after, strict=True)
    ]
    return found[::-1]
