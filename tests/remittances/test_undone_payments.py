"""A payment that was entered from paper and is wrong as a whole is undone by a person: deposit, claims, adjustments and rest."""

import importlib
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.core import clock
from apps.core.models import User
from apps.ledger.models import Account
from apps.ledger.selectors import Receivable, claim_receivable, ledger_faults
from apps.remittances.models import (
    ExpectedDeposit,
    RemittanceException,
    RemittancePayment,
)
from apps.remittances.rules.entered import EnteredAdjustment, EnteredPayment
from apps.remittances.selectors.parked import parked_money
from apps.remittances.selectors.posting_soundness import posting_faults
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import (
    EobHead,
    HandEntryError,
    apply_parked,
    enter_eob,
    post_remittances,
    reverse_by_hand,
    reverse_payment,
    settle_as_not_ours,
)
from apps.worklist.models import WorkItem
from tests.factories.entered import entered
from tests.factories.ledger import account_totals
from tests.factories.practice import PracticeFactory, UserFactory
from tests.factories.remittances import PAID_ON, clp, payment, stored_file, submitted_claim, svc

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ZERO = Decimal("0.00")


@pytest.fixture
def clerk() -> User:
    return UserFactory()


@pytest.fixture
def claims() -> tuple[Claim, Claim]:
    one = submitted_claim("100.00")
    return one, submitted_claim("50.00", encounter__coverage__payer=one.payer)


def enter(
    claims: tuple[Claim, Claim], clerk: User, now: datetime, amount: str = "163.00", paid_on: date = PAID_ON
) -> RemittancePayment:
    """120.00 on two claims and 3.00 of interest; 163.00 was typed where the check says 123.00."""
    one, other = claims
    lines = (entered(one, ("80.00", "PR-2 20.00")), entered(other, ("40.00", "CO-45 10.00")))
    paper = EnteredPayment(Decimal(amount), lines, (EnteredAdjustment("L6", Decimal("-3.00")),))
    head = EobHead(payer=one.payer, trace_number="48217", paid_on=paid_on)
    return enter_eob(head, paper, leave_rest=True, note="Binder 4", acting_user=clerk, now=now)


def undo(paid: RemittancePayment, by: User, now: datetime, *, approves: bool = False) -> RemittancePayment:
    return reverse_payment(payment=paid, note="163 typed for 123", approves=approves, acting_user=by, now=now)


def owed(claim: Claim) -> Receivable:
    return claim_receivable(claim.lines.values_list("charge_id", flat=True))


def faults() -> list[str]:
    return [*ledger_faults(), *payment_faults(), *posting_faults()]


def assert_nothing_stands(claims: tuple[Claim, Claim]) -> None:
    assert [owed(claim) for claim in claims] == [Receivable(claim.total, ZERO) for claim in claims]
    moved = {name for name, amount in account_totals().items() if amount}
    assert moved == {Account.INSURANCE_RECEIVABLE, Account.REVENUE}
    assert (list(parked_money()), faults()) == ([], [])
    assert not RemittanceException.objects.filter(state="open").exists()


def test_nothing_of_it_stands_and_the_right_one_is_entered(
    claims: tuple[Claim, Claim], now: datetime, clerk: User
) -> None:
    paid = enter(claims, clerk, now)
    assert RemittanceException.objects.get(state="open").amount == Decimal("40.00")
    undone = undo(paid, clerk, now)
    assert (undone.amount, undone.file.transmission.by_hand.takes_back_payment) == (Decimal("-163.00"), paid)
    assert_nothing_stands(claims)
    event = AuditEvent.objects.get(action="reverse_payment")
    assert (event.detail["amount"], event.detail["note"]) == ("163.00", "163 typed for 123")
    enter(claims, clerk, now, "123.00")
    assert account_totals()[Account.DEPOSITS] == Decimal("123.00")
    assert (owed(claims[0]), owed(claims[1])) == (Receivable(ZERO, Decimal("20.00")), Receivable(ZERO, ZERO))
    assert faults() == []


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(2062, 9, 1), date(1, 1, 1)])
def test_one_of_an_impossible_day_that_was_taken_before_such_days_were_refused_is_undone(
    claims: tuple[Claim, Claim], now: datetime, clerk: User, monkeypatch: pytest.MonkeyPatch, day: date
) -> None:
    with monkeypatch.context() as before:
        before.setattr(
            importlib.import_module("apps.remittances.services.enter_eob"), "check_day", lambda *_args, **_told: None
        )
        paid = enter(claims, clerk, now, paid_on=day)
    assert RemittancePayment.objects.get().paid_on == day
    undo(paid, clerk, now)
    assert_nothing_stands(claims)


