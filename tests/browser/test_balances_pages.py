"""A patient without script and with our referrer policy, from the link to the receipt; and every page of the room for axe."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from apps.core import clock
from apps.patient_balances.encode import new_link
from apps.patient_balances.models import Balance, CardDispute, Message, PatientPayment, StrayPayment
from apps.practice.roles import Role
from tests.browser.axe import look, look_long
from tests.browser.conftest import Opener, Watch
from tests.factories.connectors import MessagingConnectionFactory, PaymentsConnectionFactory
from tests.factories.intake import ConsentFactory, PatientFactory
from tests.factories.patient_balances import (
    BalanceFactory,
    InboundMessageFactory,
    MessageFactory,
    PatientPaymentFactory,
    PaymentLinkFactory,
)
from tests.factories.practice import PracticeFactory, VendorAgreementFactory
from tests.patient_balances import outside

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
# Chromium reports such an answer to the page itself as an error of the page.
WRONG_ANSWER = "Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"
NO_SUCH_PAGE = "Failed to load resource: the server responded with a status of 404 (Not Found)"


@pytest.fixture(autouse=True)
def outside_world(settings: Settings, live_server: LiveServer) -> None:
    outside.WORLD.__dict__.update(outside.World(clock.now(), checkout_page=f"{live_server.url}/pay/done?").__dict__)
    here = "tests.patient_balances.outside"
    settings.ADAPTERS = {**settings.ADAPTERS, "twilio": f"{here}.Phone", "stripe": f"{here}.Till"}
    settings.PUBLIC_URL = live_server.url
    PracticeFactory()
    MessagingConnectionFactory(settings={"account_sid": "AC1", "auth_token": "secret", "from_number": "+15125550199"})
    PaymentsConnectionFactory(settings={"secret_key": "sk_test_1", "webhook_secret": "whsec_1"})
    VendorAgreementFactory(vendor="twilio")


def door_of(balance: Balance) -> str:
    link, token = new_link(balance, now=clock.now())
    link.save()
    return f"/pay/{token}"


def walk_in(page: Page, balance: Balance) -> None:
    """From the open link to the bill."""
    page.locator("[data-step=open] button").click()
    page.locator("[name=birth_date]").fill(balance.patient.birth_date.isoformat())
    page.locator("[name=postcode]").fill(balance.patient.postcode[:5])
    page.locator("[data-step=verify] button").click()


def go_on(page: Page, step: str) -> None:
    """To the step's answer: what is looked at must not be the page that is being left."""
    with page.expect_navigation():
        page.locator(f"[data-step={step}] button").click()


def test_a_patient_pays_without_script_from_the_link_to_the_receipt(open_page: Opener, live_server: LiveServer) -> None:
    balance = BalanceFactory()
    page = open_page(None, door_of(balance), width="phone", script=False)
    walk_in(page, balance)
    expect(page).to_have_url(f"{live_server.url}/pay/bill")
    expect(page.locator(".sum")).to_have_text("$64.20")
    go_on(page, "pay")
    payment = PatientPayment.objects.get()
    expect(page).to_have_url(f"{live_server.url}/pay/done?{payment.reference}")
    PatientPayment.objects.update(state="paid", paid_at=clock.now())
    page.goto("/pay/done")
    expect(page).to_have_url(f"{live_server.url}/pay/receipt/{payment.reference}")
    expect(page.get_by_text("Paid. Thank you.")).to_be_visible()


