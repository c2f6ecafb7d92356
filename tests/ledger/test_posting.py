from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from apps.ledger.models import Account, Entry, Leg
from apps.ledger.selectors import (
    Receivable,
    charge_positions,
    claim_receivable,
    ledger_faults,
    patient_receivable,
)
from apps.ledger.services import (
    NewEntry,
    NewLeg,
    UnbalancedEntryError,
    post_entries,
    reverse_entries,
)
from tests.factories.intake import ChargeFactory
from tests.factories.ledger import account_totals, entry, post_as_billed

CASH = (Account.DEPOSITS, "5.00")
CLEARING = (Account.PAYER_CLEARING, "-5.00")

pytestmark = pytest.mark.django_db


def test_an_entry_is_posted_with_its_legs(now: datetime) -> None:
    result = post_entries([entry("first", CASH, CLEARING)], now=now)
    row = Entry.objects.get()
    assert result.posted == {"first": row.pk}
    assert result.skipped == {}
    assert (row.kind, row.created_at) == ("adjustment", now)
    assert sorted(row.legs.values_list("account", "amount")) == [
        ("deposits", Decimal("5.00")),
        ("payer_clearing", Decimal("-5.00")),
    ]


def test_an_entry_whose_key_exists_is_skipped_and_reported(now: datetime) -> None:
    first = post_entries([entry("first", CASH, CLEARING)], now=now)
    second = post_entries([entry("first", CASH, CLEARING), entry("second", CASH, CLEARING)], now=now)
    assert list(second.posted) == ["second"]
    assert second.skipped == first.posted
    assert second.entry_id("first") == first.entry_id("first")
    assert Leg.objects.count() == 4


def test_a_key_that_stands_twice_in_one_call_is_refused(now: datetime) -> None:
    with pytest.raises(ValueError, match="The key first stands twice"):
        post_entries([entry("first", CASH, CLEARING), entry("first", CASH, CLEARING)], now=now)
    assert Entry.objects.count() == 0


def test_an_unbalanced_entry_is_refused_with_its_key(now: datetime) -> None:
    with pytest.raises(UnbalancedEntryError, match=r"entry first sum to 1\.00"):
        post_entries([entry("first", (Account.DEPOSITS, "6.00"), CLEARING)], now=now)


def test_an_entry_that_moves_nothing_is_refused(now: datetime) -> None:
    with pytest.raises(UnbalancedEntryError, match="first moves nothing"):
        post_entries([entry("first", (Account.DEPOSITS, "0.00"))], now=now)


def test_legs_of_zero_are_left_out(now: datetime) -> None:
    post_entries([entry("first", CASH, CLEARING, (Account.CONTRACTUAL, "0.00"))], now=now)
    assert Leg.objects.count() == 2


def test_nothing_to_post_is_nothing_posted(now: datetime) -> None:
    assert post_entries([], now=now).posted == {}


def test_a_thousand_entries_take_as_many_statements_as_one(now: datetime, django_assert_num_queries: object) -> None:
    many = [entry(f"e{number}", CASH, CLEARING) for number in range(1000)]
    with django_assert_num_queries(4):  # type: ignore[operator]  # savepoint, insert, copy, release
        post_entries(many, now=now)
    assert Leg.objects.count() == 2000


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_an_entry_that_does_not_balance_at_commit(now: datetime) -> None:
    def post_one_leg() -> None:
        with transaction.atomic():
            row = Entry.objects.create(kind="deposit", key="raw", posted_on=date(2026, 9, 16), created_at=now)
            Leg.objects.create(entry=row, account=Account.DEPOSITS, amount=Decimal(5))

    with pytest.raises(IntegrityError, match=r"sum to 5\.00, not to zero"):
        post_one_leg()
    assert Entry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("immediately", [True, False])
def test_a_leg_that_comes_in_a_later_statement_is_checked_too(now: datetime, immediately: bool) -> None:
    """One check stands for all legs of an entry in a statement, and for none of a later one."""

    def post_one_leg_too_many() -> None:
        with transaction.atomic():
            post_entries([entry("first", CASH, CLEARING)], now=now)
            if immediately:
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            Leg.objects.create(entry=Entry.objects.get(), account=Account.DEPOSITS, amount=Decimal(1))

    with pytest.raises(IntegrityError, match=r"sum to 1\.00, not to zero"):
        post_one_leg_too_many()
    assert Entry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wrong", range(6))