def test_the_same_is_entered_again_undone_again_and_the_payers_own_835_then_posts(
    claims: tuple[Claim, Claim], now: datetime, clerk: User
) -> None:
    for _ in range(2):
        undo(enter(claims, clerk, now, "123.00"), clerk, now)
        assert_nothing_stands(claims)
    one = claims[0]
    stored_file(payment(clp(one, svc(one.lines.get(), "80.00")), payer=one.payer, trace="0048217", amount="123.00"))
    post_remittances(now=now)
    own = RemittancePayment.objects.latest("pk")
    assert (own.duplicate_of, own.continues, own.claims.get().outcome) == (None, None, "posted")


def test_what_was_reversed_or_set_apart_before_is_undone_with_it(
    claims: tuple[Claim, Claim], now: datetime, clerk: User
) -> None:
    paid = enter(claims, clerk, now)
    row = paid.claims.get(number=1)
    reverse_by_hand(remitted_claim=row, letter_on=PAID_ON, note="Wrong claim", acting_user=clerk, now=now)
    rest = RemittanceException.objects.get(state="open")
    settle_as_not_ours(exception_id=rest.public_id, note="Whose?", acting_user=clerk, now=now)
    assert WorkItem.objects.get(kind="parked_money").state == WorkItem.State.OPEN
    undo(paid, clerk, now)
    assert_nothing_stands(claims)
    assert WorkItem.objects.get(kind="parked_money").state == WorkItem.State.DONE


def test_it_is_done_once_and_not_where_its_money_has_gone_elsewhere(
    claims: tuple[Claim, Claim], now: datetime, clerk: User
) -> None:
    paid, third = enter(claims, clerk, now), submitted_claim("40.00")
    rest = RemittanceException.objects.get(state="open")
    settle_as_not_ours(exception_id=rest.public_id, note="Whose?", acting_user=clerk, now=now)
    apply_parked(
        exception_id=rest.public_id, claims=[entered(third, ("40.00", ""))], note="Theirs", acting_user=clerk, now=now
    )
    before = account_totals()
    with pytest.raises(HandEntryError, match="has found its place"):
        undo(paid, clerk, now)
    assert account_totals() == before
    other = enter_again(claims, clerk, now)
    undo(other, clerk, now)
    with pytest.raises(HandEntryError, match="undone already"):
        undo(other, clerk, now)


def enter_again(claims: tuple[Claim, Claim], clerk: User, now: datetime) -> RemittancePayment:
    head = EobHead(payer=claims[0].payer, trace_number="777", paid_on=PAID_ON)
    paper = EnteredPayment(Decimal("0.00"), (entered(claims[0], ("0.00", "CO-50 100.00"), status="4"),))
    return enter_eob(head, paper, leave_rest=False, note="", acting_user=clerk, now=now)


def test_what_freed_money_that_was_used_since_is_not_undone(
    claims: tuple[Claim, Claim], now: datetime, clerk: User
) -> None:
    paid = enter(claims, clerk, now, "123.00")
    wrong = paid.claims.get(number=1)
    reverse_by_hand(remitted_claim=wrong, letter_on=PAID_ON, note="Mistyped", acting_user=clerk, now=now)
    head = EobHead(payer=claims[0].payer, trace_number="48217", paid_on=PAID_ON)
    drawn = (EnteredAdjustment("CS", Decimal("80.00")),)
    again = EnteredPayment(ZERO, (entered(claims[0], ("80.00", "CO-45 20.00")),), drawn)
    enter_eob(head, again, leave_rest=False, note="", acting_user=clerk, now=now)
    with pytest.raises(HandEntryError, match="freed has found its place"):
        undo(paid, clerk, now)