@pytest.mark.axe
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_patients_pages_are_open_to_everyone(open_page: Opener, watch: Watch, language: str) -> None:
    patient = PatientFactory(language=language)
    balance = BalanceFactory(claim_fields={"encounter__patient": patient})
    BalanceFactory(claim_fields={"encounter__patient": patient}, owed="12.00")
    PatientPaymentFactory(balance=balance, state="paid", paid_at=clock.now(), reference="r" * 16)
    page = open_page(None, door_of(balance))

    def seen(name: str) -> list[str]:
        return look_long(page, f"pay-{name}-{language}")

    findings = seen("door")
    go_on(page, "open")
    findings += seen("questions")
    page.locator("[name=birth_date]").fill("1990-01-01")
    page.locator("[name=postcode]").fill("00000")
    go_on(page, "verify")
    findings += seen("wrong")
    page.locator("[name=birth_date]").fill(patient.birth_date.isoformat())
    page.locator("[name=postcode]").fill(patient.postcode[:5])
    go_on(page, "verify")
    findings += seen("bill")
    for path in ("part", "ask/insurance", "ask/question", "ask/plan", "done", f"receipt/{'r' * 16}"):
        page.goto(f"/pay/{path}")
        findings += seen(path.replace("/", "-")[:12])
    Balance.objects.update(state=Balance.State.PAID)
    page.goto("/pay/bill")
    findings += seen("settled")
    watch.problems.remove(WRONG_ANSWER)
    assert findings == []


@pytest.mark.long
def test_a_closed_link_is_a_page_too(open_page: Opener, watch: Watch) -> None:
    page = open_page(None, f"/pay/{'x' * 43}", width="phone")
    assert look(page, "pay-closed") == []
    watch.problems.remove(NO_SUCH_PAGE)


def staff_pages() -> dict[str, str]:
    now = clock.now()
    for days, (first, last) in enumerate((("Marta", "Lindqvist"), ("Alan", "Whitcomb"), ("Celia", "Ibarra"))):
        balance = BalanceFactory(
            claim_fields={"encounter__patient": PatientFactory(first_name=first, last_name=last)},
            opened_at=now - (days + 3) * DAY,
        )
        MessageFactory(balance=balance, due_at=now - (days + 2) * DAY, state=Message.State.DELIVERED)
    ConsentFactory(
        patient=balance.patient, wording="I agree to be written to about what I owe, by whoever works for it. " * 4
    )
    MessageFactory(balance=balance, touch="day_7", channel="email", state=Message.State.UNKNOWN, due_at=now)
    PaymentLinkFactory(balance=balance, created_at=now, expires_at=now + 30 * DAY, opened_at=now)
    PatientPaymentFactory(balance=balance, started_at=now)
    BalanceFactory(state=Balance.State.SEQUENCE_DONE)
    BalanceFactory(state=Balance.State.STOPPED, stopped_reason="dispute")
    letter = BalanceFactory()
    MessageFactory(balance=letter, channel="paper", address="", state=Message.State.TO_MAIL, due_at=now)
    inbound = InboundMessageFactory(patient=balance.patient, at=now)
    paid = PatientPaymentFactory(balance=balance, started_at=now, state="paid", paid_at=now, payment_intent="pi_1")
    dispute = CardDispute.objects.create(
        dispute_id="dp_1", payment_intent="pi_1", amount=paid.amount, opened_at=now, told_at=now, reason="fraudulent",
        evidence_due=now + 9 * DAY, withdrawn_at=now,
    )  # fmt: skip
    stray = StrayPayment.objects.create(kind="unmatched", event_id="evt_1", processor_id="cs_1", amount="64.20", at=now)
    return {
        "board": "/balances/",
        "detail": f"/balances/{balance.public_id}/",
        "letter": f"/balances/{letter.public_id}/",
        "messages": "/balances/messages/",
        "consents": "/balances/consents/",
        "texts": "/balances/texts/",
        "inbound": f"/balances/inbound/{inbound.public_id}/",
        "dispute": f"/balances/disputes/{dispute.public_id}/",
        "stray": f"/balances/payments/{stray.public_id}/",
    }


@pytest.mark.axe
def test_the_staffs_pages_are_open_to_everyone(open_page: Opener) -> None:
    findings: list[str] = []
    for name, path in staff_pages().items():
        findings += look_long(open_page(Role.BILLER, path), name)
    assert findings == []
