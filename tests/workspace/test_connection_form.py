"""Connecting a system: a field for each setting, secrets that are written and never shown, and nothing lost that nobody wrote."""

import re
from datetime import datetime
from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.audit.models import AuditEvent
from apps.connectors import doors
from apps.connectors.models import Connection
from apps.connectors.registry import kinds, required_settings, setting_fields
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from apps.workspace.connections.forms import FORGET, SETTING, ConnectionForm
from tests.factories.connectors import ClearinghouseConnectionFactory, EhrConnectionFactory, PaymentsConnectionFactory
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
DRCHRONO = {
    "client_id": "c",
    "client_secret": "s3cr3t-words",
    "refresh_token": "r",
    "webhook_secret": "w",
    "time_zone": "America/Chicago",
}
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"


@pytest.fixture
def administrator(db: None) -> Client:
    return browser_of(Role.ADMINISTRATOR)


def typed(name: str = "Ours", *, enabled: bool = True, forget: str = "", **settings: str) -> dict[str, str]:
    told = {"name": name, **({"enabled": "on"} if enabled else {}), **({FORGET + forget: "on"} if forget else {})}
    return told | {SETTING + each: value for each, value in settings.items()}


def shown(client: Client, row: Connection) -> dict[str, str]:
    """What the form shows, as it goes back with what was typed."""
    page = client.get(reverse("settings:connection", args=[row.public_id])).content.decode()
    hidden = [
        dict(re.findall(r'(name|value)="([^"]*)"', each)) for each in re.findall(r'<input type="hidden"[^>]*>', page)
    ]
    return {each["name"]: each.get("value", "") for each in hidden if each["name"].startswith("initial-")}


def edit(client: Client, row: Connection, *, since: dict[str, str] | None = None, **told: str) -> str:
    """`since`: what the form showed, where that is older than now."""
    carried = shown(client, row) if since is None else since
    answer = client.post(reverse("settings:connection", args=[row.public_id]), carried | told, follow=True)
    row.refresh_from_db()
    text = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    return text


def test_every_adapter_asks_for_all_that_it_requires() -> None:
    assert set(kinds()) == {"drchrono", "csv_drop", "waystar", "stripe", "twilio", "smtp"}
    for adapter in kinds():
        asked = [each.name for each in setting_fields(adapter)]
        assert set(required_settings(adapter)) <= set(asked), adapter
        assert len(asked) == len(set(asked)), adapter


def test_an_adapter_that_names_no_fields_is_asked_for_what_it_requires_as_secrets(settings: Settings) -> None:
    settings.ADAPTERS = {"mute": "tests.workspace.test_connection_form.Mute"}
    assert [(each.name, each.secret) for each in setting_fields("mute")] == [("key", True)]
    assert setting_fields("gone") == ()


class Mute:
    required_settings = ("key",)


def test_a_system_is_chosen_and_connected(administrator: Client) -> None:
    chosen = administrator.get(reverse("settings:choose_system")).content.decode()
    assert chosen.index("EHR</h2>") < chosen.index("DrChrono</a>") < chosen.index("Clearinghouse</h2>")
    page = reverse("settings:connect", args=["drchrono"])
    assert 'value="DrChrono"' in administrator.get(page).content.decode()
    done = administrator.post(page, typed("Our EHR", **DRCHRONO), follow=True).content.decode()
    assert "Our EHR is saved. Test it to see whether it answers." in done
    row = Connection.objects.get()
    assert (row.name, row.kind, row.adapter, row.enabled, row.settings) == (
        "Our EHR",
        "ehr",
        "drchrono",
        True,
        DRCHRONO,
    )
    event = AuditEvent.objects.get(action="add_connection")
    assert (event.subject_public_id, event.detail["settings"]) == (row.public_id, sorted(DRCHRONO))
    assert "s3cr3t-words" not in str(event.detail)


