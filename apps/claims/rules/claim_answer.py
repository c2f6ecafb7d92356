"""A 277CA read for our claims. STC03 decides, at three levels; a rejection above covers the claims that are not listed (DOMAIN 1)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apps.claims.rules.findings import Issue
from apps.claims.rules.x12_codes import CATEGORIES, status_sentence
from apps.core.plain_codes import whole_number
from apps.x12.guides.x277ca import ClaimStatus, ReceiverStatus, Status

_WAITING = frozenset({"A0", "A1"})
_ACCEPTED = frozenset({"A2", "A5"})
_REJECTED = frozenset({"A3", "A6", "A7", "A8"})


class Outcome(StrEnum):
    """WAITING: on its way, nothing to do. ASK: they do not know the claim, or say what we cannot read; a person asks."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """What one hop says of one claim; `issues` our reading of each status, `segment` the place in the 277CA."""

    control_number: str
    outcome: Outcome
    issues: tuple[Issue, ...]
    segment: int
    payer_claim_number: str = ""


def claim_answers(receiver: ReceiverStatus, members: Collection[str]) -> Iterator[ClaimAnswer]:
    """`members` are the control numbers of the batch that `receiver` answers; empty if it is none of ours."""
    listed = {claim.control_number for provider in receiver.providers for claim in provider.claims}
    for provider in receiver.providers:
        for claim in provider.claims:
            yield _listed(claim)
    above = [receiver.statuses] if receiver.rejected else []
    above += [provider.statuses for provider in receiver.providers if provider.rejected]
    if above:
        refusing = [status for statuses in above for status in statuses if outcome_of([status]) is Outcome.REJECTED]
        issues = tuple(Issue(_sentence(status)) for status in refusing)
        for number in members:
            if number not in listed:
                yield ClaimAnswer(number, Outcome.REJECTED, issues, refusing[0].segment)


def _listed(claim: ClaimStatus) -> ClaimAnswer:
    outcome = outcome_of(claim.statuses)
    issues = [Issue(_sentence(status)) for status in claim.statuses]
    issues += [
        Issue(f"Line {line.procedure}: {_sentence(status)}", line=_line_number(line.control_number))
        for line in claim.lines
        for status in line.statuses
    ]
    return ClaimAnswer(claim.control_number, outcome, tuple(issues), claim.segment, claim.payer_claim_number)


def outcome_of(statuses: Sequence[Status]) -> Outcome:
    """WQ accepts and U rejects; where STC03 is silent the category speaks. One rejecting status rejects the claim."""
    outcomes = {_outcome(status) for status in statuses}
    order = (Outcome.REJECTED, Outcome.ASK, Outcome.ACCEPTED, Outcome.WAITING)
    return next((outcome for outcome in order if outcome in outcomes), Outcome.ASK)


def _outcome(status: Status) -> Outcome:
    category = status.codes[0].category if status.codes else ""
    if status.rejected or category in _REJECTED:
        return Outcome.REJECTED
    if category in _WAITING:
        return Outcome.WAITING
    return Outcome.ACCEPTED if category in _ACCEPTED else Outcome.ASK


def _sentence(status: Status) -> str:
    words = " ".join(status_sentence(code.code, code.entity) for code in status.codes if code.code)
    return " ".join(part for part in (words, status.message) if part) or _category_sentence(status)


def _category_sentence(status: Status) -> str:
    words = CATEGORIES.get(status.codes[0].category if status.codes else "")
    return f"{words}. They give no reason." if words else "They give no reason."


def _line_number(control_number: str) -> int | None:
    """Our REF*6R ends in L and the line's number."""
    return whole_number(control_number.rpartition("L")[2])
