"""A day of each role by keyboard alone, from the second factor to signing out: what has the focus is always seen, and nothing holds it."""

import re
from datetime import datetime, time, timedelta

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.automations.timetable import sync_schedule
from apps.core import clock
from apps.core.models import User
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services.desk_tasks import open_tasks
from apps.intake.models import Appointment, EmergencyAccess
from apps.intake.services import open_in_emergency
from apps.practice.models import Invitation
from apps.practice.roles import Role
from tests.browser.conftest import Opener
from tests.browser.hands import Hands
from tests.browser.test_sign_in import code_of
from tests.browser.world import World, build_world
from tests.claims.pages import held, needs_25
from tests.factories.practice import PASSWORD, PracticeFactory, UserFactory
from tests.remittances.test_pages import unmatched

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
SCRUBBED = 30_000  # the first scrub of a process has the guide's maps to read


def heading(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def arrive(open_page: Opener, role: Role) -> Hands:
    """The door, both factors, and past the navigation into the page."""
    user: User = UserFactory(role=role)
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
    page = open_page(None, reverse("workspace:today"))
    hands = Hands(page)
    hands.fill(page.get_by_label("Email"), user.email)
    hands.fill(page.get_by_label("Password"), PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "Enter the code")
    hands.to(page.get_by_label("Code"))
    hands.type(code_of(get_adapter().decrypt(stored)))
    page.keyboard.press("Enter")
    heading(page, re.compile("Today|Tomorrow"))
    skip(hands)
    return hands


def skip(hands: Hands) -> None:
    """The first Tab of a page offers to leave the navigation out."""
    page = hands.page
    hands.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null"), "the skip link leads into the page"


def leave(hands: Hands) -> None:
    """By the account's menu, which gives the focus back when it is put away."""
    page = hands.page
    opener = page.locator("#user-button")
    hands.to(opener, key="Shift+Tab")
    hands.press("Enter")
    hands.press("Tab")
    expect(page.locator("#user-menu a").first).to_be_focused()
    hands.press("Escape")
    expect(opener).to_be_focused()
    hands.press("Enter")
    hands.go(page.get_by_role("button", name="Sign out"))
    heading(page, "Sign in")
    assert hands.faults == []


@pytest.mark.axe
def test_a_billers_day(open_page: Opener) -> None:
    PracticeFactory()
    exception, _ = unmatched(clock.now())
    claim = held(clock.now())
    build_world()
    hands = arrive(open_page, Role.BILLER)
    page = hands.page
    hands.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    hands.press("Escape")
    hands.press("/")
    hands.type(claim.control_number)
    page.keyboard.press("Enter")
    heading(page, re.compile("Search|Claim"))
    hands.go(page.get_by_role("navigation", name="Main").get_by_role("link", name="Claims"))
    hands.go(page.get_by_role("link", name=re.compile("^Exceptions")).first)
    edit_a_claim(hands, claim.patient.full_name)
    keep_a_view(hands)
    work_a_denial(hands)
    settle_a_payment(hands, reverse("remittances:exception", args=[exception.public_id]))
    leave(hands)


def edit_a_claim(hands: Hands, patient: str) -> None:
    """From its row by `j`, `e` to the first field that is marked, and saved by Enter: the focus is where the answer is."""
    page = hands.page
    heading(page, "Claim exceptions")
    row = page.locator("[data-row]", has_text=patient)
    for _ in range(10):
        hands.press("j")
        if row.evaluate("row => row.classList.contains('cursor')"):
            break
    hands.press("Enter")
    heading(page, "Claim ")
    hands.press("e")
    expect(page.get_by_label("Member ID")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    hands.type("LP000000123")
    page.keyboard.press("Enter")
    expect(page.locator("#exception")).to_contain_text("Ready to send.", timeout=SCRUBBED)
    hands.see()


def keep_a_view(hands: Hands) -> None:
    page = hands.page
    page.goto(reverse("workspace:worklist") + "?view=role")
    hands.go(page.get_by_text("Save this view"))
    hands.fill(page.get_by_label("Name of the view"), "My morning")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="My morning")).to_be_visible()
    hands.see()


def work_a_denial(hands: Hands) -> None:
    page = hands.page
    hands.go(page.get_by_role("navigation", name="Main").get_by_role("link", name="Denials"))
    heading(page, "Denials")
    hands.press("j", "Enter")
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()
    hands.go(page.locator("summary", has_text="Appeal sent"))
    hands.choose(page.get_by_label("Sent by"), "F")
    hands.fill(page.get_by_label("Tracking or reference number"), "Fax of 9 AM")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The next remittance decides.")).to_be_visible()


