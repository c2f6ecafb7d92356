"""Pages of each kind stand still and whole, on a phone and at 200 % zoom."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from apps.claims.models import Finding
from apps.claims.services import start_bulk_fix
from apps.core import clock
from apps.practice.roles import Role
from tests.browser.conftest import Opener, Watch
from tests.browser.steady import unsteady, watch_from_now
from tests.browser.world import build_world
from tests.factories.claims import FindingFactory
from tests.factories.practice import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def watched(open_page: Opener, role: Role) -> Page:
    page = open_page(role, reverse("health"))
    watch_from_now(page)
    return page


@pytest.mark.axe
def test_what_is_unsteady_is_seen(open_page: Opener, watch: Watch) -> None:
    page = watched(open_page, Role.BILLER)
    page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
          const late = document.createElement("p");
          late.style.cssText = "inline-size: 900px; block-size: 300px";
          requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector("main").prepend(late)));
          document.querySelector("h1").style.cssText = "overflow: hidden; inline-size: 20px; white-space: nowrap";
          document.querySelector("#search").style.cssText = "position: absolute; inset-inline-start: 600px";
          const script = document.createElement("script");
          script.textContent = "1";
          document.body.append(script);
        })"""
    )
    found = " ".join(unsteady(page, reverse("workspace:search")))
    for word in ("scrolls sideways", "cut: h1", "outside: input search", "refused: script-src-elem"):
        assert word in found
    watch.problems = [each for each in watch.problems if "Content Security Policy" not in each]  # that is what was done


def test_a_page_is_painted_once_its_main_part_is_there(open_page: Opener) -> None:
    """Else what a busy machine has read so far is painted, and moves. Chromium waits for the named part half a second, no longer."""
    page = open_page(Role.BILLER, reverse("workspace:today"))
    named = page.locator("head link[rel=expect][blocking=render]").get_attribute("href")
    assert named is not None
    assert page.locator(named).evaluate("main => main.matches('main') && main.textContent.length") > 0


@pytest.mark.axe
def test_pages_of_each_kind_stand_still_and_whole(open_page: Opener) -> None:
    world = build_world()
    FindingFactory(fix={"field": "coverage.member_id", "line": None, "value": "LP000000001", "clinical": False})
    bulk = start_bulk_fix(findings=Finding.objects.all(), acting_user=UserFactory(), now=clock.now())
    page = watched(open_page, Role.BILLER)
    found: list[str] = []
    for path in (
        reverse("workspace:today"),
        reverse("workspace:worklist"),
        reverse("claims:exceptions"),
        reverse("claims:exception", args=[world.held.public_id]),
        reverse("workspace:claim", args=[world.paid.public_id]),
        reverse("denials:card", args=[world.denied.denials.get().public_id]),
        reverse("reports:dashboard"),
    ):
        found += unsteady(page, path)
    found += unsteady(page, reverse("claims:bulk_fix", args=[bulk]), polls=True)
    assert found == []
