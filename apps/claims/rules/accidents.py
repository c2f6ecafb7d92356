"""Accidents (X222A1 2300 CLM11 and DTP*439): whoever must pay first asks for cause, day and state."""

from collections.abc import Iterator

from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.shapes import STATES
from apps.claims.rules.snapshot import ClaimView

AUTO, WORK, OTHER = "AA", "EM", "OA"
CAUSES = {AUTO: "an auto accident", WORK: "the patient's work", OTHER: "another accident"}
# SBR09 of the plans that pay for one kind only.
_PLANS = {"WC": (WORK, "workers' compensation"), "AM": (AUTO, "an auto insurer")}
_OTHER_LIABLE = frozenset({"WC", "AM", "LM", "VA", "OF"})


def accident_date(claim: ClaimView) -> Iterator[Issue]:
    """Work alone may be an illness, which has no such day; workers' compensation asks for one all the same."""
    causes, day = claim.accident_causes, claim.accident_date
    needs = {AUTO, OTHER}.intersection(causes) or (causes and claim.payer.filing_indicator == "WC")
    if needs and day is None:
        yield Issue(
            "The visit is marked as an accident's, and the day of the accident is missing.", "claim.accident_date"
        )
    elif day and day > claim.service_date:
        yield Issue("The accident is dated after the visit.", "claim.accident_date")
    elif day and not causes:
        yield Issue(
            "A day of an accident is entered, and its cause (auto, work, other) is missing.", "claim.accident_causes"
        )


def accident_state(claim: ClaimView) -> Iterator[Issue]:
    state = claim.accident_state
    if AUTO in claim.accident_causes and not state:
        yield Issue("The state in which the auto accident happened is missing.", "claim.accident_state")
    elif state and state not in STATES:
        yield Issue(f"{state} is not a state's two letters.", "claim.accident_state")


def accident_payer(claim: ClaimView) -> Iterator[Issue]:
    kind, field = claim.payer.filing_indicator, "claim.accident_causes"
    cause, plan = _PLANS.get(kind, ("", ""))
    if cause and cause not in claim.accident_causes:
        yield Issue(f"{claim.payer.name} is {plan}, and the visit is not marked as {CAUSES[cause]}'s.", field)
    first = {AUTO, WORK}.intersection(claim.accident_causes)
    if first and kind not in _OTHER_LIABLE and claim.payer_rank == 1:
        words = " and ".join(CAUSES[each] for each in sorted(first))
        yield Issue(
            f"The visit comes of {words}, and {claim.payer.name} is billed first: another insurer may have to pay.",
            field,
        )


RULES = (
    Rule("COV-ACCIDENT-DATE", "Day of the accident", Severity.BLOCK, accident_date),
    Rule("COV-ACCIDENT-STATE", "State of the accident", Severity.BLOCK, accident_state),
    Rule("COV-ACCIDENT-PAYER", "Accident and payer", Severity.WARN, accident_payer),
)
