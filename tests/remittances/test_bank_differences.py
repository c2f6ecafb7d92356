"""What the bank kept or paid beyond: booked by a person; and where a payment is with the bank, on its own page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.core.models import User
from apps.ledger.models import Account, Entry
from apps.practice.roles import Role
from apps.remittances.models import BankLine, DepositDifference, DepositMatch, ExpectedDeposit, RemittancePayment
from apps.remittances.selectors.posting_soundness import posting_faults
from apps.remittances.services import (
    DepositError,
    book_difference,
    confirm_proposal,
    match_by_hand,
    reconcile_deposits,
    undo_difference,
    undo_match,
)
from apps.worklist.models import WorkItem
from tests.factories.deposits import bank_row, banked, expected_of, posted_payment
from tests.factories.ledger import account_totals
from tests.factories.practice import PracticeFactory, UserFactory
from tests.signing_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("apps.core.clock.now", lambda: now)


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(role=Role.BILLER)


def short_paid(user: User, now: datetime) -> ExpectedDeposit:
    """A payment of $100.00 of which the bank shows $98.00."""
    paid = posted_payment("EFT42")
    banked(bank_row("ACME HCCLAIMPMT TRN*1*EFT42*", "98.00"))
    confirm_proposal(match_id=DepositMatch.objects.get().public_id, acting_user=user, now=now)
    return expected_of(paid)


def over_paid(user: User, now: datetime) -> BankLine:
    """A credit of $103.00 that holds a payment of $100.00."""
    paid = posted_payment("EFT42")
    banked(bank_row("ACME", "103.00"))
    line = BankLine.objects.get()
    match_by_hand(
        line_id=line.public_id, expected_ids=[expected_of(paid).public_id], note="", acting_user=user, now=now
    )
    line.refresh_from_db()
    return line


def book(subject: BankLine | ExpectedDeposit, user: User, now: datetime) -> DepositDifference:
    book_difference(subject=subject, reason="fee", note="Wire fee", approves=False, acting_user=user, now=now)
    return DepositDifference.objects.get(undone_at=None)


def test_what_the_bank_kept_leaves_the_deposits(user: User, now: datetime) -> None:
    expected = short_paid(user, now)
    row = book(expected, user, now)
    expected.refresh_from_db()
    assert (row.amount, expected.differs, expected.rest, expected.state) == (
        Decimal("2.00"),
        Decimal("2.00"),
        Decimal("0.00"),
        "received",
    )
    totals = account_totals()
    assert (totals[Account.DEPOSITS], totals[Account.OTHER_ADJUSTMENT]) == (Decimal("98.00"), Decimal("2.00"))
    event = AuditEvent.objects.get(action="book_bank_difference")
    assert (event.actor, event.detail["amount"], event.detail["reason"]) == (user, "2.00", "fee")
    assert posting_faults() == []


def test_what_a_credit_has_too_much_is_more_cash(user: User, now: datetime) -> None:
    line = over_paid(user, now)
    book(line, user, now)
    line.refresh_from_db()
    assert (line.differs, line.state) == (Decimal("3.00"), BankLine.State.MATCHED)
    totals = account_totals()
    assert (totals[Account.DEPOSITS], totals[Account.OTHER_ADJUSTMENT]) == (Decimal("103.00"), Decimal("-3.00"))
    assert posting_faults() == []


def test_taken_back_it_waits_again_and_can_be_booked_anew(user: User, now: datetime) -> None:
    expected = short_paid(user, now)
    row = book(expected, user, now)
    undo_difference(difference_id=row.public_id, acting_user=user, now=now)
    expected.refresh_from_db()
    assert (expected.differs, expected.rest, expected.state) == (Decimal("0.00"), Decimal("2.00"), "open")
    assert account_totals()[Account.OTHER_ADJUSTMENT] == 0
    with pytest.raises(DepositError, match="does not stand"):
        undo_difference(difference_id=row.public_id, acting_user=user, now=now)
    book(expected, user, now)
    assert account_totals()[Account.OTHER_ADJUSTMENT] == Decimal("2.00")
    assert posting_faults() == []


def test_only_the_rest_of_what_is_matched_is_a_difference(user: User, now: datetime) -> None:
    paid = posted_payment("EFT42")
    banked(bank_row("SLIP", "55.00"))
    for subject in (expected_of(paid), BankLine.objects.get()):
        with pytest.raises(DepositError, match="Nothing of this is matched yet"):
            book_difference(subject=subject, reason="fee", note="x", approves=False, acting_user=user, now=now)
    assert not Entry.objects.filter(key__startswith="bank_difference").exists()


def test_it_needs_a_reason_and_a_note_and_something_that_waits(user: User, now: datetime) -> None:
    expected = short_paid(user, now)
    for reason, note in (("fee", " "), ("nothing", "x")):
        with pytest.raises(DepositError, match="write why"):
            book_difference(subject=expected, reason=reason, note=note, approves=False, acting_user=user, now=now)
    book(expected, user, now)
    with pytest.raises(DepositError, match="Nothing of this waits"):
        book_difference(subject=expected, reason="fee", note="x", approves=False, acting_user=user, now=now)


@pytest.mark.parametrize("side", [short_paid, over_paid])
def test_above_what_one_person_may_give_up_it_is_an_administrators(
    side: Callable[[User, datetime], ExpectedDeposit | BankLine], user: User, now: datetime
) -> None:
    PracticeFactory(write_off_limit=Decimal("1.99"))
    subject = side(user, now)
    address = (
        reverse(
            "remittances:bank_line" if isinstance(subject, BankLine) else "remittances:expected_deposit",
            args=[subject.public_id],
        )
        + "difference/"
    )
    told = {"reason": "other", "note": "Gone"}
    assert "Ask an administrator" in text(browser_of(Role.BILLER).post(address, told), 422)
    assert not DepositDifference.objects.exists()
    assert "Booked" in text(browser_of(Role.ADMINISTRATOR).post(address, told, follow=True))


def test_its_task_ends_and_a_match_taken_apart_leaves_the_difference(user: User, now: datetime) -> None:
    expected = short_paid(user, now)
    reconcile_deposits(now=now + timedelta(days=20))
    banked(bank_row("OTHER", "1.00"), now=now + timedelta(days=20))
    expected.refresh_from_db()
    assert expected.work_item
    assert expected.work_item.amount_at_stake == Decimal("2.00")
    book(expected, user, now)
    expected.work_item.refresh_from_db()
    assert expected.work_item.state == WorkItem.State.DONE
    match = DepositMatch.objects.get(state="standing")
    undo_match(match_id=match.public_id, note="Wrong", acting_user=user, now=now)
    expected.refresh_from_db()
    assert (expected.rest, expected.state) == (Decimal("98.00"), "open")


def test_a_kept_difference_that_no_row_makes_is_a_fault(user: User, now: datetime) -> None:
    expected = short_paid(user, now)
    book(expected, user, now)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE remittances_expecteddeposit SET differs = 1")
        cursor.execute("UPDATE remittances_bankline SET amount = 99, differs = 1")
    told = posting_faults()
    assert any(
        f"Deposit {expected.public_id}: 1.00 of it counts as booked differences, and they come to 2.00" in each
        for each in told
    )
    assert any("Bank line" in each and "they come to 0" in each for each in told)


# ------------------------------------------------------------------------------------------------ pages


def text(response: HttpResponse, status: int = 200) -> str:
    assert response.status_code == status
    shown = response.content.decode()
    assert "UNDEFINED_VARIABLE" not in shown
    return shown


def test_a_biller_books_and_takes_back_what_the_bank_kept(biller: Client, user: User, now: datetime) -> None:
    expected = short_paid(user, now)
    page = reverse("remittances:expected_deposit", args=[expected.public_id])
    assert "The bank kept $2.00" in text(biller.get(page))
    address = reverse("remittances:payment_difference", args=[expected.public_id])
    assert "Choose what it is" in text(biller.post(address, {"reason": "", "note": ""}), 422)
    shown = text(biller.post(address, {"reason": "fee", "note": "Wire fee of September"}, follow=True))
    assert "Booked against other adjustments" in shown
    assert "Wire fee of September" in shown
    assert "Nothing of this waits any more" in text(biller.post(address, {"reason": "fee", "note": "x"}), 422)
    undo = reverse("remittances:undo_difference", args=[DepositDifference.objects.get().public_id])
    assert "Its entry is reversed" in text(biller.post(undo, follow=True))
    assert "Taken back by" in text(biller.get(page))
    assert "does not stand any more" in text(biller.post(undo, follow=True))


def test_a_biller_books_what_a_credit_has_too_much(biller: Client, user: User, now: datetime) -> None:
    line = over_paid(user, now)
    page = reverse("remittances:bank_line", args=[line.public_id])
    assert "The bank paid $3.00 more" in text(biller.get(page))
    address = reverse("remittances:line_difference", args=[line.public_id])
    assert "Choose what it is" in text(biller.post(address, {}), 422)
    assert "Interest" in text(biller.post(address, {"reason": "interest", "note": "Late"}, follow=True))
    assert "Nothing of this waits any more" in text(biller.post(address, {"reason": "fee", "note": "x"}), 422)
    undo = reverse("remittances:undo_difference", args=[DepositDifference.objects.get().public_id])
    assert "Its entry is reversed" in text(biller.post(undo, follow=True))


@pytest.mark.parametrize("role", [Role.CODER, Role.FRONT_DESK])
def test_nobody_else_books_one(role: Role, user: User, now: datetime) -> None:
    expected = short_paid(user, now)
    address = reverse("remittances:payment_difference", args=[expected.public_id])
    assert browser_of(role).post(address, {"reason": "fee", "note": "x"}).status_code == 403
    assert not DepositDifference.objects.exists()


def payment_page(client: Client, paid: RemittancePayment) -> str:
    return text(client.get(reverse("remittances:file", args=[paid.file.public_id])))


def test_the_payments_page_says_where_it_is_with_the_bank(biller: Client, user: User, now: datetime) -> None:
    paid = posted_payment("EFT42")
    assert "In the bank" not in payment_page(biller, paid)  # no bank file came in yet
    banked(bank_row("ACME HCCLAIMPMT TRN*1*EFT42*", "98.00"))
    assert "To confirm" in payment_page(biller, paid)
    confirm_proposal(match_id=DepositMatch.objects.get().public_id, acting_user=user, now=now)
    shown = payment_page(biller, paid)
    assert reverse("remittances:bank_line", args=[BankLine.objects.get().public_id]) in shown
    assert "$98.00 on Sep 29, " in shown
    assert "$2.00 on its way" in shown
    book(expected_of(paid), user, now)
    assert "$2.00 kept by the bank" in payment_page(biller, paid)


@pytest.mark.parametrize(("days", "words"), [(6, "$100.00 late, "), (20, "$100.00 missing since Sep 29")])
def test_a_payment_that_never_arrived_says_since_when(
    biller: Client, monkeypatch: pytest.MonkeyPatch, now: datetime, days: int, words: str
) -> None:
    paid = posted_payment("EFT42")
    banked(bank_row("SLIP", "5.00"))
    ExpectedDeposit.objects.update(state="open")
    monkeypatch.setattr("apps.core.clock.now", lambda: now + timedelta(days=days))
    assert words in payment_page(biller, paid)
