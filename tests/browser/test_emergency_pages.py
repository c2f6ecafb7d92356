"""A record opened in an emergency by keyboard, and the administrator's look at it; each page for axe."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.intake.models import EmergencyAccess
from apps.practice.roles import Role
from scripts.chromium import SIZES
from tests.browser.axe import look_long
from tests.browser.conftest import Opener
from tests.browser.world import build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


@pytest.mark.axe
def test_the_front_desk_opens_a_record_and_an_administrator_looks_into_it(open_page: Opener) -> None:
    world = build_world()
    patient = reverse("workspace:patient", args=[world.denied.patient.public_id])
    desk = open_page(Role.FRONT_DESK, patient)
    desk.get_by_role("link", name="Open in an emergency").press("Enter")
    found = look_long(desk, "asking why")
    desk.get_by_label("Why it cannot wait").press_sequentially("The patient is at the desk with the payer's letter")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Opened in an emergency until")).to_be_visible()
    found += look_long(desk, "patient")
    desk.get_by_role("link", name=world.denied.control_number).press("Enter")
    expect(desk.get_by_role("heading", name=f"Claim {world.denied.control_number}")).to_be_visible()
    found += look_long(desk, "claim")
    found += look_long(
        open_page(Role.FRONT_DESK, reverse("denials:card", args=[world.denied.denials.get().public_id])), "denial"
    )

    access = EmergencyAccess.objects.get()
    address = reverse("settings:emergency", args=[access.public_id])
    boss = open_page(Role.ADMINISTRATOR, address)
    expect(boss.get_by_role("button", name="Close it now")).to_be_visible()
    found += look_long(boss, "open access")
    boss.get_by_role("button", name="Close it now").press("Enter")
    boss.get_by_label("Was it in order?").select_option("In order")
    found += look_long(boss, "access to look at")
    boss.get_by_role("button", name="Done").press("Enter")
    expect(boss.get_by_text("In order.", exact=True)).to_be_visible()
    found += look_long(open_page(Role.ADMINISTRATOR, reverse("settings:emergencies")), "accesses")
    assert found == []


def test_on_a_phone_the_tab_that_one_is_at_stands_in_sight(open_page: Opener) -> None:
    page = open_page(Role.ADMINISTRATOR, "/settings/emergency/", width="phone")
    at = page.locator(".tabs [aria-current]").bounding_box()
    assert at is not None
    assert at["x"] >= 0
    assert at["x"] + at["width"] <= SIZES["phone"]["width"]
