"""Every page of the workspace in both themes and widths: nothing grave for axe, nothing refused by the policy, no sideways scroll."""

import pytest
from django.urls import reverse

from apps.practice.roles import Role
from tests.browser.axe import ALL, DARK, grave_findings, look, look_long
from tests.browser.conftest import Opener
from tests.browser.world import World, build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


def addresses(world: World) -> dict[str, str]:
    event = world.paid.events.exclude(transmission=None).get()
    assert event.transmission is not None
    return {
        "today": reverse("workspace:today"),
        "claim": reverse("workspace:claim", args=[world.paid.public_id]),
        "denied claim": reverse("workspace:claim", args=[world.denied.public_id]),
        "claim file": reverse("workspace:claim_file", args=[world.paid.public_id, event.transmission.public_id]),
        "patient": reverse("workspace:patient", args=[world.patient.public_id]),
        "search": reverse("workspace:search"),
        "second factor": reverse("mfa_index"),
        "password": reverse("account_change_password"),
        "sessions": reverse("usersessions_list"),
    }


def test_the_judge_is_awake(open_page: Opener) -> None:
    page = open_page(None, reverse("account_login"))
    page.evaluate("document.querySelector('label').remove()")
    assert any("label" in finding for finding in grave_findings(page))


def test_the_frame_of_every_page_is_open_to_everyone(open_page: Opener) -> None:
    page = open_page(Role.ADMINISTRATOR, reverse("workspace:today"))
    assert look(page, "frame", ALL) == []
    page.evaluate("document.querySelector('#nav a[href]').style.color = '#333'")
    page.emulate_media(color_scheme="dark")
    assert [finding.partition(":")[0] for finding in grave_findings(page, DARK)] == ["color-contrast"]


@pytest.mark.axe
def test_pages_with_rows_are_open_to_everyone(open_page: Opener) -> None:
    found: list[str] = []
    for name, path in addresses(build_world()).items():
        found += look_long(open_page(Role.BILLER, path), name)
    assert found == []


def test_pages_without_rows_and_the_door_are_open_to_everyone(open_page: Opener) -> None:
    found: list[str] = []
    for role, path in (
        (Role.ADMINISTRATOR, reverse("workspace:today")),
        (None, reverse("account_login")),
        (None, reverse("account_reset_password")),
    ):
        found += look(open_page(role, path), path)
    assert found == []