def settle_a_payment(hands: Hands, address: str) -> None:
    page = hands.page
    page.goto(reverse("remittances:exceptions"))
    hands.press("j")
    expect(page.locator(f".cursor a[href='{address}']")).to_be_focused()
    hands.press("Enter")
    heading(page, re.compile("."))
    hands.press("j", "Enter")
    post = page.get_by_role("button", name=re.compile("^Post to"))
    hands.fill(page.locator("form", has=post).get_by_label("Note"), "Its charge and its member are ours")
    hands.go(post)
    expect(page.locator(".toast")).to_be_visible()


@pytest.mark.axe
def test_a_coders_day(open_page: Opener) -> None:
    PracticeFactory()
    claim = needs_25(clock.now())
    hands = arrive(open_page, Role.CODER)
    page = hands.page
    hands.press("j", "Enter")
    heading(page, claim.control_number)
    hands.fill(page.get_by_label("Where the record supports it"), "Note of the visit, second paragraph")
    hands.go(page.get_by_role("button", name="Add modifier 25"))
    expect(page.locator("#exception")).to_contain_text("Ready to send.", timeout=SCRUBBED)
    hands.see()
    hands.fill(page.get_by_label("Note"), "Told the provider")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#exception")).to_contain_text("Told the provider")
    leave(hands)


def test_a_day_at_the_front_desk(open_page: Opener) -> None:
    world: World = build_world()
    lapsed = EligibilityCheck.objects.get(verdict=EligibilityCheck.Verdict.INACTIVE)
    morning = datetime.combine(clock.today() + timedelta(days=1), time(9), clock.practice_zone())
    Appointment.objects.filter(pk=lapsed.appointment_id).update(starts_at=morning)
    open_tasks([lapsed], now=clock.now())
    hands = arrive(open_page, Role.FRONT_DESK)
    page = hands.page
    page.goto(reverse("eligibility:tomorrow"))
    heading(page, "Tomorrow")
    hands.go(page.get_by_role("region", name="Before they arrive").get_by_role("link").first)
    hands.go(page.get_by_role("button", name="Self-pay agreed"))
    expect(page.get_by_text("Self-pay agreed").first).to_be_visible()
    hands.press("/")
    hands.type(world.patient.last_name)
    page.keyboard.press("Enter")
    hands.go(page.get_by_role("main").get_by_role("link", name=world.patient.last_name).first)
    heading(page, world.patient.last_name)
    leave(hands)


@pytest.fixture
def looked_into() -> EmergencyAccess:
    world, now = build_world(), clock.now()
    sync_schedule(now=now)
    desk = UserFactory(role=Role.FRONT_DESK)
    return open_in_emergency(
        patient_id=world.patient.public_id, reason="A letter from the payer", acting_user=desk, now=now
    )


@pytest.mark.axe
@pytest.mark.usefixtures("looked_into")
def test_an_administrators_day(open_page: Opener) -> None:
    hands = arrive(open_page, Role.ADMINISTRATOR)
    page = hands.page
    rooms = page.get_by_role("navigation", name="Main")
    hands.go(rooms.get_by_role("link", name="Automations"))
    heading(page, "Automations")
    hands.go(page.get_by_role("link", name="Measures"))
    heading(page, "Measures")
    hands.go(page.get_by_role("button", name="Run now"))
    expect(page.locator(".toast")).to_contain_text("was started")
    hands.go(page.get_by_role("link", name="Measures"))
    hands.go(page.get_by_role("button", name=re.compile("^Switch o")))
    expect(page.locator(".toast")).to_contain_text(re.compile("is (on|off)"))
    page.goto(reverse("settings:invite"))
    hands.fill(page.get_by_label("First name"), "Ida")
    hands.fill(page.get_by_label("Last name"), "Quill")
    hands.fill(page.get_by_label("Email address"), "ida.quill@practice.example.com")
    hands.choose(page.get_by_label("Role"), "Coder")
    page.keyboard.press("Tab")
    hands.go(page.get_by_role("button", name="Send the invitation"))
    expect(page.locator(".toast")).to_be_visible()
    assert Invitation.objects.get().user.first_name == "Ida"
    page.goto(reverse("settings:emergencies"))
    hands.go(page.locator("[data-row] a.who").first)
    hands.go(page.get_by_role("button", name="Close it now"))
    hands.choose(page.get_by_label("Was it in order?"), "In order")
    hands.go(page.get_by_role("button", name="Done"))
    expect(page.get_by_text("In order.", exact=True)).to_be_visible()
    leave(hands)
