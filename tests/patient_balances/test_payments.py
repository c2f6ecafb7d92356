from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DataError

from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.connectors.ports.errors import OutageError
from apps.connectors.ports.payments import PaymentEvent
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry, Leg
from apps.ledger.services import close_month
from apps.patient_balances.models import Balance, Message, PatientPayment, PaymentLink, StrayPayment
from apps.patient_balances.selectors.sums import owed_by_balance
from apps.patient_balances.services import (
    AmountError,
    NothingToPayError,
    NotStrayError,
    Posted,
    apply_stray_payment,
    close_stray_payment,
    fetch_payments,
    receive_payment_event,
)
from apps.patient_balances.services.fetch_payments import FetchedPayments
from apps.patient_balances.services.post_payment import post_payment
from apps.worklist.models import WorkItem
from tests.factories.ledger import account_totals
from tests.factories.patient_balances import BalanceFactory, MessageFactory, PaymentLinkFactory
from tests.factories.practice import UserFactory
from tests.patient_balances.outside import World, card_event
from tests.patient_balances.paying import Arrived, deposits, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "sound_books")]
State = Balance.State


def test_a_payment_is_posted_the_balance_paid_and_the_claim_closed(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    message = MessageFactory(balance=link.balance, state=Message.State.WAITING)
    reference = start(link, "64.20", now)
    assert tell(arrived, card_event(reference, "64.20", at=now), now) is Posted.POSTED
    balance = Balance.objects.get()
    assert (balance.state, balance.paid_at) == (State.PAID, now)
    assert Claim.objects.get().status == ClaimStatus.CLOSED
    message.refresh_from_db()
    assert message.state == Message.State.CANCELLED
    entry = Entry.objects.get(key=f"card:cs_{reference}")
    assert {(leg.account, leg.amount) for leg in entry.legs.all()} == {
        ("deposits", Decimal("64.20")),
        ("patient_receivable", Decimal("-64.20")),
    }
    payment = PatientPayment.objects.get()
    assert (payment.state, payment.paid_at, payment.entry) == ("paid", now, entry)
    assert entry.transmission


def test_the_webhook_told_twice_posts_once(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    reference = start(link, "64.20", now)
    tell(arrived, card_event(reference, "64.20", at=now), now)
    assert tell(arrived, card_event(reference, "64.20", at=now, event_id="evt_2"), now) is Posted.KNOWN
    assert deposits() == Decimal("64.20")


def test_the_stored_webhook_read_twice_posts_once(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    event = arrived(card_event(start(link, "64.20", now), "64.20", at=now), "payments")
    assert receive_payment_event(transmission_id=event, now=now) is Posted.POSTED
    assert receive_payment_event(transmission_id=event, now=now) is Posted.KNOWN


def test_a_part_paid_leaves_the_rest_open(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    tell(arrived, card_event(start(link, "20.00", now), "20.00", at=now), now)
    balance = Balance.objects.get()
    assert balance.state == State.OPEN
    assert owed_by_balance([balance.pk]) == {balance.pk: Decimal("44.20")}
    assert Claim.objects.get().status == ClaimStatus.PATIENT_BALANCE


def test_one_payment_settles_several_balances(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    later = BalanceFactory(
        claim_fields={"encounter__patient": link.balance.patient}, owed="10.00", opened_at=now + timedelta(days=1)
    )
    tell(arrived, card_event(start(link, "70.00", now), "70.00", at=now), now)
    link.balance.refresh_from_db()
    later.refresh_from_db()
    assert (link.balance.state, later.state) == (State.PAID, State.OPEN)
    assert owed_by_balance([later.pk]) == {later.pk: Decimal("4.20")}
    assert Entry.objects.filter(kind=Entry.Kind.PATIENT_PAYMENT).count() == 1


def test_a_payment_fills_the_lines_of_a_claim_in_order(arrived: Arrived, now: datetime) -> None:
    link = PaymentLinkFactory(balance=BalanceFactory(claim_fields={"encounter__charges__size": 2}))
    tell(arrived, card_event(start(link, "64.20", now), "64.20", at=now), now)
    first = link.balance.claim.lines.get(number=1).charge
    (leg,) = Leg.objects.filter(entry__kind=Entry.Kind.PATIENT_PAYMENT, account=Account.PATIENT_RECEIVABLE)
    assert (leg.charge, leg.amount) == (first, Decimal("-64.20"))


def test_paying_what_was_paid_meanwhile_is_a_credit_that_is_listed(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    one, two = start(link, "64.20", now), start(link, "10.00", now)
    tell(arrived, card_event(one, "64.20", at=now), now)
    assert tell(arrived, card_event(two, "10.00", at=now, event_id="evt_2"), now) is Posted.POSTED
    balance = Balance.objects.get()
    assert balance.state == State.CREDIT
    assert owed_by_balance([balance.pk]) == {balance.pk: Decimal("-10.00")}


def test_another_amount_than_asked_for_is_posted_as_it_came_and_shown(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    tell(arrived, card_event(start(link, "64.20", now), "60.00", at=now), now)
    assert deposits() == Decimal("60.00")
    assert PatientPayment.objects.get().amount == Decimal("60.00")
    stray = StrayPayment.objects.get()
    assert (stray.kind, stray.entry) == ("differs", None)
    close_stray_payment(stray_id=stray.public_id, acting_user=UserFactory(), now=now)
    assert WorkItem.objects.get().state == WorkItem.State.DONE


def test_money_that_nobody_expects_is_a_deposit_and_a_task(arrived: Arrived, now: datetime) -> None:
    assert tell(arrived, card_event("elsewhere", "30.00", at=now), now) is Posted.STRAY
    assert account_totals()[Account.UNAPPLIED_CASH] == Decimal("-30.00")
    stray = StrayPayment.objects.get()
    assert stray.work_item
    assert (stray.work_item.kind, stray.work_item.url_name) == ("payment_unmatched", "balances:stray")
    assert tell(arrived, card_event("elsewhere", "30.00", at=now, event_id="evt_2"), now) is Posted.KNOWN
    assert deposits() == Decimal("30.00")


def test_a_person_gives_it_to_a_balance(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    tell(arrived, card_event("elsewhere", "64.20", at=now), now)
    stray, user = StrayPayment.objects.get(), UserFactory()
    apply_stray_payment(stray_id=stray.public_id, balance_id=link.balance.public_id, acting_user=user, now=now)
    assert account_totals()[Account.UNAPPLIED_CASH] == ZERO
    assert owed_by_balance([link.balance.pk]) == {link.balance.pk: ZERO}
    assert Balance.objects.get().state == State.PAID
    with pytest.raises(NotStrayError):
        apply_stray_payment(stray_id=stray.public_id, balance_id=link.balance.public_id, acting_user=user, now=now)


def test_unmatched_money_cannot_just_be_closed(arrived: Arrived, now: datetime) -> None:
    tell(arrived, card_event("elsewhere", "64.20", at=now), now)
    with pytest.raises(NotStrayError):
        close_stray_payment(stray_id=StrayPayment.objects.get().public_id, acting_user=UserFactory(), now=now)


def test_an_event_about_no_money_changes_nothing(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    reference = start(link, "64.20", now)
    assert tell(arrived, card_event(reference, "64.20", at=now, kind="created"), now) is Posted.IGNORED
    assert deposits() == ZERO


def test_an_event_that_cannot_be_read_is_put_aside(arrived: Arrived, now: datetime) -> None:
    assert tell(arrived, b"POST https://x.example.com/ HTTP/1.1\r\n\r\nnothing", now) is Posted.IGNORED


# --------------------------------------------------- what no webhook told, and what cannot be


def paid(reference: str, amount: str, at: datetime) -> PaymentEvent:
    return PaymentEvent(f"evt_{reference}", "payment.posted", f"cs_{reference}", reference, Decimal(amount), True, at)


def test_a_payment_whose_webhook_never_came_is_found_by_asking(
    link: PaymentLink, world: World, arrived: Arrived, now: datetime
) -> None:
    reference = start(link, "64.20", now)
    world.paid = [paid(reference, "64.20", now)]
    assert fetch_payments(now=now + timedelta(hours=9)) == FetchedPayments(1)
    assert fetch_payments(now=now + timedelta(hours=9)) == FetchedPayments(0)
    assert tell(arrived, card_event(reference, "64.20", at=now), now) is Posted.KNOWN
    assert deposits() == Decimal("64.20")


def test_a_payment_that_is_told_after_its_month_was_closed_is_posted_on_the_day_it_is_told(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    reference = start(link, "64.20", now)
    later = (now.replace(day=1) + timedelta(days=32)).replace(day=1)
    close_month(now.date().replace(day=1), acting_user=UserFactory(), now=later)
    assert tell(arrived, card_event(reference, "64.20", at=now), later) is Posted.POSTED
    assert Entry.objects.latest("pk").posted_on == later.date()
    assert PatientPayment.objects.get().paid_at == now


def test_a_payment_that_cannot_be_posted_keeps_no_other_and_is_tried_again(
    link: PaymentLink, world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = start(link, "20.00", now), start(link, "44.20", now)
    told_at = now + timedelta(days=5)
    world.paid = [paid(broken, "20.00", told_at), paid(whole, "44.20", told_at)]

    def post(event: PaymentEvent, *, now: datetime) -> Posted:
        if event.reference == broken:
            raise DataError
        return post_payment(event, now=now)

    with monkeypatch.context() as patch:
        patch.setitem(fetch_payments.__globals__, "post_payment", post)
        fetched = fetch_payments(now=now + timedelta(days=7))
    assert (fetched.posted, [type(each) for each in fetched.failures]) == (1, [DataError])
    assert PatientPayment.objects.get(reference=broken).state == "started"
    assert fetch_payments(now=now + timedelta(days=7)) == FetchedPayments(1)
    assert deposits() == Decimal("64.20")


def test_what_was_started_and_never_paid_is_given_up_in_time(link: PaymentLink, now: datetime) -> None:
    start(link, "64.20", now)
    fetch_payments(now=now + timedelta(days=5))
    assert PatientPayment.objects.get().state == "started"
    fetch_payments(now=now + timedelta(days=7))
    assert PatientPayment.objects.get().state == "failed"


def test_a_payment_given_up_and_then_paid_is_still_posted(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    reference = start(link, "64.20", now)
    fetch_payments(now=now + timedelta(days=7))
    assert tell(arrived, card_event(reference, "64.20", at=now), now) is Posted.POSTED
    assert PatientPayment.objects.get().state == "paid"


def test_a_processor_that_fails_leaves_the_row_and_the_same_reference_is_used_again(
    link: PaymentLink, world: World, now: datetime
) -> None:
    world.failure = OutageError("away")
    with pytest.raises(OutageError):
        start(link, "64.20", now)
    row = PatientPayment.objects.get()
    assert (row.state, row.processor_id) == ("started", "")
    assert start(link, "64.20", now + timedelta(minutes=2)) == row.reference


def test_another_wish_is_another_payment(link: PaymentLink, world: World, now: datetime) -> None:
    assert start(link, "64.20", now) != start(link, "20.00", now)
    assert len(world.checkouts) == 2


def test_after_a_day_the_processors_page_is_gone_and_a_new_one_is_opened(link: PaymentLink, now: datetime) -> None:
    assert start(link, "64.20", now) != start(link, "64.20", now + timedelta(hours=21))


def test_amounts_outside_what_is_owed_are_refused(link: PaymentLink, now: datetime) -> None:
    for amount in ("0.99", "64.21", "1.005"):
        with pytest.raises(AmountError) as refused:
            start(link, amount, now)
        assert refused.value.most == Decimal("64.20")
    assert not PatientPayment.objects.exists()


def test_what_may_not_be_collected_is_not_taken(link: PaymentLink, now: datetime) -> None:
    Balance.objects.update(state=State.STOPPED, stopped_reason=Balance.Stop.PROTECTED)
    with pytest.raises(NothingToPayError):
        start(link, "64.20", now)


@pytest.mark.parametrize("kind", ["completed", "refunded"])
def test_money_in_another_currency_is_never_posted_as_dollars(
    link: PaymentLink, arrived: Arrived, now: datetime, kind: str
) -> None:
    reference = start(link, "64.20", now)
    told = card_event(reference, "64.20", at=now, kind=kind, currency="eur")
    assert tell(arrived, told, now) is Posted.STRAY
    assert tell(arrived, told, now) is Posted.KNOWN
    stray = StrayPayment.objects.select_related("work_item").get()
    assert (stray.kind, stray.amount, stray.currency, stray.entry) == ("currency", Decimal("64.20"), "eur", None)
    assert stray.work_item.title == "Card money moved in EUR, not in dollars: check it at the processor"
    assert stray.work_item.amount_at_stake is None
    assert not Entry.objects.filter(kind__in=[Entry.Kind.PATIENT_PAYMENT, Entry.Kind.DEPOSIT]).exists()
    close_stray_payment(stray_id=stray.public_id, acting_user=UserFactory(), now=now)
