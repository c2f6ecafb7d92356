from decimal import Decimal

import pytest

from apps.connectors.ports.ehr import EhrEncounter
from apps.intake.rules import fingerprint, refusal
from tests.intake import told


@pytest.mark.parametrize(
    ("encounter", "reason"),
    [
        (told.visit(), ""),
        (told.visit(diagnoses=()), ""),
        (told.visit(charges=(told.charge(amount=Decimal(0)),)), ""),
        (told.visit(""), "the visit has no usable number"),
        (told.visit("V" * 61), "the visit has no usable number"),
        (told.visit(charges=(told.charge(1), told.charge(1))), "two charge lines carry the same number"),
        (told.visit(diagnoses=("J" * 21,)), "a diagnosis code is longer than 20 characters"),
        (told.visit(charges=(told.charge(procedure=""),)), "a charge line has no procedure code"),
        (told.visit(charges=(told.charge(procedure="9" * 21),)), "a procedure code or modifier is too long"),
        (told.visit(charges=(told.charge(modifiers=("25LONG",)),)), "a procedure code or modifier is too long"),
        (told.visit(charges=(told.charge(units=Decimal(0)),)), "a charge line's units are not a number above zero"),
        (
            told.visit(charges=(told.charge(units=Decimal(100_000)),)),
            "a charge line's units are not a number above zero",
        ),
        (
            told.visit(charges=(told.charge(amount=Decimal(-1)),)),
            "a charge line's amount is negative or impossibly high",
        ),
        (
            told.visit(charges=(told.charge(amount=Decimal(10**8)),)),
            "a charge line's amount is negative or impossibly high",
        ),
    ],
)
def test_only_what_no_row_can_hold_is_refused(encounter: EhrEncounter, reason: str) -> None:
    assert refusal(encounter) == reason


def test_a_visit_without_charges_is_refused() -> None:
    bare = EhrEncounter("V1", "P1", "D1", "L1", told.visit().service_date, "11", ("J0190",), ())
    assert refusal(bare) == "the visit has no charges"


def test_order_and_number_format_do_not_change_a_fingerprint() -> None:
    one = told.visit(charges=(told.charge(1), told.charge(2)))
    other = told.visit(charges=(told.charge(2), told.charge(1, amount=Decimal(148), units=Decimal("1.000"))))
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    "changed",
    [
        told.visit(diagnoses=("J0190", "E785")),
        told.visit(place_of_service="02"),
        told.visit(charges=(told.charge(modifiers=("25",)),)),
        told.visit(charges=(told.charge(units=Decimal(2)),)),
        told.visit(charges=(told.charge(), told.charge(2))),
    ],
)
def test_what_is_billed_changes_the_fingerprint(changed: EhrEncounter) -> None:
    assert fingerprint(changed) != fingerprint(told.visit())