def test_a_payment_that_a_payer_sent_is_not_undone(claims: tuple[Claim, Claim], now: datetime, clerk: User) -> None:
    one = claims[0]
    stored_file(payment(clp(one), payer=one.payer))
    post_remittances(now=now)
    with pytest.raises(HandEntryError, match="entered from paper"):
        undo(RemittancePayment.objects.get(), clerk, now)


def test_what_the_payer_sent_as_well_is_not_undone(claims: tuple[Claim, Claim], now: datetime, clerk: User) -> None:
    paid = enter(claims, clerk, now, "123.00")
    one, other = claims
    answers = [clp(one, svc(one.lines.get(), "80.00")), clp(other, svc(other.lines.get(), "40.00"))]
    stored_file(payment(*answers, payer=one.payer, trace="48217", amount="123.00"))
    post_remittances(now=now)
    with pytest.raises(HandEntryError, match="The payer's own 835"):
        undo(paid, clerk, now)


def test_the_bank_expects_it_no_more_and_what_the_bank_showed_stays(
    claims: tuple[Claim, Claim], now: datetime, clerk: User
) -> None:
    paid = enter(claims, clerk, now, "123.00")
    deposit = ExpectedDeposit.objects.create(payment=paid, amount=paid.amount, paid_on=PAID_ON, received=paid.amount)
    with pytest.raises(HandEntryError, match="Take the match apart"):
        undo(paid, clerk, now)
    ExpectedDeposit.objects.filter(pk=deposit.pk).update(received=ZERO)
    undo(paid, clerk, now)
    deposit.refresh_from_db()
    assert deposit.state == "set_aside"


def test_above_the_limit_it_takes_an_administrator_who_did_not_enter_it(
    claims: tuple[Claim, Claim], now: datetime, clerk: User
) -> None:
    PracticeFactory(write_off_limit=Decimal("100.00"))
    paid = enter(claims, clerk, now)
    for by, approves in ((UserFactory(), False), (clerk, True)):
        with pytest.raises(HandEntryError, match="administrator other than who entered"):
            undo(paid, by, now, approves=approves)
    undo(paid, UserFactory(), now, approves=True)
    assert_nothing_stands(claims)


def test_it_is_undone_on_its_page(
    biller: Client, claims: tuple[Claim, Claim], now: datetime, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    paid = enter(claims, clerk, now)
    file = reverse("remittances:file", args=[paid.file.public_id])
    page = reverse("remittances:undo_payment", args=[paid.file.public_id, 1])
    assert page in biller.get(file).content.decode()
    assert biller.post(page, {"note": ""}).status_code == 422
    assert RemittancePayment.objects.count() == 1
    assert biller.post(page, {"note": "163 typed for 123"}).status_code == 302
    assert_nothing_stands(claims)
    shown = biller.get(file).content.decode()
    assert "undone as a whole" in shown
    assert page not in shown
    assert "undone already" in biller.get(page).content.decode()
    assert biller.get(reverse("remittances:undo_payment", args=[paid.file.public_id, 9])).status_code == 404


def test_a_payment_that_was_posted_on_an_impossible_day_is_undone_too(
    claims: tuple[Claim, Claim], clerk: User, now: datetime
) -> None:
    paid = enter(claims, clerk, now)
    RemittancePayment.objects.filter(pk=paid.pk).update(paid_on=date(1, 1, 1))
    paid.refresh_from_db()
    undo(paid, clerk, now)
    assert {claim: owed(claim).total for claim in claims} == {claims[0]: Decimal("100.00"), claims[1]: Decimal("50.00")}
    assert payment_faults() == []
