"""Who may send what to a payer: the provider's enrollment with it, the practice's for claims through the clearinghouse."""

from collections.abc import Iterator
from datetime import date

from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView, EnrollmentView

ACTIVE = "active"
_NOT_YET = {
    "to_do": "Enrollment is still to do.",
    "applied": "It was applied for and is not active yet.",
    "refused": "The payer refused it.",
}


def provider_enrolled(claim: ClaimView) -> Iterator[Issue]:
    """Held, never billed under a colleague. A void takes back what was billed, and where of payer or provider no
    enrollment at all is kept, nothing is known."""
    if claim.enrollments is None or claim.frequency == "8" or any(_covers(each, claim) for each in claim.enrollments):
        return
    name = f"{claim.provider.first_name} {claim.provider.last_name}"
    yield Issue(
        f"{name} is not enrolled with {claim.payer.name} on the date of service. {_why(claim.enrollments, claim)} "
        "Hold the claim until the payer confirms; do not bill it under a colleague.",
        "provider.npi",
    )


def provider_known(claim: ClaimView) -> Iterator[Issue]:
    if claim.enrollment_unknown:
        name = f"{claim.provider.first_name} {claim.provider.last_name}"
        yield Issue(
            f"Of {name} no enrollment with any payer is on file, of colleagues with {claim.payer.name} there is. See Settings, Payers.",
            "provider.npi",
        )


def _covers(each: EnrollmentView, claim: ClaimView) -> bool:
    return each.state == ACTIVE and each.holds_on(claim.service_date)


def _why(kept: tuple[EnrollmentView, ...], claim: ClaimView) -> str:
    active = [each for each in kept if each.state == ACTIVE]
    later = [each.starts_on for each in active if each.starts_on and each.starts_on > claim.service_date]
    ended = [each.ends_on for each in active if each.ends_on and each.ends_on < claim.service_date]
    if later:
        return f"It begins on {_day(min(later))}."
    if ended:
        return f"It ended on {_day(max(ended))}."
    return _NOT_YET[kept[-1].state] if kept else "No enrollment is on file."


def _day(on: date) -> str:
    return f"{on:%B} {on.day}, {on.year}"


def takes_claims(claim: ClaimView) -> Iterator[Issue]:
    if claim.payer.claims_closed:
        yield Issue(channel_words(claim.payer.claims_closed), "payer.claims_id")


def channel_words(closed: str) -> str:
    return f"{closed} See Settings, Payers."


RULES = (
    Rule("PRV-ENROLLED", "Provider not enrolled with the payer", Severity.BLOCK, provider_enrolled, overridable=True),
    Rule("PRV-ENROLLMENT-UNKNOWN", "Provider's enrollments not entered", Severity.WARN, provider_known),
    Rule("COV-PAYER-CHANNEL", "Payer not reached electronically", Severity.BLOCK, takes_claims, overridable=True),
)
