import smtplib
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from pytest_django import Settings

from apps.connectors.adapters.smtp_mail import SmtpMessaging
from apps.connectors.adapters.smtp_mail.errors import UnencryptedError, while_opening, while_sending
from apps.connectors.ports.errors import (
    AddressRefusedError,
    InvalidSignatureError,
    OutageError,
    RefusedError,
    SignInRefusedError,
    UncertainError,
)
from apps.connectors.ports.webhooks import WebhookDelivery

ADAPTER = SmtpMessaging({"from_address": "Pecan Row <billing@practice.example.com>"})


def send() -> str:
    return ADAPTER.send(
        to="ada@mail.example.com", subject="A message", body="You have a balance.", reference="m1", status_url=""
    )


def test_a_mail_carries_our_reference_as_its_message_id() -> None:
    assert send() == "<m1@practice.example.com>"
    sent = mail.outbox[0]
    assert (sent.to, sent.subject, sent.body) == (["ada@mail.example.com"], "A message", "You have a balance.")
    assert sent.message()["Message-ID"] == "<m1@practice.example.com>"


def test_production_sends_encrypted_or_not_at_all(settings: Settings) -> None:
    settings.DEMO_MODE = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    with pytest.raises(UnencryptedError):
        send()


def test_a_mail_server_that_is_away_has_taken_nothing(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(OutageError):
        send()


def test_a_failure_while_sending_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: EmailMessage, *_args: object) -> int:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(EmailMessage, "send", fail)
    with pytest.raises(UncertainError):
        send()


@pytest.mark.parametrize(
    ("failure", "problem"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no such user")}), AddressRefusedError),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"busy")}), OutageError),
        (smtplib.SMTPDataError(451, b"later"), OutageError),
        (smtplib.SMTPDataError(554, b"spam"), RefusedError),
        (smtplib.SMTPSenderRefused(550, b"no", "a"), RefusedError),
        (smtplib.SMTPServerDisconnected(), UncertainError),
        (TimeoutError(), UncertainError),
    ],
)
def test_what_the_server_says_tells_whether_the_mail_left(failure: Exception, problem: type[Exception]) -> None:
    assert type(while_sending(failure)) is problem


def test_a_refused_sign_in_is_not_an_outage() -> None:
    assert type(while_opening(smtplib.SMTPAuthenticationError(535, b"no"))) is SignInRefusedError
    assert type(while_opening(smtplib.SMTPAuthenticationError(454, b"later"))) is OutageError
    assert type(while_opening(ConnectionRefusedError())) is OutageError


def test_a_mail_server_cannot_be_asked_and_sends_no_webhooks() -> None:
    assert not ADAPTER.capabilities.can_be_asked
    with pytest.raises(RefusedError):
        ADAPTER.find(to="a", body="b", since=datetime(2026, 9, 16, tzinfo=UTC), others=())
    with pytest.raises(InvalidSignatureError):
        ADAPTER.verify_event(WebhookDelivery("", {}, b""))
    with pytest.raises(RefusedError):
        ADAPTER.parse_event(WebhookDelivery("", {}, b""))
