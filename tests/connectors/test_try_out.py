"""Each adapter asks for something that changes nothing, and says why it does not answer. Against stand-ins, as everywhere here."""

from pathlib import Path

import pytest
from pytest_django import Settings

from apps.connectors.adapters.csv_drop import CsvDropEhr
from apps.connectors.adapters.smtp_mail import SmtpMessaging
from apps.connectors.adapters.stripe_checkout import StripePayments
from apps.connectors.adapters.twilio_sms import TwilioMessaging
from apps.connectors.adapters.waystar import WaystarClearinghouse
from apps.connectors.adapters.waystar.errors import FolderError, SignInError
from apps.connectors.ports.errors import OutageError, RefusedError
from tests.connectors.scripted import Scripted
from tests.connectors.sftp_server import FolderServer
from tests.connectors.test_drchrono import adapter as drchrono
from tests.outside import Sandbox


def phone(server: Scripted) -> TwilioMessaging:
    return TwilioMessaging(
        {"account_sid": "AC1", "auth_token": "t", "base_url": server.url, "hosts": ["127.0.0.1"], "from_number": "+1"}
    )


def test_the_phone_service_is_asked_for_its_newest_messages_and_sends_none(server: Scripted) -> None:
    server.answer(200, b'{"messages": []}')
    phone(server).try_out()
    assert [method for method, _, _ in server.requests] == ["GET"]


def test_a_phone_service_that_refuses_the_token_says_so(server: Scripted) -> None:
    server.answer(401, b'{"code": 20003, "message": "Authenticate"}')
    with pytest.raises(RefusedError):
        phone(server).try_out()


def test_the_card_processor_is_asked_for_one_event(sandbox: Sandbox) -> None:
    StripePayments(sandbox.connection("cards")).try_out()
    with pytest.raises(RefusedError):
        StripePayments(sandbox.connection("cards", secret_key="sk_wrong")).try_out()


def test_the_ehr_is_asked_for_its_providers(sandbox: Sandbox) -> None:
    drchrono(sandbox).try_out()
    with pytest.raises((OutageError, RefusedError)):
        drchrono(sandbox, base_url=f"{sandbox.url}/nowhere").try_out()


def test_the_clearinghouse_is_signed_in_to_and_its_folders_are_looked_for(sftp: FolderServer) -> None:
    WaystarClearinghouse(sftp.settings()).try_out()
    with pytest.raises(FolderError, match="no folder elsewhere"):
        WaystarClearinghouse({**sftp.settings(), "download_folder": "elsewhere"}).try_out()
    with pytest.raises(SignInError):
        WaystarClearinghouse({**sftp.settings(), "sftp_password": "wrong"}).try_out()
    assert list((sftp.root / "upload").iterdir()) == []


def test_the_folder_of_charge_files_is_looked_for(tmp_path: Path) -> None:
    CsvDropEhr({"folder": str(tmp_path)}).try_out()
    with pytest.raises(RefusedError, match="does not exist"):
        CsvDropEhr({"folder": str(tmp_path / "gone")}).try_out()


def test_the_mail_server_is_reached_and_gets_no_mail(settings: Settings, mailoutbox: list[object]) -> None:
    mail = SmtpMessaging({"from_address": "a@practice.example.com"})
    mail.try_out()
    assert mailoutbox == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(OutageError):
        mail.try_out()
