"""One member ID, two patients: of a family's shared id each but one is a dependent."""

from collections.abc import Iterator

from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView


def shared_member_id(claim: ClaimView) -> Iterator[Issue]:
    if claim.around.id_of_another:
        yield Issue(
            f"Another patient has the same member ID of {claim.payer.name}, as subscriber too. Compare both cards: one ID is"
            " wrong, or one of the two is a dependent of the other.",
            "coverage.member_id",
        )


RULES = (Rule("COV-MEMBER-ID-SHARED", "Two patients with one member ID", Severity.WARN, shared_member_id),)
