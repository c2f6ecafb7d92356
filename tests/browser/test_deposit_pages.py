"""Deposits in a real browser: each page for axe, full and empty, and a credit matched by keyboard alone."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings

from apps.core.models import User
from apps.practice.roles import Role
from apps.remittances.models import BankFile, BankLine
from apps.remittances.services import add_rule
from tests.browser.axe import look_long
from tests.browser.conftest import Opener
from tests.factories.deposits import bank_row, banked, expected_of, posted_payment
from tests.factories.practice import PracticeFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
NOW = datetime(2026, 10, 8, 15, 0, tzinfo=UTC)
EARLY = date(2026, 9, 25)
LIST = reverse("remittances:deposits")


@pytest.fixture(autouse=True)
def that_morning(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text(NOW.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    PracticeFactory()


@pytest.mark.axe
def test_the_pages_are_open_to_everyone(open_page: Opener) -> None:
    missed, like = posted_payment("EFT0004211", "212.40", on=EARLY), posted_payment("EFT0004212", "88.00", on=EARLY)
    posted_payment("EFT0004213", "40.00")
    user: User = UserFactory()
    add_rule(text="STRIPE TRANSFER", reason="card", acting_user=user, now=NOW)
    banked(
        bank_row("LONE PRAIRIE HCCLAIMPMT TRN*1*EFT0004213*1999999999", "40.00"),
        bank_row(f"ACH CREDIT {like.payer_identifier}", "88.00", on=EARLY),
        bank_row("ACME BENEFITS HCCLAIMPMT TRN*1*77120044*1777777777", "1310.25", on=EARLY),
        bank_row("REMOTE DEPOSIT", "95.00"),
        bank_row("STRIPE TRANSFER ST-8K", "412.00"),
        bank_row("ACH", "ten"),
        now=NOW,
    )
    found: list[str] = []
    for show in ("credits", "payments", "proposed", "matched", "aside", "elsewhere"):
        found += look_long(open_page(Role.BILLER, f"{LIST}?show={show}"), show)
    pages = {
        "credit": reverse("remittances:bank_line", args=[BankLine.objects.get(amount=88).public_id]),
        "matched credit": reverse("remittances:bank_line", args=[BankLine.objects.get(amount=40).public_id]),
        "credit set aside": reverse("remittances:bank_line", args=[BankLine.objects.get(amount=412).public_id]),
        "payment": reverse("remittances:expected_deposit", args=[expected_of(missed).public_id]),
        "file": reverse("remittances:bank_file", args=[BankFile.objects.get().public_id]),
        "rules": reverse("remittances:deposit_rules"),
        "upload": reverse("remittances:bank_upload"),
    }
    for name, path in pages.items():
        found += look_long(open_page(Role.BILLER, path), name)
    assert found == []


@pytest.mark.axe
def test_the_empty_page_is_open_to_everyone(open_page: Opener) -> None:
    assert look_long(open_page(Role.BILLER, LIST), "empty") == []


def test_a_credit_is_matched_by_keyboard(open_page: Opener) -> None:
    paid = posted_payment("EFT0004211", "95.00")
    banked(bank_row("SLIP", "95.00"), now=NOW)
    page = open_page(Role.BILLER, reverse("remittances:bank_line", args=[BankLine.objects.get().public_id]))
    page.get_by_label("EFT0004211").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Deposit slip 12")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LIST}")
    expect(page.get_by_text("Every credit is explained")).to_be_visible()
    assert expected_of(paid).state == "received"
