"""The back office: few tables, administrators only, every change a row of the trail."""

import json
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.connectors.models import Connection
from apps.core.models import User
from apps.practice.models import Payer, Practice
from apps.practice.roles import Role
from tests.factories.connectors import EhrConnectionFactory
from tests.factories.practice import PayerFactory, ProviderFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
KEPT = {
    "practice.practice",
    "practice.authorizationrequirement",
    "practice.location",
    "practice.provider",
    "practice.payer",
    "intake.columnmapping",
    "remittances.bankaccount",
    "claims.codefact",
    "claims.drugnumberpolicy",
    "connectors.connection",
}
HOME = reverse("admin:index")


@pytest.fixture
def boss(client: Client) -> Client:
    sign_in(client, Role.ADMINISTRATOR)
    return client


def test_it_holds_settings_and_nothing_of_the_money_the_trail_or_the_journal() -> None:
    assert {model._meta.label_lower for model in admin.site._registry} == KEPT


@pytest.mark.parametrize("role", [Role.BILLER, Role.CODER, Role.FRONT_DESK, None])
def test_it_opens_for_administrators_only(client: Client, role: Role | None) -> None:
    sign_in(client, role)
    for page in (HOME, reverse("admin:practice_payer_changelist")):
        answer = client.get(page)
        assert answer.status_code == 403
        assert "Your role may not open this" in answer.content.decode()


def test_who_has_not_signed_in_is_sent_to_the_log_in_and_then_back(client: Client) -> None:
    answer = client.get(HOME, follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse('account_login')}?next={quote(HOME, safe='')}"
    assert answer.status_code == 200


def test_djangos_own_flags_open_nothing(client: Client) -> None:
    user = UserFactory(role=Role.BILLER)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    client.force_login(user)
    assert client.get(HOME).status_code == 403


@pytest.mark.parametrize(
    ("page", "heading"),
    [
        ("admin:index", "Back office"),
        ("admin:practice_location_changelist", "Locations"),
        ("admin:practice_provider_changelist", "Providers"),
        ("admin:claims_drugnumberpolicy_changelist", "Drug number policies"),
    ],
)
def test_a_page_is_headed_by_the_words_of_the_link_that_leads_there(boss: Client, page: str, heading: str) -> None:
    told = boss.get(reverse(page)).content.decode()
    assert f"<h1>{heading}</h1>" in told
    assert f"<title>{heading} | Throughline</title>" in told


