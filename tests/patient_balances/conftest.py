from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from apps.connectors.models import Connection, Transmission
from apps.core import clock
from apps.intake.models import Consent
from apps.ledger.selectors import ledger_faults
from apps.patient_balances.models import Message, PaymentLink, Reply
from apps.patient_balances.services import plan_messages
from apps.practice.models import Practice
from apps.practice.roles import Role
from tests.factories.connectors import (
    MailConnectionFactory,
    MessagingConnectionFactory,
    PaymentsConnectionFactory,
    TransmissionFactory,
)
from tests.factories.intake import ConsentFactory
from tests.factories.patient_balances import BalanceFactory, InboundMessageFactory, PaymentLinkFactory
from tests.factories.practice import PracticeFactory, VendorAgreementFactory
from tests.patient_balances import outside
from tests.patient_balances.browsing import SignIn
from tests.signing_in import browser_of


@pytest.fixture(autouse=True)
def world(settings: Settings, now: datetime) -> Iterator[outside.World]:
    """The outside, empty, with the stand-ins as the adapters that settings name."""
    fresh = outside.World(now)
    outside.WORLD.__dict__.update(fresh.__dict__)
    here = "tests.patient_balances.outside"
    settings.ADAPTERS = {
        **settings.ADAPTERS,
        "twilio": f"{here}.Phone",
        "smtp": f"{here}.Post",
        "stripe": f"{here}.Till",
    }
    cache.clear()
    yield outside.WORLD
    cache.clear()


@pytest.fixture
def practice(db: None) -> Practice:
    """A practice that may write: text, mail and cards connected, both message vendors with their agreement on record."""
    MessagingConnectionFactory(settings={"account_sid": "AC1", "auth_token": "secret", "from_number": "+15125550199"})
    MailConnectionFactory(settings={"from_address": "billing@practice.example.com"})
    PaymentsConnectionFactory(settings={"secret_key": "sk_test_1", "webhook_secret": "whsec_1"})
    VendorAgreementFactory(vendor="twilio")
    VendorAgreementFactory(vendor="smtp")
    practice: Practice = PracticeFactory()
    return practice


@pytest.fixture
def planned(practice: Practice, now: datetime) -> Message:
    """A text that is planned and due, of a patient who agreed to email too."""
    balance = BalanceFactory()
    ConsentFactory(patient=balance.patient)
    ConsentFactory(patient=balance.patient, channel=Consent.Channel.EMAIL, address=balance.patient.email)
    plan_messages(now=now)
    return Message.objects.get()


@pytest.fixture
def text_back(planned: Message, now: datetime) -> Reply:
    Message.objects.update(state=Message.State.CANCELLED)
    inbound = InboundMessageFactory(address=planned.address, pauses=False, at=now)
    return Reply.objects.create(inbound=inbound, channel="sms", address=planned.address, body="Help", due_at=now)


@pytest.fixture
def arrived() -> Callable[..., str]:
    """`arrived(payload, "messages")`: a verified webhook in the journal; its public id."""

    def store(payload: bytes, room: str = "messages", *, at: datetime | None = None) -> str:
        kind = Connection.Kind.MESSAGING if room == "messages" else Connection.Kind.PAYMENTS
        connection = Connection.objects.filter(kind=kind).order_by("pk").first()
        fields = {"at": at} if at else {}
        stored: Transmission = TransmissionFactory(
            payload=payload, kind=f"webhook.{room}", connection=connection, name="", **fields
        )
        return stored.public_id

    return store


@pytest.fixture
def frozen(settings: Settings, tmp_path: Path, now: datetime) -> None:
    """The clock stands at the tests' moment."""
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "now")
    clock.set_virtual(now)


@pytest.fixture
def link(db: None) -> PaymentLink:
    link: PaymentLink = PaymentLinkFactory()
    return link


@pytest.fixture
def sound_books(db: None) -> Iterator[None]:
    """The ledger is whole when the test ends."""
    yield
    assert ledger_faults() == []


@pytest.fixture
def browser() -> Client:
    """A browser under our referrer policy: its forms carry `Origin: null`."""
    return Client(enforce_csrf_checks=True, headers={"origin": "null"})


@pytest.fixture
def signed_in(db: None) -> SignIn:
    return browser_of


@pytest.fixture
def biller(signed_in: SignIn) -> Client:
    return signed_in(Role.BILLER)