def test_the_page_of_a_connection_says_how_it_stands_and_can_test_it(administrator: Client, now: datetime) -> None:
    row = EhrConnectionFactory(settings=DRCHRONO, last_failure="The EHR refused the key.", failed_at=now)
    shown = administrator.get(reverse("settings:connection", args=[row.public_id])).content.decode()
    assert "The EHR refused the key." in shown
    assert f'action="{reverse("settings:test_connection", args=[row.public_id])}"' in shown
    fresh = administrator.get(reverse("settings:connect", args=["drchrono"])).content.decode()
    assert "Last success" not in fresh


@pytest.mark.long
def test_a_secret_is_never_shown_and_stays_unless_it_is_written_anew(administrator: Client) -> None:
    row = EhrConnectionFactory(settings=DRCHRONO)
    shown = administrator.get(reverse("settings:connection", args=[row.public_id])).content.decode()
    assert "s3cr3t-words" not in shown
    assert 'value="America/Chicago"' in shown
    assert shown.count('placeholder="Stored. Empty: it stays as it is"') == 3
    edit(administrator, row, **typed(client_id="c", time_zone="America/Denver", client_secret=""))
    assert row.settings == DRCHRONO | {"time_zone": "America/Denver"}
    edit(administrator, row, **typed(client_id="c", time_zone="America/Denver", client_secret="others"))
    assert row.settings["client_secret"] == "others"
    details = AuditEvent.objects.filter(action="change_connection").order_by("pk").values_list("detail", flat=True)
    assert [each["settings"] for each in details] == [["time_zone"], ["client_secret"]]
    assert "others" not in str(list(details))


def test_what_no_field_asks_for_stays_and_what_a_token_was_made_of_takes_it_along(administrator: Client) -> None:
    made = {"base_url": "http://127.0.0.1:1", "access_token": "old", "access_token_until": 9}
    row = EhrConnectionFactory(settings=DRCHRONO | made)
    same = {"client_id": "c", "time_zone": "America/Chicago"}
    edit(administrator, row, **typed("Renamed", **same))
    assert (row.name, row.settings) == ("Renamed", DRCHRONO | made)
    edit(administrator, row, **typed("Renamed", **same, refresh_token="new"))
    assert row.settings == DRCHRONO | {"refresh_token": "new", "base_url": "http://127.0.0.1:1"}


def test_a_token_that_was_renewed_while_the_form_stood_is_not_written_back(administrator: Client) -> None:
    row = EhrConnectionFactory(settings=DRCHRONO)
    stale = ConnectionForm(
        QueryDict(f"name=Late&enabled=on&{SETTING}client_id=c&{SETTING}time_zone=America/Chicago"), instance=row
    )
    assert stale.is_valid()
    Connection.objects.update(settings=DRCHRONO | {"refresh_token": "renewed"})
    edit(administrator, row, **typed("Late", client_id="c", time_zone="America/Chicago"))
    assert row.settings["refresh_token"] == "renewed"
    assert "refresh_token" not in stale.written()


def test_two_who_save_one_connection_undo_nothing_of_each_other_unseen(administrator: Client) -> None:
    row = EhrConnectionFactory(name="Ours", settings=DRCHRONO)
    since = shown(administrator, row)
    edit(administrator, row, **typed("Practice EHR", client_id="c", time_zone="America/Denver", enabled=False))
    edit(administrator, row, since=since, **typed("Ours", client_id="other", time_zone="America/Chicago"))
    assert (row.name, row.enabled) == ("Practice EHR", False)
    assert row.settings == DRCHRONO | {"client_id": "other", "time_zone": "America/Denver"}
    mine = typed("Mine", client_id="other", time_zone="America/New_York")
    refused = edit(administrator, row, since=since, **mine)
    assert unescape(refused).count("Somebody else changed this meanwhile.") == 2
    assert "It is “America/Denver” now." in unescape(refused)
    assert (row.name, row.settings["time_zone"]) == ("Practice EHR", "America/Denver")
    again = dict(re.findall(r'<input type="hidden" name="(initial-[^"]*)" value="([^"]*)"', refused))
    edit(administrator, row, since=since | again, **mine)
    assert (row.name, row.enabled, row.settings["time_zone"]) == ("Mine", False, "America/New_York")


