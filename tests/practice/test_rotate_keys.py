"""manage.py rotate_keys: everything under the newest key, so that older ones can go."""

from datetime import datetime

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import models
from pytest_django import Settings

from apps.audit.models import AuditEvent
from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from apps.connectors.payloads import opened
from apps.core import key_rotation
from apps.core.encryption import EncryptedBytesField
from apps.core.key_rotation import Rotated, encrypted_columns, rotate_column
from apps.practice.roles import Role
from tests.factories.connectors import EhrConnectionFactory, TransmissionFactory
from tests.factories.practice import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def fresh(settings: Settings) -> str:
    """A new key in front of the old one, after something was written with the old one."""
    EhrConnectionFactory(settings={"client_id": "c-1"})
    for number in range(5):
        TransmissionFactory(payload=f"ISA*{number}".encode())
    UserFactory(role=Role.BILLER)
    key = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [key, *settings.FIELD_ENCRYPTION_KEYS]
    return key


def payloads() -> list[bytes]:
    return [bytes(row.payload) for row in Transmission.objects.order_by("pk")]


def test_the_new_key_alone_opens_everything(
    fresh: str, settings: Settings, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    before = payloads()
    call_command("rotate_keys")
    settings.FIELD_ENCRYPTION_KEYS = [fresh]
    assert payloads() == before
    assert Connection.objects.get().settings == {"client_id": "c-1"}
    secret = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert len(get_adapter().decrypt(secret)) >= 16
    said = capsys.readouterr().out.splitlines()
    assert "connectors.transmission.payload: 5 encrypted anew, 0 already" in said
    assert said[-1].endswith("the first key alone opens everything")
    event = AuditEvent.objects.get(action="rotate_keys")
    assert event.detail["rotated"]["connectors.connection.settings"] == 1


def test_the_frames_of_a_large_payload_are_rotated(
    settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("apps.connectors.payloads.FRAME", 10)
    stored, _ = journal.receive(b"ISA*in four frames, by its length~", kind="835", now=now)
    key = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [key, *settings.FIELD_ENCRYPTION_KEYS]
    call_command("rotate_keys")
    settings.FIELD_ENCRYPTION_KEYS = [key]
    assert payloads() == [b"ISA*in four frames, by its length~"]
    assert opened(stored).read() == payloads()[0]
    assert "connectors.transmissionframe.content: 3 encrypted anew, 0 already" in capsys.readouterr().out.splitlines()


def test_a_rotation_that_was_broken_off_goes_on_with_what_is_left(fresh: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_rotation, "CHUNK", 2)
    column = next(each for each in encrypted_columns() if each.model is Transmission)
    key_rotation.rotate_chunk(column, list(Transmission.objects.order_by("pk").values_list("pk", flat=True)[:2]))
    assert rotate_column(column) == Rotated("connectors.transmission.payload", rotated=3, current=2)
    assert rotate_column(column) == Rotated("connectors.transmission.payload", current=5)


def test_what_no_key_opens_is_counted_and_left_as_it_is(
    fresh: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = Fernet(Fernet.generate_key()).encrypt(b"ISA*lost")
    first = Transmission.objects.order_by("pk")[:1]
    Transmission.objects.filter(pk__in=first).update(payload=models.Value(lost, output_field=models.BinaryField()))
    with pytest.raises(SystemExit, match="1 open with no key of FIELD_ENCRYPTION_KEYS: add the key"):
        call_command("rotate_keys")
    assert "connectors.transmission.payload: 4 encrypted anew, 0 already, 1 unreadable" in capsys.readouterr().out


def test_every_encrypted_column_is_rotated() -> None:
    names = {column.name for column in encrypted_columns()}
    assert names == {
        "connectors.connection.settings",
        "connectors.transmission.payload",
        "connectors.transmissionframe.content",
        "patient_balances.paymentlink.sealed_token",
    }
    assert all(isinstance(each.model._meta.get_field(each.field), EncryptedBytesField) for each in encrypted_columns())
