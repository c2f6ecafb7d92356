"""The integration map: how each link stands by the rows, what passed, what to do."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.practice.models import PayerChannel
from apps.practice.roles import Role
from apps.remittances.models import BankFile
from apps.workspace.connections.reading import Link, links, nodes
from tests.factories.connectors import (
    ClearinghouseConnectionFactory,
    EhrConnectionFactory,
    MailConnectionFactory,
    MessagingConnectionFactory,
    PaymentsConnectionFactory,
    TransmissionFactory,
)
from tests.factories.deposits import bank_row, banked
from tests.factories.practice import PayerFactory
from tests.signing_in import browser_of, sign_in

pytestmark = pytest.mark.django_db
PAGE = reverse("settings:connections")


def text(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in shown
    return shown


def link(name: str, now: datetime) -> Link:
    return next(each for each in links(now) if each.name == name)


def test_an_empty_installation_shows_each_place_as_not_connected(now: datetime) -> None:
    page = text(browser_of(Role.ADMINISTRATOR))
    assert "Nothing is connected yet." in page
    assert {node.word for place, node in nodes(links(now)).items() if place != "payers"} == {"Not connected"}


def test_a_link_is_told_as_its_last_contact_left_it(now: datetime) -> None:
    EhrConnectionFactory(name="Down", last_answer_at=now, last_failure="DrChrono could not be reached.", failed_at=now)
    ClearinghouseConnectionFactory(name="Up", last_answer_at=now, failed_with="It was away once.", failed_at=now)
    PaymentsConnectionFactory(name="New")
    MessagingConnectionFactory(name="Off", enabled=False)
    assert links(now)[0].name == "Down"
    assert link("Down", now).state == "problem"
    assert link("Down", now).last_failure == "DrChrono could not be reached."
    assert (link("Up", now).state, link("Up", now).last_failure, link("Up", now).advice) == (
        "good",
        "It was away once.",
        "",
    )
    assert link("New", now).advice == "Not asked yet. Test it."
    assert (link("Off", now).state, link("Off", now).place) == ("off", "sms")
    page = text(browser_of(Role.ADMINISTRATOR))
    assert "<b>1 of 3</b> links are up, <b>1</b> not tried yet. <b>Down</b> does not answer." in page


def test_two_of_a_kind_are_one_place_of_the_map_that_stands_as_the_worse(now: datetime) -> None:
    EhrConnectionFactory(name="A", last_answer_at=now)
    EhrConnectionFactory(name="B", last_failure="Away.")
    MailConnectionFactory(name="M", last_answer_at=now)
    found = nodes(links(now))
    assert (found["ehr"].title, found["ehr"].state, found["ehr"].line) == ("B and 1 more", "problem", "problem")
    assert (found["mail"].state, found["mail"].line, found["sms"].line) == ("good", "", "off")


def test_what_passed_in_a_day_is_counted_by_direction(now: datetime) -> None:
    house = ClearinghouseConnectionFactory(name="House", last_answer_at=now)
    TransmissionFactory(connection=house, at=now)
    TransmissionFactory(connection=house, at=now, direction="out")
    TransmissionFactory(connection=house, at=now - timedelta(days=2))
    assert link("House", now).passed == "1 out, 1 in"


def test_no_secret_is_on_the_page() -> None:
    PaymentsConnectionFactory(settings={"secret_key": "sk_very_secret", "webhook_secret": "whsec_hidden"})
    page = text(browser_of(Role.ADMINISTRATOR))
    assert "sk_very_secret" not in page
    assert "whsec_hidden" not in page


def test_a_bank_whose_file_is_old_asks_for_the_next(now: datetime) -> None:
    banked(bank_row("ACH"), now=now, reconcile=False)
    account = BankFile.objects.get().account.name
    assert link(account, now).state == "good"
    assert link(account, now + timedelta(days=8)).advice.startswith("Export the days since")


def test_enrollments_that_are_not_through_are_counted(now: datetime) -> None:
    payer = PayerFactory()
    assert link("1 payer", now).word == "No enrollment is open"
    PayerChannel.objects.create(payer=payer, transaction="835", enrollment="to_do")
    assert (link("1 payer", now).state, link("1 payer", now).word) == ("watch", "Enrollments: 1 to do")
    PayerChannel.objects.create(payer=payer, transaction="837P", enrollment="refused")
    assert (link("1 payer", now).state, link("1 payer", now).word) == ("problem", "Enrollments: 1 refused, 1 to do")


def test_the_page_asks_as_often_however_many_links_there_are(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    for number in range(12):
        EhrConnectionFactory(name=f"EHR {number}")
    with django_assert_max_num_queries(24):
        client.get(PAGE)
