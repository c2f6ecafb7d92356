"""A visit that the EHR tells otherwise than the claim was built from: with other facts, or as one that took no place."""

from collections.abc import Iterator

from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView


def told_otherwise(claim: ClaimView) -> Iterator[Issue]:
    if claim.retold_on and claim.frequency != "8":
        since = f"{claim.retold_on:%B} {claim.retold_on.day}, {claim.retold_on.year}"
        yield Issue(
            f"The EHR tells this visit otherwise since {since}. Compare both: keep ours or take theirs; the claim goes on by itself then."
        )


def took_no_place(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 1, 30.3.13: a missed appointment is no service. A void takes back what was billed."""
    if claim.visit_canceled and claim.frequency != "8":
        yield Issue(
            "The EHR says that this visit was canceled or missed, and it has charges. If it took place, correct its status there, and the "
            "claim goes on by itself; if not, void the claim."
        )


RULES = (
    # Not overridden: whoever wants the claim to go as it is keeps ours, which settles the conflict as well.
    Rule("RCV-CONFLICT", "The EHR tells the visit otherwise", Severity.BLOCK, told_otherwise),
    Rule("RCV-CANCELED", "Visit canceled or missed", Severity.BLOCK, took_no_place, overridable=True),
)