def test_whichever_leg_of_a_statement_is_wrong_it_is_refused(now: datetime, wrong: int) -> None:
    """Legs of two entries, in turns and in a row."""

    def post_six_legs() -> None:
        with transaction.atomic():
            one, other = (
                Entry.objects.create(kind="deposit", key=key, posted_on=date(2026, 9, 16), created_at=now)
                for key in ("one", "other")
            )
            amounts = zip((one, other, one, other, one, one), (5, 7, -5, -7, 2, -2), strict=True)
            Leg.objects.bulk_create(
                Leg(entry=of, account=Account.DEPOSITS, amount=Decimal(amount + (number == wrong)))
                for number, (of, amount) in enumerate(amounts)
            )

    with pytest.raises(IntegrityError, match=r"sum to 1\.00, not to zero"):
        post_six_legs()
    assert Leg.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_an_entry_without_legs_at_commit(now: datetime) -> None:
    with pytest.raises(IntegrityError, match="sum to nothing, not to zero"), transaction.atomic():
        Entry.objects.create(kind="deposit", key="raw", posted_on=date(2026, 9, 16), created_at=now)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET key = 'other'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_leg SET amount = 1",
        "DELETE FROM ledger_leg",
    ],
)
def test_the_database_refuses_to_edit_what_was_posted(now: datetime, statement: str) -> None:
    post_entries([entry("first", CASH, CLEARING)], now=now)
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_reversal_negates_every_leg_once(now: datetime) -> None:
    post_entries([entry("first", CASH, CLEARING)], now=now)
    first = reverse_entries(keys=["first"], posted_on=date(2026, 9, 17), now=now, segment=12)
    again = reverse_entries(keys=["first"], posted_on=date(2026, 9, 18), now=now)
    reversal = Entry.objects.get(key="reversal:first")
    assert (list(first.posted), list(again.posted)) == (["reversal:first"], [])
    assert (reversal.kind, reversal.reverses.key, reversal.segment) == ("reversal", "first", 12)
    assert set(account_totals().values()) == {Decimal("0.00")}


def test_what_was_never_posted_cannot_be_reversed(now: datetime) -> None:
    with pytest.raises(Entry.DoesNotExist, match="No entry has the key ghost"):
        reverse_entries(keys=["ghost"], posted_on=date(2026, 9, 17), now=now)


def test_a_charge_is_owed_by_the_payer_and_a_self_pay_charge_by_the_patient(now: datetime) -> None:
    insured = ChargeFactory(amount=Decimal("120.00"))
    alone = ChargeFactory(amount=Decimal("80.00"), encounter__coverage=None)
    post_as_billed(insured, alone, now=now)
    assert claim_receivable([insured.pk, alone.pk]) == Receivable(Decimal("120.00"), Decimal("80.00"))
    assert patient_receivable(alone.encounter.patient_id) == Receivable(Decimal("0.00"), Decimal("80.00"))
    assert account_totals()[Account.REVENUE] == Decimal("-200.00")


def test_a_patient_without_legs_owes_nothing() -> None:
    assert patient_receivable(1) == Receivable()
    assert patient_receivable(1).total == Decimal("0.00")


def test_posting_a_charge_twice_charges_once(now: datetime) -> None:
    charge = ChargeFactory(amount=Decimal("120.00"))
    post_as_billed(charge, now=now)
    post_as_billed(charge, now=now)
    assert claim_receivable([charge.pk]).total == Decimal("120.00")


def test_a_position_tells_what_was_charged_and_what_of_it_is_open(now: datetime) -> None:
    charge = ChargeFactory(amount=Decimal("120.00"))
    post_as_billed(charge, now=now)
    paid = NewEntry(
        Entry.Kind.REMITTANCE,
        "paid",
        date(2026, 9, 16),
        (
            NewLeg(Account.PAYER_CLEARING, Decimal("90.00")),
            NewLeg(Account.INSURANCE_RECEIVABLE, Decimal("-90.00"), charge_id=charge.pk),
        ),
    )
    post_entries([paid], now=now)
    position = charge_positions([charge.pk])[charge.pk]
    assert (position.charged, position.receivable.insurance) == (Decimal("120.00"), Decimal("30.00"))
    reverse_entries(keys=["paid"], posted_on=date(2026, 9, 17), now=now)
    position = charge_positions([charge.pk])[charge.pk]
    assert (position.charged, position.receivable.insurance) == (Decimal("120.00"), Decimal("120.00"))


def test_a_sound_ledger_has_no_faults(now: datetime) -> None:
    post_entries([entry("first", CASH, CLEARING)], now=now)
    reverse_entries(keys=["first"], posted_on=date(2026, 9, 17), now=now)
    assert ledger_faults() == []


def test_the_check_finds_what_the_triggers_did_not_see(now: datetime) -> None:
    post_entries([entry("first", CASH, CLEARING)], now=now)
    reverse_entries(keys=["first"], posted_on=date(2026, 9, 17), now=now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_leg DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_leg SET amount = 6 WHERE amount = 5 AND account = 'deposits'")
        cursor.execute("ALTER TABLE ledger_leg ENABLE TRIGGER USER")
    assert [sentence.partition(". ")[0] for sentence in ledger_faults()] == [
        "The ledger as a whole sums to 1.00, not to zero",
        "Entry first has legs that sum to 1.00",
        "Reversal reversal:first does not undo its entry: 1.00 remain",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_leg", "audit_auditevent"])
def test_the_database_refuses_to_empty_what_is_append_only(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL throughline.may_truncate = off")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(f"TRUNCATE {table} CASCADE")