def test_whoever_saves_a_connection_opens_a_door_that_was_refused(administrator: Client, now: datetime) -> None:
    row = EhrConnectionFactory(settings=DRCHRONO)
    doors.close(row, now=now)
    assert doors.is_closed(row, now=now)
    edit(administrator, row, **typed(client_id="c", time_zone="America/Chicago", client_secret="right"))
    assert not doors.is_closed(row, now=now)
    assert WorkItem.objects.get().state == WorkItem.State.WITHDRAWN


def test_an_emptied_field_and_a_forgotten_secret_are_gone(administrator: Client) -> None:
    stored = {"sftp_user": "u", "sftp_password": "p", "sftp_host_key": HOST_KEY, "sftp_port": 2222}
    row = ClearinghouseConnectionFactory(
        settings=stored | {"eligibility_user": "e", "eligibility_password": "q", "sftp_host": "sshftp.waystar.com"}
    )
    kept = {"sftp_user": "u", "sftp_host_key": HOST_KEY, "sftp_port": "2222", "sftp_host": ""}
    refused = edit(administrator, row, **typed(**kept, eligibility_user=""))
    assert "“Eligibility user name” and “Eligibility password”, or neither" in refused
    assert row.settings["eligibility_password"] == "q"
    edit(administrator, row, **typed(**kept, eligibility_user="", forget="eligibility_password"))
    assert row.settings == stored


def test_a_connection_that_could_not_work_names_what_it_lacks_unless_it_is_off(administrator: Client) -> None:
    page = reverse("settings:connect", args=["stripe"])
    refused = administrator.post(page, typed(secret_key="sk_1"))
    assert refused.status_code == 422
    text = refused.content.decode()
    assert text.count("Nothing passes without it.") == 1
    assert "sk_1" not in text
    assert not Connection.objects.exists()
    assert administrator.post(page, typed(secret_key="sk_1", enabled=False)).status_code == 302
    assert Connection.objects.get().settings == {"secret_key": "sk_1"}


def test_a_name_is_one_connections(administrator: Client) -> None:
    PaymentsConnectionFactory(name="Stripe")
    page = reverse("settings:connect", args=["stripe"])
    assert 'name="name" value=' not in administrator.get(page).content.decode()
    refused = administrator.post(page, typed("Stripe", secret_key="sk_1", webhook_secret="w"))
    assert (refused.status_code, Connection.objects.count()) == (422, 1)
    assert "already exists" in refused.content.decode()


def test_a_number_is_a_number(administrator: Client) -> None:
    row = EhrConnectionFactory(adapter="csv_drop", settings={"folder": "/srv/charges"})
    assert "Enter a whole number." in edit(administrator, row, **typed(folder="/srv/charges", settled_seconds="soon"))
    edit(administrator, row, **typed(folder="/srv/charges", settled_seconds="0"))
    assert row.settings == {"folder": "/srv/charges", "settled_seconds": 0}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"sftp_host": "files.elsewhere.example"}, "files.elsewhere.example is not among the hosts"),
        ({"sftp_port": "70000"}, "“SFTP port” is a number from 1 to 65535."),
        ({"sftp_port": "0"}, "“SFTP port” is a number from 1 to 65535."),
    ],
)
def test_an_address_that_could_never_be_reached_is_not_kept(
    administrator: Client, wrong: dict[str, str], told: str
) -> None:
    stored = {"sftp_user": "u", "sftp_password": "p", "sftp_host_key": HOST_KEY}
    row = ClearinghouseConnectionFactory(settings=stored)
    text = edit(administrator, row, **typed(sftp_user="u", sftp_host_key=HOST_KEY, **wrong))
    assert told in text
    assert row.settings == stored
