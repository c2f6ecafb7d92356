"""A claim that no rule has anything against, and others made of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from apps.claims.rules.snapshot import (
    AddressView,
    BillingView,
    ClaimView,
    CoverageView,
    FacilityView,
    LineView,
    PayerView,
    PersonView,
    ProviderView,
)
from tests.factories.numbers import FAMILY_MEDICINE, npi

STREET = AddressView("8300 Pecan Row Lane", "", "Austin", "TX", "787574120")
SOUND = ClaimView(
    control_number="T1",
    service_date=date(2026, 9, 16),
    place_of_service="11",
    total=Decimal("148.00"),
    diagnoses=("J0190", "R059"),
    lines=(LineView(1, "T1L1", "99213", Decimal("148.00")),),
    patient=PersonView("Rosalind", "Hathaway", date(1984, 3, 12), "F"),
    patient_address=AddressView("77 Cypress Bend", "", "Austin", "TX", "787041933"),
    coverage=CoverageView("LP000000001", starts_on=date(2026, 1, 1)),
    payer=PayerView("Lone Prairie", "LPHP1", member_id_pattern="LP[0-9]{9}", filing_days=95),
    provider=ProviderView("Marisol", "Quintero", npi(17_000_000), FAMILY_MEDICINE),
    today=date(2026, 9, 16),
    billing=BillingView(
        "Pecan Row", npi(48_203_957), "741830269", "EI", "741830269", FAMILY_MEDICINE, "+15125550110", STREET
    ),
    facility=FacilityView("Clinic 1", npi(27_000_000), STREET),
)
ELSEWHERE = replace(STREET, line1="12 Other Road")


def line(number: int = 1, **fields: Any) -> LineView:
    return replace(SOUND.lines[0], number=number, **fields)


def with_lines(*lines: LineView, **fields: Any) -> ClaimView:
    return replace(SOUND, lines=lines, total=sum((each.amount for each in lines), Decimal(0)), **fields)


def parts(text: str) -> tuple[str, tuple[str, ...], Decimal]:
    """Code, modifiers and units of `code`, `code-modifier-modifier` or `code*units`: "20610-RT*2"."""
    coded, _, units = text.partition("*")
    code, *modifiers = coded.split("-")
    return code, tuple(modifiers), Decimal(units or 1)


def billing(*texts: str, **fields: Any) -> ClaimView:
    """The sound claim with a line for each of the texts, as `parts` reads them."""
    made = []
    for number, text in enumerate(texts, 1):
        code, modifiers, units = parts(text)
        made.append(line(number, procedure=code, modifiers=modifiers, units=units))
    return with_lines(*made, **fields)
