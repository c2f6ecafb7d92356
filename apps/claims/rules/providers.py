"""Billing and rendering provider, and the place (X222A1 2010AA, 2310B, 2310C)."""

from collections.abc import Iterator

from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.shapes import STATES, is_full_postcode, is_npi, is_po_box, is_tax_id, is_taxonomy
from apps.claims.rules.snapshot import ClaimView

# The page of the practice, its providers and its places.
SETTINGS = "Correct it in Settings, Practice."


def billing_provider(claim: ClaimView) -> Iterator[Issue]:
    if claim.billing is None:
        yield Issue("The practice has not been set up. Enter it in Settings, Practice.", "practice.name")
    elif not claim.billing.name.strip():
        yield Issue(f"The practice's name is missing. {SETTINGS}", "practice.name")


def billing_npi(claim: ClaimView) -> Iterator[Issue]:
    if claim.billing and not is_npi(claim.billing.npi):
        yield Issue(f"The practice's NPI is not valid: its check digit does not fit. {SETTINGS}", "practice.npi")


def billing_tax_id(claim: ClaimView) -> Iterator[Issue]:
    if claim.billing and not is_tax_id(claim.billing.tax_id):
        yield Issue(f"The practice's tax ID is not nine digits. {SETTINGS}", "practice.tax_id")


def billing_taxonomy(claim: ClaimView) -> Iterator[Issue]:
    if claim.billing and not is_taxonomy(claim.billing.taxonomy):
        yield Issue(f"The practice's taxonomy code is not valid. {SETTINGS}", "practice.taxonomy")


def billing_phone(claim: ClaimView) -> Iterator[Issue]:
    if claim.billing and len([sign for sign in claim.billing.phone if sign.isdigit()]) < 10:
        yield Issue(
            f"The practice's phone number is missing; the clearinghouse needs a contact. {SETTINGS}", "practice.phone"
        )


def billing_address(claim: ClaimView) -> Iterator[Issue]:
    if claim.billing is None:
        return
    address = claim.billing.address
    if not address.is_complete or address.state not in STATES:
        yield Issue(f"The practice's address is incomplete. {SETTINGS}", "practice.line1")
    # X222A1 2010AA N3: a street; a PO box belongs in the pay-to address.
    if is_po_box(f"{address.line1} {address.line2}"):
        yield Issue(f"The practice's address is a PO box; payers take only a street. {SETTINGS}", "practice.line1")


def billing_postcode(claim: ClaimView) -> Iterator[Issue]:
    if claim.billing and claim.billing.address.postcode and not is_full_postcode(claim.billing.address.postcode):
        yield Issue(f"The practice's ZIP needs all nine digits. {SETTINGS}", "practice.postcode")


def rendering_npi(claim: ClaimView) -> Iterator[Issue]:
    if not is_npi(claim.provider.npi):
        yield Issue(
            f"The NPI of {claim.provider.first_name} {claim.provider.last_name} is not valid. {SETTINGS}",
            "provider.npi",
        )


def rendering_name(claim: ClaimView) -> Iterator[Issue]:
    if not claim.provider.last_name.strip():
        yield Issue("The rendering provider has no last name. Enter it in Settings, Practice.", "provider.last_name")


def rendering_taxonomy(claim: ClaimView) -> Iterator[Issue]:
    if claim.provider.taxonomy and not is_taxonomy(claim.provider.taxonomy):
        yield Issue(
            f"The rendering provider's taxonomy code is not valid. {SETTINGS}",
            "provider.taxonomy",
        )


def provider_confirmed(claim: ClaimView) -> Iterator[Issue]:
    if not claim.provider.confirmed:
        yield Issue(
            f"{claim.provider.first_name} {claim.provider.last_name} came from an import and nobody has confirmed the NPI. "
            "Confirm it in Settings, Practice.",
            "provider.npi",
        )


def provider_active(claim: ClaimView) -> Iterator[Issue]:
    if not claim.provider.active:
        yield Issue(
            f"{claim.provider.first_name} {claim.provider.last_name} is marked as no longer practicing here. "
            "Where that is wrong, correct it in Settings, Practice.",
            "provider.npi",
        )


def facility(claim: ClaimView) -> Iterator[Issue]:
    if not claim.names_facility or claim.facility is None:
        return
    if not claim.facility.address.is_complete or not is_full_postcode(claim.facility.address.postcode):
        yield Issue(
            f"The place of the visit needs a full address with a nine-digit ZIP. {SETTINGS}",
            "location.line1",
        )
    if claim.facility.npi and not is_npi(claim.facility.npi):
        yield Issue(f"The NPI of the place of the visit is not valid. {SETTINGS}", "location.npi")


RULES = (
    Rule("WF-BILLING", "Practice not set up", Severity.BLOCK, billing_provider),
    Rule("WF-BILLING-NPI", "Practice's NPI", Severity.BLOCK, billing_npi),
    Rule("WF-BILLING-TAX-ID", "Practice's tax ID", Severity.BLOCK, billing_tax_id),
    Rule("WF-BILLING-TAXONOMY", "Practice's taxonomy code", Severity.BLOCK, billing_taxonomy),
    Rule("WF-BILLING-PHONE", "Practice's phone number", Severity.BLOCK, billing_phone),
    Rule("WF-BILLING-ADDRESS", "Practice's address", Severity.BLOCK, billing_address),
    Rule("WF-BILLING-ZIP", "Practice's ZIP", Severity.BLOCK, billing_postcode),
    Rule("PRV-RENDERING-NAME", "Provider's name", Severity.BLOCK, rendering_name),
    Rule("PRV-RENDERING-NPI", "Provider's NPI", Severity.BLOCK, rendering_npi),
    Rule("PRV-RENDERING-TAXONOMY", "Provider's taxonomy code", Severity.BLOCK, rendering_taxonomy),
    Rule("PRV-CONFIRMED", "Provider not confirmed", Severity.WARN, provider_confirmed),
    Rule("PRV-ACTIVE", "Provider no longer here", Severity.WARN, provider_active),
    Rule("WF-FACILITY", "Place of the visit", Severity.BLOCK, facility),
)
