"""What a patient paid of a charge, less what was given back; and the patient's share, which does not depend on it."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from apps.ledger.models import Account, Entry
from apps.ledger.selectors import charge_positions, movements_beside_answers
from apps.ledger.services import NewEntry, NewLeg, post_entries, reverse_entries
from tests.factories.remittances import submitted_claim

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 10)
Kind = Entry.Kind


@pytest.fixture
def charge(db: None) -> int:
    return submitted_claim("100.00").lines.get().charge_id


def move(charge: int, kind: Entry.Kind, counter: Account, patient: str, now: datetime) -> str:
    """What the patient owes changes by `patient` dollars."""
    legs = (
        NewLeg(Account.PATIENT_RECEIVABLE, Decimal(patient), charge_id=charge),
        NewLeg(counter, -Decimal(patient)),
    )
    key = f"test:{kind}:{patient}"
    post_entries([NewEntry(kind, key, DAY, legs)], now=now)
    return key


def paid(charge: int) -> tuple[Decimal, Decimal]:
    """As the position says it, and as the entries that still stand do."""
    beside = sum((each.moved[charge].paid_by_patient for each in movements_beside_answers([charge])), Decimal(0))
    return charge_positions([charge])[charge].paid_by_patient, beside


def test_payments_count_and_what_goes_back_to_the_patient_counts_against_them(charge: int, now: datetime) -> None:
    move(charge, Kind.PATIENT_PAYMENT, Account.DEPOSITS, "-30.00", now)
    assert paid(charge) == (Decimal("30.00"), Decimal("30.00"))
    move(charge, Kind.PATIENT_PAYMENT, Account.REFUNDS, "10.00", now)
    move(charge, Kind.PROVIDER_ADJUSTMENT, Account.REFUNDS, "5.00", now)
    assert paid(charge) == (Decimal("15.00"), Decimal("15.00"))
    assert charge_positions([charge])[charge].patients_share == 0


def test_a_payment_that_was_undone_was_none(charge: int, now: datetime) -> None:
    key = move(charge, Kind.PATIENT_PAYMENT, Account.DEPOSITS, "-30.00", now)
    reverse_entries(keys=[key], posted_on=DAY, now=now)
    assert paid(charge) == (Decimal("0.00"), Decimal("0.00"))


def test_what_is_given_up_or_owed_is_no_payment(charge: int, now: datetime) -> None:
    move(charge, Kind.REMITTANCE, Account.CONTRACTUAL, "40.00", now)
    move(charge, Kind.ADJUSTMENT, Account.WRITE_OFF, "-15.00", now)
    move(charge, Kind.PROVIDER_ADJUSTMENT, Account.WRITE_OFF, "-5.00", now)
    assert paid(charge) == (Decimal("0.00"), Decimal("0.00"))
    assert charge_positions([charge])[charge].patients_share == Decimal("20.00")
