"""Referring, supervising and ordering providers, where the visit names them (X222A1 2310A, 2310D, 2420E)."""

from collections.abc import Callable, Iterator
from functools import partial

from apps.claims.rules.coordination import MEDICARE
from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.shapes import is_npi
from apps.claims.rules.snapshot import ClaimView, OtherProviderView

_NAMED: dict[str, Callable[[ClaimView], OtherProviderView | None]] = {
    "referring": lambda claim: claim.referring,
    "supervising": lambda claim: claim.supervising,
    "ordering": lambda claim: claim.ordering,
}


def named(role: str, claim: ClaimView) -> Iterator[Issue]:
    """45 CFR 162.410: a provider on a claim is named by last name and NPI."""
    provider = _NAMED[role](claim)
    if provider is None:
        return
    if not provider.last_name.strip():
        yield Issue(f"The {role} provider has no last name.", f"claim.{role}_last_name")
    if not is_npi(provider.npi):
        yield Issue(
            f"The {role} provider's NPI is missing or not valid: its check digit does not fit.", f"claim.{role}_npi"
        )


def referral(claim: ClaimView) -> Iterator[Issue]:
    if claim.referral_number and claim.referring is None:
        yield Issue(
            "A referral number is entered, and nobody is named who referred the patient.", "claim.referring_last_name"
        )


def incident_to(claim: ClaimView) -> Iterator[Issue]:
    """42 CFR 410.26(b)(5): who supervises is at hand. As far as our visits tell; presence by video is the practice's to know."""
    provider = claim.supervising
    if provider is None or claim.payer.filing_indicator not in MEDICARE or claim.payer_rank > 1:
        return
    if provider.npi == claim.provider.npi:
        yield Issue(
            "The supervising provider is the rendering one: leave the supervising provider empty.",
            "claim.supervising_npi",
        )
    elif claim.around.supervisor_seen is False:
        yield Issue(
            f"Nothing shows that {provider.first_name} {provider.last_name} saw patients here on the date of service. A service incident "
            "to a physician's needs the supervisor at hand; otherwise bill it under the rendering provider's own NPI alone.",
            "claim.supervising_npi",
        )


RULES = (
    *(
        Rule(f"PRV-{role.upper()}", f"{role.capitalize()} provider", Severity.BLOCK, partial(named, role))
        for role in _NAMED
    ),
    Rule("PRV-REFERRAL", "Referral without a referring provider", Severity.WARN, referral),
    Rule("PRV-INCIDENT", "Supervisor not seen that day", Severity.WARN, incident_to),
)