@pytest.mark.parametrize("name", sorted(KEPT))
def test_each_list_and_form_opens_and_nothing_is_deleted(boss: Client, name: str) -> None:
    ProviderFactory()
    PayerFactory()
    EhrConnectionFactory()
    assert boss.get(HOME).status_code == 200
    page = f"admin:{name.replace('.', '_')}"
    assert boss.get(reverse(f"{page}_changelist")).status_code == 200
    model = next(model for model in admin.site._registry if model._meta.label_lower == name)
    row = model._default_manager.first()
    if row is not None:
        assert boss.get(reverse(f"{page}_change", args=[row.pk])).status_code == 200
        assert boss.post(reverse(f"{page}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_a_change_is_a_row_of_the_trail_with_the_names_of_what_changed(boss: Client) -> None:
    practice = Practice.objects.get()
    names = [field.name for field in Practice._meta.fields if field.editable and field.name != "id"]
    typed = {name: value for name in names if (value := getattr(practice, name)) is not None}
    typed |= {"phone": "+15125550199"}
    address = reverse("admin:practice_practice_change", args=[practice.pk])
    assert boss.post(address, typed).status_code == 302
    event = AuditEvent.objects.get(action="change_setting")
    assert (event.subject_kind, event.detail) == ("practice", {"fields": ["phone"]})
    assert event.actor is not None


def test_of_a_payer_the_back_office_keeps_the_fees_and_nothing_that_its_own_page_checks(boss: Client) -> None:
    payer, name = PayerFactory(), Payer.objects.get().name
    address = reverse("admin:practice_payer_change", args=[payer.pk])
    shown = boss.get(address).content.decode()
    assert 'name="fee_schedule-TOTAL_FORMS"' in shown
    for other in ("channels", "deadlines", "provider_enrollments", "telehealth_policies"):
        assert f'name="{other}-TOTAL_FORMS"' not in shown
    fee = {"procedure": "99213", "allowed": "92.00", "effective_on": "2026-01-01", "source": "Agreement, exhibit A"}
    typed = {f"fee_schedule-0-{field}": value for field, value in fee.items()}
    typed |= {"fee_schedule-TOTAL_FORMS": "1", "fee_schedule-INITIAL_FORMS": "0", "name": "Another name"}
    typed |= {"deadlines-TOTAL_FORMS": "1", "deadlines-INITIAL_FORMS": "0", "deadlines-0-days": "0"}
    assert boss.post(address, typed).status_code == 302
    payer.refresh_from_db()
    assert (payer.name, payer.deadlines.count(), payer.fee_schedule.count()) == (name, 0, 1)
    kinds = AuditEvent.objects.filter(action="add_setting").values_list("subject_kind", flat=True)
    assert list(kinds) == ["feescheduleline"]
    assert boss.get(reverse("admin:practice_payer_add")).status_code == 403


NEEDED: dict[str, dict[str, str]] = {
    "drchrono": {
        "client_id": "c",
        "client_secret": "s",
        "refresh_token": "r",
        "webhook_secret": "w",
        "time_zone": "America/Chicago",
    },
    "csv_drop": {},
    "waystar": {
        "sftp_user": "u",
        "sftp_password": "p",
        "sftp_host_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
        "eligibility_user": "e",
        "eligibility_password": "q",
    },
    "stripe": {"secret_key": "sk", "webhook_secret": "wh"},
    "twilio": {"account_sid": "AC1", "auth_token": "t", "from_number": "+13125550100"},
    "smtp": {"from_address": "billing@practice.example"},
}


def test_a_connections_secrets_are_never_shown_and_stay_unless_written_anew(boss: Client) -> None:
    row = EhrConnectionFactory(settings=NEEDED["drchrono"] | {"client_secret": "s3cr3t-words"})
    address = reverse("admin:connectors_connection_change", args=[row.pk])
    shown = boss.get(address).content.decode()
    assert "s3cr3t-words" not in shown
    told = NEEDED["drchrono"] | {"client_secret": "••••", "time_zone": "America/Denver"}
    assert boss.post(address, {"name": row.name, "enabled": "on", "told": json.dumps(told)}).status_code == 302
    kept = Connection.objects.get().settings
    assert kept == told | {"client_secret": "s3cr3t-words"}
    told |= {"client_secret": "other words"}
    boss.post(address, {"name": row.name, "enabled": "on", "told": json.dumps(told)})
    assert Connection.objects.get().settings["client_secret"] == "other words"
    assert "s3cr3t-words" not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


def _typed(adapter: str, told: dict[str, str]) -> dict[str, str]:
    return {"name": "Ours", "adapter": adapter, "enabled": "on", "told": json.dumps(told)}


@pytest.mark.parametrize(
    ("adapter", "kind"),
    [
        ("drchrono", "ehr"),
        ("csv_drop", "ehr"),
        ("waystar", "clearinghouse"),
        ("stripe", "payments"),
        ("twilio", "messaging"),
        ("smtp", "messaging"),
    ],
)
def test_a_connection_is_added_with_the_kind_of_its_adapter(boss: Client, adapter: str, kind: str) -> None:
    told = NEEDED[adapter]
    assert boss.post(reverse("admin:connectors_connection_add"), _typed(adapter, told)).status_code == 302
    row = Connection.objects.get()
    assert (row.name, row.adapter, row.kind, row.settings, row.enabled) == ("Ours", adapter, kind, told, True)


@pytest.mark.parametrize(
    ("adapter", "change", "says"),
    [
        ("drchrono", {"time_zone": "", "refresh_token": ""}, "Write refresh_token, time_zone: drchrono cannot work"),
        ("waystar", {"sftp_host_key": "not a key"}, "SFTP host key, sftp_host_key (one line"),
        ("waystar", {"eligibility_password": ""}, "Write both eligibility_user and eligibility_password, or neither"),
        ("drchrono", {"time_zone": "Central"}, "The time zone Central is unknown: write time_zone as America/Chicago"),
        ("waystar", {"sftp_host_key": ""}, "Write sftp_host_key: waystar cannot work without."),
        ("stripe", {"webhook_secret": ""}, "Write webhook_secret: stripe cannot work without."),
        ("twilio", {"from_number": ""}, "Write from_number or messaging_service_sid"),
        ("smtp", {"from_address": ""}, "Write from_address: smtp cannot work without."),
    ],
)
def test_a_connection_that_could_not_work_is_refused_and_what_it_lacks_is_named(
    boss: Client, adapter: str, change: dict[str, str], says: str
) -> None:
    typed = _typed(adapter, NEEDED[adapter] | change)
    assert says in boss.post(reverse("admin:connectors_connection_add"), typed).content.decode()
    assert not Connection.objects.exists()


def test_a_clearinghouse_for_claims_only_needs_no_log_in_for_eligibility(boss: Client) -> None:
    told = {name: value for name, value in NEEDED["waystar"].items() if not name.startswith("eligibility")}
    assert boss.post(reverse("admin:connectors_connection_add"), _typed("waystar", told)).status_code == 302
    assert Connection.objects.get().settings == told


def test_a_connection_may_be_prepared_while_it_is_switched_off(boss: Client) -> None:
    typed = _typed("stripe", {})
    del typed["enabled"]
    assert boss.post(reverse("admin:connectors_connection_add"), typed).status_code == 302
    assert not Connection.objects.get().enabled


def test_a_connection_whose_adapter_was_taken_away_cannot_be_kept_on(boss: Client) -> None:
    row = EhrConnectionFactory(adapter="gone")
    typed = {"name": row.name, "enabled": "on", "told": "{}"}
    shown = boss.post(reverse("admin:connectors_connection_change", args=[row.pk]), typed).content.decode()
    assert "The adapter gone is not part of this installation." in shown


def test_the_credentials_of_a_new_connection_are_stored_audited_by_name_and_not_shown_again(boss: Client) -> None:
    boss.post(
        reverse("admin:connectors_connection_add"), _typed("stripe", NEEDED["stripe"] | {"secret_key": "sk-s3cr3t"})
    )
    row = Connection.objects.get()
    assert row.settings == {"secret_key": "sk-s3cr3t", "webhook_secret": "wh"}
    event = AuditEvent.objects.get(action="add_setting")
    assert (event.subject_kind, event.subject_public_id) == ("connection", row.public_id)
    assert event.detail == {"fields": ["name", "adapter", "told"]}
    assert "sk-s3cr3t" not in boss.get(reverse("admin:connectors_connection_change", args=[row.pk])).content.decode()


def test_only_adapters_of_this_installation_are_offered_and_a_connection_keeps_its_own(boss: Client) -> None:
    add = reverse("admin:connectors_connection_add")
    assert "Select a valid choice" in boss.post(add, _typed("another", {})).content.decode()
    assert not Connection.objects.exists()
    row = EhrConnectionFactory()
    typed = _typed("waystar", NEEDED["drchrono"]) | {"kind": "payments"}
    assert boss.post(reverse("admin:connectors_connection_change", args=[row.pk]), typed).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.adapter, row.kind) == ("Ours", "drchrono", "ehr")


def test_the_page_for_a_new_connection_groups_the_adapters_by_kind(boss: Client) -> None:
    shown = boss.get(reverse("admin:connectors_connection_add")).content.decode()
    assert '<optgroup label="Clearinghouse">' in shown
    assert "last_failure" not in shown


def test_settings_that_are_no_object_are_refused(boss: Client) -> None:
    typed = _typed("waystar", {}) | {"told": "[]"}
    shown = boss.post(reverse("admin:connectors_connection_add"), typed).content.decode()
    assert "Write the settings as one object" in shown
