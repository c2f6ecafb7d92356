"""Settings, Payers: the list with what each lacks, one payer's page, its forms; an administrator writes, others read."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.services import scrub_claims
from apps.practice.models import Payer, PayerChannel, PayerDeadline, ProviderEnrollment, TelehealthPolicy
from apps.practice.roles import Role
from tests.claims.pages import page
from tests.factories.claims import ClaimFactory
from tests.factories.connectors import ConnectionFactory
from tests.factories.practice import (
    PayerChannelFactory,
    PayerDeadlineFactory,
    PayerFactory,
    PracticeFactory,
    ProviderEnrollmentFactory,
    ProviderFactory,
    TelehealthPolicyFactory,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
LIST = "settings:payers"


@pytest.fixture
def administrator(signed_in: SignIn) -> Client:
    return signed_in(Role.ADMINISTRATOR)


def complete(**fields: Any) -> Payer:
    payer: Payer = PayerFactory(**fields)
    PayerDeadlineFactory(payer=payer, kind="filing", counted_from="service")
    PayerDeadlineFactory(payer=payer, kind="appeal_1")
    return payer


def named(text: str, *names: str) -> list[str]:
    return [name for name in names if f">{name}</a>" in text]


# ------------------------------------------------------------------ the list


def test_the_empty_list_says_where_payers_come_from(biller: Client) -> None:
    assert "No payers yet" in page(biller, LIST)


@pytest.mark.long
def test_each_filter_shows_those_that_lack_something(biller: Client, now: datetime) -> None:
    PracticeFactory()
    complete(name="Whole")
    complete(name="Fresh", confirmed=False)
    PayerFactory(name="Bare")
    complete(name="Queued")
    PayerChannelFactory(payer=Payer.objects.get(name="Queued"), enrollment="to_do", clearinghouse="elsewhere")
    old = complete(name="Old")
    PayerDeadline.objects.filter(payer=old).update(verified_on=date(2024, 1, 1))
    claim = ClaimFactory(encounter__coverage__payer=complete(name="Holding"))
    ProviderEnrollmentFactory(payer=claim.payer)
    ProviderEnrollmentFactory(provider=claim.provider)
    scrub_claims(now=now)
    names = ("Whole", "Fresh", "Bare", "Queued", "Old", "Holding")
    assert named(page(biller, LIST), *names) == list(names)
    for show, name in {
        "unconfirmed": "Fresh",
        "deadline": "Bare",
        "enrollment": "Queued",
        "stale": "Old",
        "waiting": "Holding",
    }.items():
        assert named(page(biller, LIST, query=f"?show={show}"), *names) == [name]
    assert "No payer fits this filter" in page(biller, LIST, query="?show=stale&q=Whole")


@pytest.mark.parametrize("words", ["whol", "WH001", "WS777", "1888"])
def test_a_payer_is_found_by_its_name_and_by_any_id(biller: Client, words: str) -> None:
    PayerChannelFactory(payer=complete(name="Whole", claims_id="WH001", remittance_ids="1888"), identifier="WS777")
    complete(name="Other")
    assert named(page(biller, LIST, query=f"?q={words}"), "Whole", "Other") == ["Whole"]


def test_the_list_costs_the_same_whatever_the_number(
    biller: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for _ in range(2):
        PayerChannelFactory(payer=complete())
    page(biller, LIST)
    for size in (0, 6):
        for _ in range(size):
            PayerChannelFactory(payer=complete())
        with django_assert_max_num_queries(14):
            page(biller, LIST)


# ------------------------------------------------------------------ one payer


def test_a_payer_shows_ids_deadlines_enrollments_and_what_is_not_configured(biller: Client) -> None:
    payer = PayerFactory(
        name="Lone Prairie", remittance_ids="LP1 1888", member_id_pattern="LP[0-9]{9}", confirmed=False
    )
    PayerChannelFactory(payer=payer, identifier="WS837", enrollment="active", enrollment_on=date(2026, 2, 1))
    PayerDeadlineFactory(payer=payer, kind="filing", days=95, counted_from="service", verified_on=date(2024, 1, 1))
    PayerDeadlineFactory(payer=payer, kind="filing", days=90, counted_from="service", source="Web page")
    ProviderEnrollmentFactory(payer=payer, provider__last_name="Quintero", ends_on=date(2026, 3, 1))
    TelehealthPolicyFactory(payer=payer, video_modifier="95")
    text = page(biller, "settings:payer", payer.public_id)
    for words in (
        "Waystar",
        "Usually LP1, 1888",
        "WS837",
        "enrollment active since Feb 1, 2026",
        "The earlier counts",
        "Over a year ago",
        "Not configured",
        "Marisol Quintero",
        "Ended",
        "Places 02, 10; video 95; audio only not stated; 98000 to 98015 not stated",
        "LP[0-9]{9}",
        "Is this the payer that it seems to be?",
    ):
        assert words in text
    assert text.index("<b>90 days</b>") < text.index("<b>95 days</b>")
    assert reverse("settings:edit_payer", args=[payer.public_id]) not in text
    assert reverse("settings:confirm_payer", args=[payer.public_id]) not in text


def test_a_page_costs_the_same_whatever_it_shows(
    biller: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    payer = PayerFactory()
    for size in (1, 5):
        for number in range(size):
            PayerDeadlineFactory(payer=payer, source=f"{size} {number}")
            ProviderEnrollmentFactory(payer=payer)
            TelehealthPolicyFactory(payer=payer, starts_on=date(2020 + size, 1, 1 + number))
        with django_assert_max_num_queries(17):
            page(biller, "settings:payer", payer.public_id)


@pytest.mark.parametrize("role", [Role.BILLER, Role.CODER, Role.FRONT_DESK])
def test_everyone_reads_and_only_an_administrator_writes(signed_in: SignIn, role: Role) -> None:
    client, payer = signed_in(role), PayerFactory()
    deadline = PayerDeadlineFactory(payer=payer)
    where = [payer.public_id]
    assert client.get(reverse(LIST)).status_code == 200
    assert client.get(reverse("settings:payer", args=where)).status_code == 200
    assert client.get(reverse("settings:payer_template")).status_code == 200
    for name, args in {
        "new_payer": [],
        "import_payers": [],
        "edit_payer": where,
        "new_payer_part": [*where, "deadline"],
        "payer_part": [*where, "deadline", deadline.pk],
    }.items():
        assert client.get(reverse(f"settings:{name}", args=args)).status_code == 403
    for name, args in {"confirm_payer": where, "remove_payer_part": [*where, "deadline", deadline.pk]}.items():
        assert client.post(reverse(f"settings:{name}", args=args)).status_code == 403
    assert PayerDeadline.objects.exists()


def test_without_a_role_nothing_opens(signed_in: SignIn) -> None:
    assert signed_in(None).get(reverse(LIST)).status_code == 403


# ------------------------------------------------------------------ writing


def typed(**fields: object) -> dict[str, object]:
    return {
        "name": "Bluebonnet",
        "filing_indicator": "CI",
        "claims_id": "BBMU2",
        "correction_route": "replacement",
        "confirmed": "on",
    } | fields


def test_a_payer_is_added_and_changed_and_the_trail_says_what(administrator: Client) -> None:
    page(administrator, "settings:new_payer")
    administrator.post(reverse("settings:new_payer"), typed())
    payer = Payer.objects.get()
    where = reverse("settings:edit_payer", args=[payer.public_id])
    assert "Change Bluebonnet" in administrator.get(where).content.decode()
    answer = administrator.post(where, typed(correction_route="new_claim", state="tx"))
    assert answer.headers["Location"] == reverse("settings:payer", args=[payer.public_id])
    payer.refresh_from_db()
    assert (payer.correction_route, payer.state, payer.sends_277ca) == ("new_claim", "TX", False)
    added, changed = AuditEvent.objects.filter(subject_kind="payer").order_by("pk")
    assert (added.action, changed.action) == ("add_payer", "change_payer")
    assert changed.detail["fields"] == ["correction_route", "state"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"member_id_pattern": "LP[0-9"}, "This is not a regular expression"),
        ({"member_id_pattern": "A{99999999999999999999}"}, "This is not a regular expression"),
        ({"member_id_pattern": "([A-Z]+)+"}, "This repeats a group of varying length"),
        ({"member_id_pattern": ".*.*.*.*9"}, "This can fit one ID in too many ways"),
        ({"name": "Taken"}, "already exists"),
        ({"claims_id": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_kept_is_told_at_the_field(
    administrator: Client, fields: dict[str, object], sentence: str
) -> None:
    PayerFactory(name="Taken")
    answer = administrator.post(reverse("settings:new_payer"), typed(**fields))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Payer.objects.count() == 1


def test_an_unconfirmed_payer_is_confirmed_on_its_page(administrator: Client) -> None:
    payer = PayerFactory(confirmed=False)
    administrator.post(reverse("settings:confirm_payer", args=[payer.public_id]))
    payer.refresh_from_db()
    assert payer.confirmed
    assert AuditEvent.objects.get(subject_kind="payer").action == "confirm_payer"


CHANNEL = {"clearinghouse": "waystar", "transaction": "837P", "identifier": "W1", "capability": "can"}
DEADLINE = {"kind": "filing", "days": "95", "counted_from": "service", "source": "Manual", "verified_on": "2026-01-05"}
TELEHEALTH = {"starts_on": "2026-01-01", "place_02": "on", "place_10": "on", "audio_modifier": "93", "source": "Guide"}
GOOD = [
    ("id", CHANNEL | {"enrollment": "active", "enrollment_on": "2026-02-01"}, PayerChannel),
    ("deadline", DEADLINE, PayerDeadline),
    ("telehealth", TELEHEALTH, TelehealthPolicy),
    ("provider", {"state": "active", "starts_on": "2026-01-01"}, ProviderEnrollment),
]


@pytest.mark.parametrize(("part", "fields", "model"), GOOD)
def test_a_row_is_added_changed_and_removed(
    administrator: Client, part: str, fields: dict[str, str], model: Any
) -> None:
    ConnectionFactory(kind="clearinghouse", adapter="waystar")
    payer = PayerFactory()
    if part == "provider":
        fields = fields | {"provider": str(ProviderFactory().pk)}
    assert "---------" not in page(administrator, "settings:new_payer_part", payer.public_id, part)
    new = reverse("settings:new_payer_part", args=[payer.public_id, part])
    assert administrator.post(new, fields).status_code == 302
    row = model.objects.get()
    assert row.payer == payer
    twice = administrator.post(new, fields)
    assert (twice.status_code, model.objects.count()) == (422, 1)
    page(administrator, "settings:payer_part", payer.public_id, part, row.pk)
    where = [payer.public_id, part, row.pk]
    assert administrator.post(reverse("settings:payer_part", args=where), fields).status_code == 302
    assert administrator.post(reverse("settings:remove_payer_part", args=where)).status_code == 302
    assert not model.objects.exists()
    told = AuditEvent.objects.filter(subject_kind="payer").order_by("pk").values_list("action", flat=True)
    assert [each.partition("_")[0] for each in told] == ["add", "change", "remove"]


def test_who_saves_a_deadline_has_verified_it(administrator: Client) -> None:
    payer = PayerFactory()
    administrator.post(reverse("settings:new_payer_part", args=[payer.public_id, "deadline"]), DEADLINE)
    assert PayerDeadline.objects.get().verified_by.startswith("Nadia Okafor")


def test_the_places_of_a_policy_are_ticks(administrator: Client) -> None:
    payer = PayerFactory()
    administrator.post(reverse("settings:new_payer_part", args=[payer.public_id, "telehealth"]), TELEHEALTH)
    row = TelehealthPolicy.objects.get()
    assert (row.places, row.takes_98000) == (["02", "10"], None)
    assert 'name="place_11" id="id_place_11">' in page(
        administrator, "settings:payer_part", payer.public_id, "telehealth", str(row.pk)
    )


@pytest.mark.parametrize(
    ("part", "fields", "sentence"),
    [
        ("id", CHANNEL | {"enrollment": "applied"}, "Say the day: when it was applied for"),
        ("id", CHANNEL | {"clearinghouse": "nobody", "enrollment": "to_do"}, "Select a valid choice"),
        ("deadline", DEADLINE | {"counted_from": "remittance"}, "Initial filing is counted from the date of service."),
        ("deadline", DEADLINE | {"days": "0"}, "A deadline is at least one day."),
        ("deadline", DEADLINE | {"verified_on": "2099-01-01"}, "This day is still to come."),
        ("telehealth", TELEHEALTH | {"ends_on": "2025-01-01"}, "It ends before it begins."),
        ("provider", {"state": "active"}, "Say the first date of service that the payer takes."),
        ("provider", {"state": "to_do", "ends_on": "2026-01-01"}, "Say from when it runs, too."),
    ],
)
def test_a_row_that_cannot_be_kept_says_why(
    administrator: Client, part: str, fields: dict[str, str], sentence: str
) -> None:
    payer = PayerFactory()
    fields = fields | ({"provider": str(ProviderFactory().pk)} if part == "provider" else {})
    answer = administrator.post(reverse("settings:new_payer_part", args=[payer.public_id, part]), fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_row_of_another_payer_or_kind_is_not_found(administrator: Client) -> None:
    row, other = PayerDeadlineFactory(), PayerFactory()
    for args in ([other.public_id, "deadline", row.pk], [row.payer.public_id, "fee", row.pk]):
        assert administrator.get(reverse("settings:payer_part", args=args)).status_code == 404
