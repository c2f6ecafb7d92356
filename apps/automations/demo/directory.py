"""The demo practice itself: its places, providers and payers, what it knows of their deadlines, and its vendors' agreements."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from apps.core.clock import practice_date
from apps.practice.models import FeeScheduleLine, Location, Payer, PayerDeadline, Practice, Provider, VendorAgreement

Facts = Mapping[str, Any]
MESSAGING_NAME = "Pecan Row"  # the practice's own name tells that it is a doctor's
WRITE_OFF_LIMIT = Decimal(250)
VENDORS = ("drchrono", "waystar", "twilio", "smtp")  # Stripe signs none and is told nothing about patients
VERIFIED_BY = "Demo practice"
Kind, From = PayerDeadline.Kind, PayerDeadline.CountedFrom
# Days to appeal, counted from what, and where the invented payer's manual says so. Payers that are not named here have no
# deadline on record: their denials show "not configured" first, as in life.
APPEALS = {
    "LPHP1": (180, From.REMITTANCE, "Lone Prairie provider manual, chapter 7"),
    "BBMU2": (120, From.REMITTANCE, "Bluebonnet provider manual, section 4.2"),
    "CPRK3": (60, From.REMITTANCE, "Caprock claims guide, page 31"),
    "FSPB5": (120, From.RECEIPT, "42 CFR 405.942: redetermination"),
    "SGMC6": (120, From.REMITTANCE, "Star Gulf provider handbook, section 6"),
}
CORRECTIONS = {
    "LPHP1": (365, From.SERVICE, "Lone Prairie provider manual, chapter 6"),
    "CPRK3": (180, From.SERVICE, "Caprock claims guide, page 27"),
    "FSPB5": (365, From.SERVICE, "42 CFR 424.44(a): one calendar year"),
}


def create(facts: Facts, *, now: datetime) -> None:
    today = practice_date(now)
    _practice(facts["practice"])
    Location.objects.bulk_create([_location(each) for each in facts["locations"]])
    Provider.objects.bulk_create([_provider(each) for each in facts["providers"]])
    payers = Payer.objects.bulk_create([_payer(each) for each in facts["payers"]])
    verified_on = today - timedelta(days=30)
    for payer, told in zip(payers, facts["payers"], strict=True):
        PayerDeadline.objects.bulk_create(_deadlines(payer, told, verified_on))
        FeeScheduleLine.objects.bulk_create(_fees(payer, told["allowed"], date(today.year, 1, 1)))
    VendorAgreement.objects.bulk_create(
        VendorAgreement(vendor=vendor, signed_on=date(today.year, 1, 5)) for vendor in VENDORS
    )


def _address(told: Facts) -> dict[str, str]:
    return {"line1": told["line1"], "city": told["city"], "state": told["state"], "postcode": told["zip"]}


def _practice(told: Facts) -> None:
    Practice.objects.create(
        name=told["name"],
        messaging_name=MESSAGING_NAME,
        tax_id=told["tax_id"],
        npi=told["npi"],
        taxonomy=told["taxonomy"],
        phone=told["phone"],
        call_back_number=told["phone"],
        write_off_limit=WRITE_OFF_LIMIT,
        **_address(told["address"]),
    )


def _location(told: Facts) -> Location:
    return Location(
        name=told["name"],
        npi=told["npi"],
        phone=told["phone"],
        clia_number=f"45D{int(told['id']):07d}",
        clia_certificate=Location.Certificate.FULL,
        source_id=str(told["id"]),
        **_address(told["address"]),
    )


def _provider(told: Facts) -> Provider:
    return Provider(
        first_name=told["first_name"],
        last_name=told["last_name"],
        npi=told["npi"],
        taxonomy=told["taxonomy"],
        source_id=str(told["id"]),
    )


def _payer(told: Facts) -> Payer:
    """Member id patterns are left open, as they are on a practice's first day: imports of other practices' files come in too."""
    payer_id = told["payer_id"]
    return Payer(
        name=told["name"],
        claims_id=payer_id,
        eligibility_id=payer_id,
        remittance_ids=" ".join((payer_id, told["tax_id"], f"1{told['tax_id']}")),
        filing_indicator=told["filing_indicator"],
        correction_route=told["correction_route"],
        phone=told["phone"],
        portal=f"https://providers.{payer_id.lower()}.example.com/",
    )


def _deadlines(payer: Payer, told: Facts, verified_on: date) -> list[PayerDeadline]:
    filing = (told["timely_filing_days"], From.SERVICE, f"{payer.name}: provider agreement, timely filing")
    known = {
        Kind.FILING: filing,
        Kind.CORRECTED_FILING: CORRECTIONS.get(payer.claims_id),
        Kind.APPEAL_1: APPEALS.get(payer.claims_id),
    }
    return [
        PayerDeadline(
            payer=payer,
            kind=kind,
            days=found[0],
            counted_from=found[1],
            source=found[2],
            verified_on=verified_on,
            verified_by=VERIFIED_BY,
        )
        for kind, found in known.items()
        if found
    ]


def _fees(payer: Payer, allowed: Mapping[str, str], effective_on: date) -> list[FeeScheduleLine]:
    return [
        FeeScheduleLine(
            payer=payer,
            procedure=code,
            allowed=Decimal(amount),
            effective_on=effective_on,
            source=f"{payer.name}: provider agreement, exhibit of fees",
        )
        for code, amount in allowed.items()
    ]
