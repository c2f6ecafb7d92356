"""The demo practice, as the sandbox tells of it."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import validate_totp_code
from django.test import Client
from pytest_django import Settings

from apps.automations.demo import NotInDemoModeError, code_edits, load_demo, people_lines
from apps.claims.models import CodePair, PairReason, UnitLimit
from apps.connectors import registry
from apps.connectors.models import Connection
from apps.connectors.ports.ehr import EhrCapabilities
from apps.core.models import User
from apps.intake.models import ColumnMapping, Encounter
from apps.intake.services import import_charge_file
from apps.practice.models import (
    FeeScheduleLine,
    Location,
    Membership,
    Payer,
    PayerChannel,
    PayerDeadline,
    Practice,
    Provider,
    TelehealthPolicy,
    VendorAgreement,
)
from apps.practice.roles import Role
from apps.practice.selectors.payer_channels import Transaction, channels
from tests.outside import Sandbox, sandbox

__all__ = ["sandbox"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


def test_the_demo_practice_is_loaded_once(sandbox: Sandbox, now: datetime) -> None:
    load_demo(sandbox.facts, now=now)
    load_demo(sandbox.facts, now=now)
    assert Practice.objects.get().messaging_name == "Pecan Row"
    assert (Location.objects.count(), Provider.objects.count(), Payer.objects.count()) == (3, 4, 8)
    assert FeeScheduleLine.objects.count() == 8 * len(sandbox.facts["fee_schedule"])
    assert Connection.objects.count() == 6
    assert VendorAgreement.objects.filter(vendor="twilio").exists()
    assert not VendorAgreement.objects.filter(vendor="stripe").exists()


def test_where_nobody_signs_in_work_has_owners_and_nobody_a_password(
    sandbox: Sandbox, now: datetime, folder: Path
) -> None:
    for _ in range(2):
        load_demo(sandbox.facts, now=now, signs_in=False)
    people = list(User.objects.all())
    assert {person.membership.role for person in people} == set(Role)
    assert not any(person.has_usable_password() for person in people)
    assert not (folder / "demo-users.json").exists()
    load_demo(sandbox.facts, now=now)
    assert all(person.has_usable_password() for person in User.objects.all())
    assert User.objects.count() == len(people) == len(people_lines())


def test_some_payers_have_appeal_deadlines_with_a_source_and_others_deliberately_none(
    sandbox: Sandbox, now: datetime
) -> None:
    load_demo(sandbox.facts, now=now)
    appeals = PayerDeadline.objects.filter(kind=PayerDeadline.Kind.APPEAL_1)
    assert 0 < appeals.values("payer").distinct().count() < 8
    assert not PayerDeadline.objects.filter(source="").exists()


def test_the_demos_payers_have_channels_that_are_open_and_a_few_things_to_do(sandbox: Sandbox, now: datetime) -> None:
    load_demo(sandbox.facts, now=now)
    payers, on = list(Payer.objects.all()), now.date()
    for transaction in (Transaction.CLAIMS, Transaction.ELIGIBILITY, Transaction.REMITTANCE):
        assert all(each.is_open for each in channels(payers, transaction, clearinghouse="waystar", on=on).values())
    waiting = PayerChannel.objects.exclude(enrollment__in=("active", "not_needed"))
    assert set(waiting.values_list("transaction", flat=True)) == {"EFT"}
    two = PayerDeadline.objects.filter(payer__claims_id="CPRK3", kind="appeal_1").order_by("days")
    assert list(two.values_list("days", flat=True)) == [60, 90]
    assert TelehealthPolicy.objects.get(payer__claims_id="FSPB5").takes_98000 is False


def test_the_demos_scrubber_has_a_few_pairs_and_limits_and_never_adds_to_tables_that_were_taken_in(
    sandbox: Sandbox, now: datetime
) -> None:
    load_demo(sandbox.facts, now=now)
    assert set(PairReason.objects.values_list("text", flat=True)) == {code_edits.SOURCE}
    assert (CodePair.objects.count(), UnitLimit.objects.count()) == (len(code_edits.PAIRS), len(code_edits.LIMITS))
    CodePair.objects.exclude(column_1="20610").delete()
    code_edits.create(begins=date(2020, 1, 1))
    assert (CodePair.objects.count(), UnitLimit.objects.count()) == (1, len(code_edits.LIMITS))


@pytest.mark.long
def test_what_people_change_is_theirs_and_connections_follow_the_sandbox(sandbox: Sandbox, now: datetime) -> None:
    load_demo(sandbox.facts, now=now)
    Payer.objects.filter(claims_id="LPHP1").update(phone="+18005550199")
    Connection.objects.filter(name="Twilio").update(enabled=False)
    moved = json.loads(json.dumps(sandbox.facts).replace(sandbox.url, "http://127.0.0.1:9999"))
    load_demo(moved, now=now)
    assert Payer.objects.get(claims_id="LPHP1").phone == "+18005550199"
    assert Connection.objects.get(name="Stripe").settings["base_url"] == "http://127.0.0.1:9999/stripe"
    assert not Connection.objects.get(name="Twilio").enabled


def test_a_second_start_keeps_the_settings_that_an_operator_changed(sandbox: Sandbox, now: datetime) -> None:
    load_demo(sandbox.facts, now=now)
    changed = {
        "DrChrono": {"place_of_service": "22"},
        "Waystar": {"customer_id": "C-77", "sftp_password": "another pass phrase"},
        "Mail": {"from_address": "Front desk <desk@pecanrow.example.com>"},
        "Lakeway charge files": {"mapping": "satellite", "folder": "/srv/charges", "settled_seconds": 90},
        "Stripe": {"base_url": "https://api.stripe.com", "hosts": ["api.stripe.com"]},
    }
    for name, settings in changed.items():
        row = Connection.objects.get(name=name)
        row.settings |= settings
        row.save()
    moved = json.loads(json.dumps(sandbox.facts).replace(sandbox.url, "http://127.0.0.1:9999"))
    load_demo(moved, now=now)
    for name, settings in changed.items():
        kept = Connection.objects.get(name=name).settings
        assert {key: kept[key] for key in settings} == settings
    assert Connection.objects.get(name="DrChrono").settings["base_url"].startswith("http://127.0.0.1:9999")


def test_an_adapter_that_was_exchanged_is_left_alone(sandbox: Sandbox, now: datetime) -> None:
    load_demo(sandbox.facts, now=now)
    Connection.objects.filter(name="DrChrono").update(adapter="csv_drop", settings={"folder": "/srv/charges"})
    load_demo(sandbox.facts, now=now)
    row = Connection.objects.get(name="DrChrono")
    assert (row.adapter, row.settings) == ("csv_drop", {"folder": "/srv/charges"})


def test_each_role_has_a_log_in_whose_lines_tell_the_truth(sandbox: Sandbox, now: datetime, folder: Path) -> None:
    load_demo(sandbox.facts, now=now)
    assert (folder / "demo-users.json").stat().st_mode & 0o777 == 0o600
    people = json.loads((folder / "demo-users.json").read_text())
    assert {person["role"] for person in people} == {"administrator", "biller", "coder", "front_desk"}
    for person, line in zip(people, people_lines(), strict=True):
        user = User.objects.get(email=person["email"])
        assert user.check_password(person["password"])
        assert Membership.objects.get(user=user).role == person["role"]
        assert all(person[name] in line for name in ("email", "password", "totp_secret"))
        assert validate_totp_code(person["totp_secret"], line[-7:-1])


def test_a_demo_log_in_signs_in_with_its_second_factor(sandbox: Sandbox, now: datetime, folder: Path) -> None:
    load_demo(sandbox.facts, now=now)
    person = json.loads((folder / "demo-users.json").read_text())[1]
    browser = Client()
    first = browser.post("/account/login/", {"login": person["email"], "password": person["password"]})
    assert first.status_code == 302
    code = people_lines()[1][-7:-1]
    second = browser.post(first["location"], {"code": code})
    assert second.status_code == 302
    assert browser.session["_auth_user_id"] == str(User.objects.get(email=person["email"]).pk)


def test_lost_log_ins_are_made_anew(sandbox: Sandbox, now: datetime, folder: Path) -> None:
    load_demo(sandbox.facts, now=now)
    (folder / "demo-users.json").unlink()
    load_demo(sandbox.facts, now=now)
    person = json.loads((folder / "demo-users.json").read_text())[0]
    assert User.objects.get(email=person["email"]).check_password(person["password"])
    assert User.objects.count() == 4


def test_production_refuses_the_demo(settings: Settings, sandbox: Sandbox, now: datetime) -> None:
    settings.DEMO_MODE = False
    with pytest.raises(NotInDemoModeError):
        load_demo(sandbox.facts, now=now)
    assert not Practice.objects.exists()


def test_every_demo_connection_has_its_adapter(sandbox: Sandbox, now: datetime) -> None:
    load_demo(sandbox.facts, now=now)
    assert registry.connection_of(Connection.Kind.EHR).adapter == "drchrono"
    assert registry.messaging_connection("sms").adapter == "twilio"
    assert registry.messaging_connection("email").adapter == "smtp"
    files = registry.ehr(Connection.objects.get(adapter="csv_drop"), now=now).capabilities
    assert isinstance(files, EhrCapabilities)
    assert files.drops_files


def test_the_satellite_offices_file_comes_in_whole(sandbox: Sandbox, now: datetime) -> None:
    load_demo(sandbox.facts, now=now)
    payload = sandbox.charge_file("2026-09-15")
    imported = import_charge_file(
        payload=payload, name="satellite.csv", mapping=ColumnMapping.objects.get(name="satellite"), now=now
    )
    assert imported.problems == ()
    assert imported.new > 0
    assert not Provider.objects.filter(confirmed=False).exists()
    assert not Payer.objects.filter(confirmed=False).exists()
    assert {row.location and row.location.name for row in Encounter.objects.all()} == {"Pecan Row Lakeway"}
