"""The bill, paying, the receipt, and what a patient may ask."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from apps.claims.models import Adjudication
from apps.claims.states import ClaimStatus
from apps.connectors.ports.errors import OutageError
from apps.patient_balances.encode import new_link
from apps.patient_balances.models import Balance, Message, PatientPayment, PatientRequest, PaymentLink
from apps.patient_balances.services import take_request
from apps.sandbox.patients.forms import forms
from tests.factories.claims import ClaimFactory
from tests.factories.patient_balances import (
    BalanceFactory,
    MessageFactory,
    PatientPaymentFactory,
)
from tests.locks import elsewhere
from tests.patient_balances.browsing import BILL, DOOR, ask_form, enter, form_steps, send, sign_in
from tests.patient_balances.outside import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "frozen")]


@pytest.mark.parametrize("name", ["statement", "part", "done"])
def test_without_the_two_answers_nothing_is_shown(name: str, link: PaymentLink, browser: Client) -> None:
    assert browser.get(reverse(f"patient_pages:{name}")).status_code == 403
    enter(browser)
    assert browser.get(reverse(f"patient_pages:{name}")).status_code == 403


def test_a_revoked_link_ends_a_visit_that_is_under_way(link: PaymentLink, browser: Client, now: datetime) -> None:
    sign_in(browser)
    PaymentLink.objects.update(revoked_at=now)
    assert browser.get(BILL).status_code == 410


def test_leaving_ends_the_visit(link: PaymentLink, browser: Client) -> None:
    page = sign_in(browser).content.decode()
    leave = next(form for form in forms(page) if form.action == "/pay/leave")
    assert browser.post(leave.action, leave.fields).status_code == 200
    assert browser.get(BILL).status_code == 403


def test_the_sums_of_a_visit_add_up_to_what_is_owed(link: PaymentLink, browser: Client) -> None:
    page = sign_in(browser).content.decode()
    for line in ("Price of the visit</dt><dd>$148.00", "You owe</dt><dd>$64.20"):
        assert line in page


def test_only_an_insurance_that_paid_is_said_to_have_paid(link: PaymentLink, browser: Client) -> None:
    assert "Your insurance has already paid its part." in sign_in(browser).content.decode()
    Adjudication.objects.update(paid=0)
    page = browser.get(BILL).content.decode()
    assert "Your insurance left this part to you." in page
    assert "has already paid its part" not in page


def test_what_all_payers_of_a_visit_paid_is_said_to_be_paid(link: PaymentLink, browser: Client) -> None:
    first = Adjudication.objects.get(claim__balance=link.balance)
    second = ClaimFactory(encounter=link.balance.encounter, payer_rank=2)
    Balance.objects.filter(pk=link.balance_id).update(claim=second)
    page = sign_in(browser).content.decode()
    assert re.search(rf"Your insurance paid</dt><dd>\W*{first.paid}<", page)
    assert "Your insurance has already paid its part." in page


def test_above_all_visits_stands_only_what_is_true_of_each(link: PaymentLink, browser: Client) -> None:
    alone = BalanceFactory(claim_fields={"encounter__patient": link.balance.patient}, owed="10.00")
    Balance.objects.filter(pk=alone.pk).update(claim=None)
    page = sign_in(browser).content.decode()
    assert "for 2 visits." in page
    assert not re.search("Your insurance (has|left)", page)


def test_while_a_payer_owes_a_part_none_is_said_to_have_paid_its_part(link: PaymentLink, browser: Client) -> None:
    BalanceFactory(claim_fields={"encounter__patient": link.balance.patient, "denied": "5.00"}, owed="10.00")
    page = sign_in(browser).content.decode()
    assert not re.search("Your insurance (has|left)", page)


def test_who_pays_alone_reads_of_no_insurance(link: PaymentLink, browser: Client) -> None:
    Balance.objects.update(claim=None)
    page = sign_in(browser).content.decode()
    assert "You owe</dt><dd>$64.20" in page
    assert not re.search("Your insurance (paid|has|left)", page)


def test_all_that_the_patient_owes_is_one_bill(link: PaymentLink, browser: Client) -> None:
    BalanceFactory(claim_fields={"encounter__patient": link.balance.patient}, owed="10.00")
    BalanceFactory(owed="99.00")
    page = sign_in(browser).content.decode()
    assert '<div class="sum">$74.20</div>' in page
    assert "for 2 visits" in page
    assert "99.00" not in page


def test_what_may_not_be_collected_is_not_offered(link: PaymentLink, browser: Client) -> None:
    Balance.objects.update(state=Balance.State.STOPPED, stopped_reason=Balance.Stop.PROTECTED)
    page = sign_in(browser).content.decode()
    assert "You owe nothing" in page
    assert form_steps(page) == set()


def test_spanish_for_a_patient_who_speaks_it_and_a_switch(link: PaymentLink, browser: Client) -> None:
    patient = link.balance.patient
    patient.language = "es"
    patient.save()
    assert "Para proteger su cuenta" in browser.get(DOOR).content.decode()
    page = sign_in(browser).content.decode()
    assert "Usted debe" in page
    assert "por una visita del 16 de septiembre." in page
    assert '<html lang="es">' in page
    assert "You owe" in browser.get(f"{BILL}?lang=en").content.decode()
    assert "You owe" in browser.get(BILL).content.decode()


@pytest.mark.long
def test_a_patient_who_reads_spanish_pays_the_same_amount(link: PaymentLink, browser: Client) -> None:
    link.balance.patient.language = "es"
    link.balance.patient.save()
    page = sign_in(browser).content.decode()
    assert "Usted debe" in page
    assert send(browser, page, "pay").status_code == 303
    assert PatientPayment.objects.get().amount == Decimal("64.20")


@pytest.mark.long
def test_paying_goes_to_the_processor_under_a_name_that_means_nothing(
    link: PaymentLink, browser: Client, world: World, now: datetime
) -> None:
    response = send(browser, sign_in(browser).content.decode(), "pay")
    payment = PatientPayment.objects.get()
    assert (response.status_code, response.headers["Location"]) == (
        303,
        f"https://checkout.stripe.com/c/{payment.reference}",
    )
    assert (payment.balance, payment.amount, payment.state) == (link.balance, Decimal("64.20"), "started")
    assert payment.processor_id == f"cs_{payment.reference}"
    asked = world.checkouts[payment.reference]
    assert (asked.amount, asked.statement_name) == (Decimal("64.20"), "Pecan Row")
    assert asked.return_url == "http://127.0.0.1:8000/pay/done"


def test_pressing_pay_twice_starts_one_payment(link: PaymentLink, browser: Client, world: World) -> None:
    page = sign_in(browser).content.decode()
    first, second = send(browser, page, "pay"), send(browser, page, "pay")
    assert first.headers["Location"] == second.headers["Location"]
    assert (PatientPayment.objects.count(), len(world.checkouts)) == (1, 1)


@pytest.mark.long
def test_one_payment_for_two_visits_is_two_rows_under_one_reference(
    link: PaymentLink, browser: Client, world: World
) -> None:
    BalanceFactory(claim_fields={"encounter__patient": link.balance.patient}, owed="10.00")
    send(browser, sign_in(browser).content.decode(), "pay")
    rows = list(PatientPayment.objects.order_by("amount"))
    assert [row.amount for row in rows] == [Decimal("10.00"), Decimal("64.20")]
    assert rows[0].reference == rows[1].reference
    assert world.checkouts[rows[0].reference].amount == Decimal("74.20")


@pytest.mark.long
def test_a_part_may_be_paid(link: PaymentLink, browser: Client, world: World) -> None:
    sign_in(browser)
    response = send(browser, browser.get("/pay/part").content.decode(), "pay", amount="20.00")
    assert response.status_code == 303
    assert PatientPayment.objects.get().amount == Decimal("20.00")


@pytest.mark.parametrize("amount", ["0.50", "64.21", "-5", "ten", "", "10.001"])
def test_an_amount_that_cannot_be_paid_is_asked_for_again(amount: str, link: PaymentLink, browser: Client) -> None:
    sign_in(browser)
    response = send(browser, browser.get("/pay/part").content.decode(), "pay", amount=amount)
    assert response.status_code == 422
    assert 'class="error"' in response.content.decode()
    assert not PatientPayment.objects.exists()


def test_a_processor_that_is_away_charges_nothing_and_says_so(link: PaymentLink, browser: Client, world: World) -> None:
    world.failure = OutageError("away")
    response = send(browser, sign_in(browser).content.decode(), "pay")
    assert response.status_code == 503
    assert "Nothing was charged" in response.content.decode()
    assert "(512) 555-0111" in response.content.decode()


def test_paid_meanwhile_there_is_nothing_to_pay(link: PaymentLink, browser: Client, world: World) -> None:
    page = sign_in(browser).content.decode()
    Balance.objects.update(state=Balance.State.PAID)
    assert send(browser, page, "pay").headers["Location"] == BILL
    assert "You owe nothing" in browser.get(BILL).content.decode()
    assert not world.checkouts


def test_back_from_the_processor_the_page_waits_for_its_word(link: PaymentLink, browser: Client, now: datetime) -> None:
    sign_in(browser)
    payment = PatientPaymentFactory(balance=link.balance, started_at=now)
    response = browser.get("/pay/done")
    assert "You do not need to pay again" in response.content.decode()
    assert response.headers["Refresh"] == "5"
    PatientPayment.objects.filter(pk=payment.pk).update(state="paid", paid_at=now)
    assert browser.get("/pay/done").headers["Location"] == f"/pay/receipt/{payment.reference}"


def test_an_old_unfinished_payment_is_not_waited_for(link: PaymentLink, browser: Client, now: datetime) -> None:
    sign_in(browser)
    PatientPaymentFactory(balance=link.balance, started_at=now - timedelta(hours=1))
    assert "Refresh" not in browser.get("/pay/done").headers


def test_a_receipt_is_the_patients_own(link: PaymentLink, browser: Client, now: datetime) -> None:
    mine = PatientPaymentFactory(balance=link.balance, state="paid", paid_at=now)
    theirs = PatientPaymentFactory(state="paid", paid_at=now)
    sign_in(browser)
    page = browser.get(f"/pay/receipt/{mine.reference}").content.decode()
    assert "Paid. Thank you." in page
    assert "on September 16, 2026 to Pecan Row Family Medicine." in page
    assert browser.get(f"/pay/receipt/{theirs.reference}").status_code == 404


@pytest.mark.long
@pytest.mark.parametrize(
    ("what", "reason", "task"),
    [
        ("insurance", Balance.Stop.INSURANCE, "balance_insurance"),
        ("question", Balance.Stop.DISPUTE, "balance_dispute"),
        ("plan", Balance.Stop.PLAN, "balance_plan"),
    ],
)
def test_asking_stops_what_was_planned_and_becomes_a_task(
    what: str, reason: Balance.Stop, task: str, link: PaymentLink, browser: Client
) -> None:
    message = MessageFactory(balance=link.balance, state=Message.State.WAITING)
    sign_in(browser)
    form = ask_form(browser, what)
    response = browser.post(form.action, {**form.fields, "text": "Blue plan, 123"})
    assert "We have your message" in response.content.decode()
    balance = Balance.objects.get()
    assert (balance.state, balance.stopped_reason) == (Balance.State.STOPPED, reason)
    assert balance.work_item
    assert (balance.work_item.kind, balance.work_item.amount_at_stake) == (task, Decimal("64.20"))
    assert PatientRequest.objects.get().text == "Blue plan, 123"
    message.refresh_from_db()
    assert message.state == Message.State.CANCELLED


@pytest.mark.long
def test_of_several_visits_one_may_be_named(link: PaymentLink, browser: Client) -> None:
    other = BalanceFactory(claim_fields={"encounter__patient": link.balance.patient})
    sign_in(browser)
    form = ask_form(browser, "question")
    browser.post(form.action, {**form.fields, "text": "Not mine", "visit": other.public_id})
    assert list(Balance.objects.filter(state=Balance.State.STOPPED)) == [other]


@pytest.mark.long
def test_a_question_needs_words(link: PaymentLink, browser: Client) -> None:
    sign_in(browser)
    form = ask_form(browser, "question")
    assert browser.post(form.action, {**form.fields, "text": ""}).status_code == 422
    assert Balance.objects.get().state == Balance.State.OPEN


@pytest.mark.parametrize("reason", ["hold", "bankruptcy", "deceased", "agency"])
def test_asking_ends_no_stop_of_the_practice(reason: str, link: PaymentLink, browser: Client, now: datetime) -> None:
    Balance.objects.update(state=Balance.State.STOPPED, stopped_reason=reason)
    assert take_request(link=link, kind=Balance.Stop.PLAN, text="In parts", now=now) == 1
    balance = Balance.objects.get()
    assert (balance.state, balance.stopped_reason) == (Balance.State.STOPPED, reason)
    assert balance.work_item
    assert (balance.work_item.kind, balance.work_item.amount_at_stake) == ("balance_plan", Decimal("64.20"))
    assert PatientRequest.objects.get().kind == Balance.Stop.PLAN


@pytest.mark.django_db(transaction=True)
def test_what_is_settled_while_a_patient_asks_is_left_out_and_the_rest_is_asked_for(
    link: PaymentLink, now: datetime
) -> None:
    other = BalanceFactory(claim_fields={"encounter__patient": link.balance.patient})
    with transaction.atomic():
        # Held until the request waits for it: its list is older than what is then committed.
        Balance.objects.select_for_update().get(pk=other.pk)
        asked = elsewhere(lambda: take_request(link=link, kind=Balance.Stop.DISPUTE, text="Why?", now=now))
        assert not asked.done()
        Balance.objects.filter(pk=other.pk).update(state=Balance.State.PAID)
    assert asked.result() == 1
    assert PatientRequest.objects.get().balance == link.balance
    other.refresh_from_db()
    assert (other.state, other.stopped_reason) == (Balance.State.PAID, "")


def test_one_who_asked_may_still_pay(link: PaymentLink, browser: Client) -> None:
    Balance.objects.update(state=Balance.State.STOPPED, stopped_reason=Balance.Stop.DISPUTE)
    assert form_steps(sign_in(browser).content.decode()) == {"pay"}


def test_a_sealed_link_of_a_real_message_opens(browser: Client, now: datetime) -> None:
    link, token = new_link(BalanceFactory(), now=now)
    link.save()
    assert "$64.20" in sign_in(browser, f"/pay/{token}").content.decode()


def test_a_claims_status_says_that_the_patient_owes(link: PaymentLink) -> None:
    assert link.balance.claim.status == ClaimStatus.PATIENT_BALANCE
