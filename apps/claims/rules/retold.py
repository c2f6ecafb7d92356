"""A visit of which two versions stand: the one that the claim was built from, and the EHR's of later."""

from collections.abc import Iterator

from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView


def told_otherwise(claim: ClaimView) -> Iterator[Issue]:
    if claim.retold_on and claim.frequency != "8":
        since = f"{claim.retold_on:%B} {claim.retold_on.day}, {claim.retold_on.year}"
        yield Issue(
            f"The EHR tells this visit otherwise since {since}. Compare both: keep ours or take theirs; the claim goes on by itself then."
        )


# Not overridden: whoever wants the claim to go as it is keeps ours, which settles the conflict as well.
RULES = (Rule("RCV-CONFLICT", "The EHR tells the visit otherwise", Severity.BLOCK, told_otherwise),)
