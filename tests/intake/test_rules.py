from datetime import date
from decimal import Decimal

import pytest

from apps.connectors.ports.ehr import EhrCoverage, EhrEncounter, EhrPatient
from apps.intake.rules import fingerprint, refusal
from tests.intake import told

TODAY = date(2026, 9, 16)


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
        (
            told.visit(charges=(told.charge(procedure="9921³"),)),
            "a procedure code has other signs than letters from A to Z and digits",
        ),
        (told.visit(service_date=date.max), "the date of service lies more than two years ahead"),
        (told.visit(abn_signed_on=date.min), "the day on which the notice was signed lies before 1900"),
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
    assert refusal(encounter, today=TODAY) == reason


@pytest.mark.parametrize(
    ("patient", "reason"),
    [
        (told.patient(birth_date=None), ""),
        (told.patient(birth_date=date(2026, 9, 17)), "the patient's birth date lies in the future"),
        (
            told.patient(coverages=(told.cover(subscriber_birth_date=date(1, 1, 1)),)),
            "the subscriber's birth date lies before 1900",
        ),
    ],
)
def test_a_birth_date_that_nobody_meant_is_refused(patient: EhrPatient, reason: str) -> None:
    assert refusal(told.visit(), patient, today=TODAY) == reason


def test_a_visit_without_charges_is_refused() -> None:
    bare = EhrEncounter("V1", "P1", "D1", "L1", told.visit().service_date, "11", ("J0190",), ())
    assert refusal(bare, today=TODAY) == "the visit has no charges"


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
        told.visit(provider_source_id="D2"),
        told.visit(patient_source_id="P2"),
        told.visit(coverages=(told.cover(),)),
    ],
)
def test_what_is_billed_changes_the_fingerprint(changed: EhrEncounter) -> None:
    assert fingerprint(changed) != fingerprint(told.visit())


PLAN = told.cover()


@pytest.mark.parametrize(
    "plans",
    [
        (),
        (told.cover("CPRK3"),),
        (told.cover(member_id="LP2"),),
        (told.cover("CPRK3", rank=1), told.cover(rank=2)),
        (told.cover("", payer_name="Caprock"),),
    ],
)
def test_another_plan_changes_the_fingerprint_whoever_tells_it(plans: tuple[EhrCoverage, ...]) -> None:
    of_patient = fingerprint(told.visit(), told.patient(coverages=plans))
    assert of_patient != fingerprint(told.visit(), told.patient(coverages=(PLAN,)))
    assert of_patient == fingerprint(told.visit(coverages=plans), told.patient(coverages=(PLAN,)))


def test_the_secondary_plan_and_the_subscriber_do_not_change_the_fingerprint() -> None:
    more = (told.cover("CPRK3", rank=2), told.cover(subscriber_first_name="Bea"))
    assert fingerprint(told.visit(coverages=more)) == fingerprint(told.visit(coverages=(PLAN,)))


def test_a_telling_without_plan_or_patient_leaves_the_plan_as_it_was() -> None:
    before = fingerprint(told.visit(), told.patient(coverages=(PLAN,)))
    assert fingerprint(told.visit(), before=before) == before
    assert fingerprint(told.visit(diagnoses=("E785",)), before=before) != before
