"""The demo practice itself: its places, providers, payers and their prices, and its vendors' agreements."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from apps.automations.demo import payers as demo
from apps.core.clock import practice_date
from apps.practice.models import FeeScheduleLine, Location, Payer, Practice, Provider, VendorAgreement

Facts = Mapping[str, Any]
MESSAGING_NAME = "Pecan Row"  # the practice's own name tells that it is a doctor's
WRITE_OFF_LIMIT = Decimal(250)
VENDORS = ("drchrono", "waystar", "twilio", "smtp")  # Stripe signs none and is told nothing about patients


def create(facts: Facts, *, now: datetime) -> None:
    today = practice_date(now)
    _practice(facts["practice"])
    Location.objects.bulk_create([_location(each) for each in facts["locations"]])
    Provider.objects.bulk_create([_provider(each) for each in facts["providers"]])
    payers = Payer.objects.bulk_create([_payer(each) for each in facts["payers"]])
    demo.complete(payers, {each["payer_id"]: each["timely_filing_days"] for each in facts["payers"]}, today=today)
    for payer, told in zip(payers, facts["payers"], strict=True):
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
        correction_source=demo.CORRECTION_SOURCES.get(payer_id, ""),
        phone=told["phone"],
        portal=f"https://providers.{payer_id.lower()}.example.com/",
        form=f"https://providers.{payer_id.lower()}.example.com/appeals.pdf",
    )


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
