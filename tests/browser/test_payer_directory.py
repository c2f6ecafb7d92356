"""The payer directory in a real browser: each page for axe, full and empty, and a deadline entered by hand."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings

from apps.practice.models import PayerDeadline
from apps.practice.roles import Role
from tests.browser.axe import look, look_long
from tests.browser.conftest import Opener, Watch
from tests.factories.connectors import ConnectionFactory
from tests.factories.practice import (
    PayerChannelFactory,
    PayerDeadlineFactory,
    PayerFactory,
    PracticeFactory,
    ProviderEnrollmentFactory,
    TelehealthPolicyFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
# Chromium reports such an answer to the page itself as an error of the page.
WRONG_ANSWER = "Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"
NOW = datetime(2026, 10, 8, 15, 0, tzinfo=UTC)
LIST = reverse("settings:payers")


@pytest.fixture(autouse=True)
def that_morning(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text(NOW.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    PracticeFactory()
    ConnectionFactory(kind="clearinghouse", adapter="waystar")


@pytest.mark.axe
def test_the_pages_are_open_to_everyone(open_page: Opener) -> None:
    found = look_long(open_page(Role.ADMINISTRATOR, LIST), "empty list")
    payer = PayerFactory(
        name="The Farmers and Merchants Mutual Benefit of Travis County",
        confirmed=False,
        member_id_pattern="FM[0-9]{9}",
        line1="PO Box 4100",
        city="Dallas",
        state="TX",
        postcode="752661234",
    )
    PayerFactory(name="Bluebonnet Mutual")
    PayerChannelFactory(payer=payer, identifier="WS00412", enrollment="applied", enrollment_on=date(2026, 9, 1))
    PayerChannelFactory(
        payer=payer, transaction="835", identifier="", enrollment="active", enrollment_on=date(2026, 1, 9)
    )
    row = PayerDeadlineFactory(payer=payer, kind="filing", days=95, counted_from="service")
    PayerDeadlineFactory(payer=payer, days=180, verified_on=date(2024, 5, 1), source_link="https://payer.example.com/")
    PayerDeadlineFactory(payer=payer, days=120, source="Web page for providers")
    ProviderEnrollmentFactory(payer=payer)
    ProviderEnrollmentFactory(payer=payer, state="applied", starts_on=None)
    TelehealthPolicyFactory(payer=payer, video_modifier="95")
    where = [payer.public_id]
    pages = {
        "list": LIST,
        "nothing fits": f"{LIST}?q=nobody",
        "payer": reverse("settings:payer", args=where),
        "change": reverse("settings:edit_payer", args=where),
        "deadline": reverse("settings:payer_part", args=[*where, "deadline", row.pk]),
        "id": reverse("settings:new_payer_part", args=[*where, "id"]),
        "provider": reverse("settings:new_payer_part", args=[*where, "provider"]),
        "telehealth": reverse("settings:new_payer_part", args=[*where, "telehealth"]),
        "import": reverse("settings:import_payers"),
    }
    for name, path in pages.items():
        found += look_long(open_page(Role.ADMINISTRATOR, path), name)
    assert found == []


def test_a_deadline_is_entered_and_stands_on_the_page(open_page: Opener, watch: Watch) -> None:
    payer = PayerFactory(name="Bluebonnet Mutual")
    page = open_page(Role.ADMINISTRATOR, LIST)
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Bluebonnet Mutual").click()
    page.get_by_role("link", name="Add a deadline").click()
    page.get_by_label("Kind").select_option(label="First appeal level")
    page.get_by_label("Days").fill("120")
    page.get_by_label("Counted from").select_option(label="Receipt of the decision on the appeal before")
    page.get_by_label("Source", exact=True).fill("Provider manual, section 4.2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("First appeal level is counted from the date of service")).to_be_visible()
    page.get_by_label("Counted from").select_option(label="Remittance date")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("120 days")).to_be_visible()
    watch.problems.remove(WRONG_ANSWER)
    row = PayerDeadline.objects.get(payer=payer)
    assert (row.days, row.counted_from, row.verified_on) == (120, "remittance", date(2026, 10, 8))


def test_a_file_is_shown_and_taken(open_page: Opener, watch: Watch, tmp_path: Path) -> None:
    file = tmp_path / "payers.csv"
    file.write_text("name,claims_id\nBluebonnet Mutual,BBMU2\nLone Prairie,L\n")
    page = open_page(Role.ADMINISTRATOR, reverse("settings:import_payers"))
    page.get_by_label("Payers (CSV)").set_input_files(file)
    page.get_by_role("button", name="Show the difference").click()
    expect(page.get_by_role("alert").get_by_text('Line 3: claims_id: "L" is not an ID')).to_be_visible()
    watch.problems.remove(WRONG_ANSWER)
    file.write_text("name,claims_id\nBluebonnet Mutual,BBMU2\nLone Prairie,LPHP1\n")
    page.get_by_label("Payers (CSV)").set_input_files(file)
    page.get_by_role("button", name="Show the difference").click()
    expect(page.get_by_text("2 new payers, 0 changed payers")).to_be_visible()
    assert look(page, "difference") == []
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("link", name="Lone Prairie")).to_be_visible()
