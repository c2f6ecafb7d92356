"""The frame of every page: navigation by role with what waits, links, theme."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from apps.connectors.models import Connection
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item
from tests.factories.connectors import ClearinghouseConnectionFactory, EhrConnectionFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)


def labels(client: Client) -> list[str]:
    return [item.label for item in client.get(reverse("workspace:today")).context["shell"].navigation]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.FRONT_DESK, ["Today", "Eligibility", "Balances", "Settings"]),
        (Role.CODER, ["Today", "Claims", "Eligibility", "Denials", "Settings"]),
        (
            Role.BILLER,
            [
                "Today",
                "Claims",
                "Eligibility",
                "Denials",
                "Balances",
                "Remittances",
                "Reports",
                "Automations",
                "Settings",
            ],
        ),
        (
            Role.ADMINISTRATOR,
            [
                "Today",
                "Claims",
                "Eligibility",
                "Denials",
                "Balances",
                "Remittances",
                "Reports",
                "Automations",
                "Settings",
            ],
        ),
    ],
)
def test_each_role_sees_its_rooms(signed_in: Callable[[Role | None], Client], role: Role, seen: list[str]) -> None:
    assert labels(signed_in(role)) == seen


def test_the_number_beside_a_room_is_what_waits_for_my_role_on_pages_open_to_it(biller: Client) -> None:
    for owner, page in [
        ("biller", "denials:card"),
        ("biller", "claims:exception"),
        ("coder", "denials:card"),
        ("biller", "settings:person"),
    ]:
        open_item(
            kind="any",
            title="Do it",
            owner_role=WorkItem.OwnerRole(owner),
            url_name=page,
            subject_public_id="0000000000000000",
            now=NOW,
        )
    navigation = biller.get(reverse("workspace:today")).context["shell"].navigation
    assert {item.label: item.count for item in navigation if item.count} == {"Today": 2, "Claims": 1, "Denials": 1}


def test_the_place_where_i_am_is_marked(biller: Client) -> None:
    page = biller.get(reverse("workspace:today")).content.decode()
    assert re.findall(r'<a class="item" href="([^"]*)" aria-current="page">', page) == ["/"]


@pytest.mark.long
def test_links_that_are_down_are_named(biller: Client) -> None:
    EhrConnectionFactory(name="EHR")
    ClearinghouseConnectionFactory(name="Clearinghouse")
    assert biller.get(reverse("workspace:today")).context["shell"].links.words == "Links not tried yet"
    Connection.objects.filter(name="EHR").update(last_answer_at=NOW)
    links = biller.get(reverse("workspace:today")).context["shell"].links
    assert (links.shape, links.words, links.detail) == ("waiting", "1 of 2 links up", "1 not tried yet")
    Connection.objects.update(last_answer_at=NOW)
    assert biller.get(reverse("workspace:today")).context["shell"].links.words == "All links up"
    Connection.objects.filter(name="Clearinghouse").update(last_failure="did not answer")
    links = biller.get(reverse("workspace:today")).context["shell"].links
    assert (links.shape, links.words, links.detail) == ("problem", "1 link down", "Clearinghouse")


def test_the_theme_is_remembered_without_script(biller: Client) -> None:
    response = biller.post(reverse("workspace:theme"), {"theme": "dark", "next": "/search/"})
    assert response.headers["Location"] == "/search/"
    assert 'data-theme="dark"' in biller.get(reverse("workspace:today")).content.decode()


def test_the_theme_switch_leads_nowhere_else(biller: Client) -> None:
    response = biller.post(reverse("workspace:theme"), {"theme": "plaid", "next": "https://elsewhere.example/"})
    assert response.headers["Location"] == "/"
    assert "theme" not in response.cookies


def test_an_unknown_address_is_a_page_for_people(biller: Client) -> None:
    response = biller.get("/no-such-page/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()
