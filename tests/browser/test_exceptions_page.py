"""The exceptions list under real hands: on a phone, by keys, with work that goes on while one looks."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from apps.claims.models import BulkFix, Claim, Finding
from apps.claims.services import build_claims, run_bulk_fix, scrub_claims
from apps.claims.states import ClaimStatus
from apps.core import clock
from apps.practice.roles import Role
from apps.worklist.models import WorkItem, WorkNote
from tests.browser.axe import look, look_long
from tests.browser.conftest import Opener
from tests.browser.sheets import opened_by_keyboard
from tests.claims.pages import held
from tests.factories.claims import ClaimFactory
from tests.factories.code_edits import UnitLimitFactory
from tests.factories.intake import EncounterFactory
from tests.factories.practice import PayerFactory, PracticeFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
QUEUE = "/claims/exceptions/"
RULE = "COV-MEMBER-ID-PATTERN"
LEFT = "cells => cells.map(cell => Math.round(cell.getBoundingClientRect().left))"
# The first scrub of a process has the guide's maps to read.
SCRUBBED = 30_000
OVERLAPS = """rows => rows.some(row => {
  const [button, amount] = [row.querySelector("button"), row.querySelector(".c2")].map(part => part?.getBoundingClientRect());
  return button && button.right > amount.left && button.bottom > amount.top;
})"""


@pytest.fixture(autouse=True)
def practice() -> None:
    PracticeFactory()


@pytest.fixture
def three(now: datetime) -> list[Claim]:
    """Claims of one payer, each with a member ID that one click mends."""
    payer = PayerFactory(member_id_pattern=r"LP\d{9}")
    for number in range(3):
        ClaimFactory(encounter__coverage__payer=payer, encounter__coverage__member_id=f"lp 000-000-{number:03d}")
    scrub_claims(now=now)
    return list(Claim.objects.order_by("pk"))


def test_rows_with_and_without_a_fix_share_one_left_edge(open_page: Opener, now: datetime) -> None:
    held(now, encounter__coverage__member_id="")
    held(now, encounter__coverage__member_id="lp-000 000.001", encounter__coverage__payer__member_id_pattern=r"LP\d{9}")
    page = open_page(Role.BILLER, QUEUE, width="phone")
    edges = page.locator("tr[data-row] td:has(.who), h1").evaluate_all(LEFT)
    assert (len(edges), len(set(edges))) == (3, 1)
    assert page.locator("input[name=claim][type=checkbox]").count() == 2
    assert page.locator("tr[data-row]").evaluate_all(OVERLAPS) is False


def test_on_a_phone_the_filters_are_a_sheet_and_the_list_begins_in_the_first_window(
    open_page: Opener, three: list[Claim]
) -> None:
    page = open_page(Role.BILLER, f"{QUEUE}?view=all&rule={RULE}", width="phone")
    field = page.locator("#id_rule")
    expect(field).to_be_hidden()
    expect(page.get_by_role("list", name="Chosen filters").get_by_role("link")).to_have_count(1)
    with opened_by_keyboard(page):
        expect(field).to_be_focused()
    expect(field).to_be_hidden()
    page.get_by_role("list", name="Chosen filters").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"\?view=all$"))
    expect(page.get_by_role("list", name="Chosen filters")).to_have_count(0)


def test_where_there_is_room_the_filters_stand_above_the_list(open_page: Opener, three: list[Claim]) -> None:
    page = open_page(Role.BILLER, f"{QUEUE}?view=all&rule={RULE}", script=False)
    expect(page.locator("#id_rule")).to_be_visible()
    expect(page.get_by_role("button", name="Filters and views")).to_be_hidden()
    expect(page.get_by_role("list", name="Chosen filters")).to_be_hidden()


def test_a_fix_of_a_whole_filter_runs_while_one_looks_and_ends_in_a_summary(
    open_page: Opener, three: list[Claim], now: datetime
) -> None:
    page = open_page(Role.BILLER, f"{QUEUE}?rule={RULE}")
    page.get_by_role("button", name="Look at it, then apply").click()
    expect(page.get_by_role("cell", name="Remove spaces and dashes")).to_be_visible()
    page.get_by_role("button", name="Apply to 3 claims").click()
    expect(page.locator("progress")).to_have_attribute("value", "0")
    bulk = BulkFix.objects.get()
    run_bulk_fix(bulk_id=bulk.public_id, now=now, limit=1)
    expect(page.get_by_text("1 of 3")).to_be_visible()
    page.goto(QUEUE)
    page.get_by_role("link", name="See how far it is").click()
    Claim.objects.filter(pk=three[2].pk).update(status=ClaimStatus.SUBMITTED)
    run_bulk_fix(bulk_id=bulk.public_id, now=now)
    expect(page.get_by_role("button", name="Try the 1 again")).to_be_visible()
    expect(page.get_by_text("the claim is submitted now")).to_be_visible()
    assert look(page, "bulk fix") == []
    assert Claim.objects.filter(status=ClaimStatus.READY).count() == 2


def test_without_script_it_is_done_all_the_same(open_page: Opener, three: list[Claim], now: datetime) -> None:
    page = open_page(Role.BILLER, f"{QUEUE}?rule={RULE}", script=False)
    page.get_by_role("button", name="Look at it, then apply").click()
    page.get_by_role("button", name="Apply to 3 claims").click()
    run_bulk_fix(bulk_id=BulkFix.objects.get().public_id, now=now)
    page.get_by_role("link", name="Refresh").click()
    expect(page.locator(".totals")).to_contain_text("Fixed, ready to send")
    assert Claim.objects.filter(status=ClaimStatus.READY).count() == len(three)


def test_a_row_is_given_to_somebody_by_keys(open_page: Opener, three: list[Claim]) -> None:
    person = UserFactory(role=Role.CODER)
    page = open_page(Role.BILLER, QUEUE)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#id_assignee_bulk")).to_be_focused()
    page.locator("#id_assignee_bulk").select_option(label=person.display_name)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"1 given to {person.display_name}.")).to_be_visible()
    assert WorkItem.objects.get(assignee=person).subject_public_id == three[1].public_id


def test_a_row_is_snoozed_by_keys_and_is_gone_until_its_day(open_page: Opener, three: list[Claim]) -> None:
    page = open_page(Role.BILLER, QUEUE)
    page.keyboard.press("j")
    page.keyboard.press("s")
    day = clock.today() + timedelta(days=2)
    page.locator("#id_until").fill(day.isoformat())
    page.locator("#id_until").press("Enter")
    expect(page.get_by_text("1 snoozed.")).to_be_visible()
    expect(page.locator("tr[data-row]")).to_have_count(2)
    page.get_by_role("link", name="Snoozed 1").click()
    expect(page.locator("tr[data-row]")).to_have_count(1)
    assert WorkItem.objects.get(snoozed_until=day).subject_public_id == three[0].public_id


def test_a_fix_is_applied_and_a_claim_opened_by_keys(open_page: Opener, three: list[Claim]) -> None:
    page = open_page(Role.BILLER, QUEUE)
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.locator(f"#claim-{three[0].public_id}")).to_contain_text("Ready to send", timeout=SCRUBBED)
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url(f"**/{three[1].public_id}/")
    assert Finding.objects.filter(state=Finding.State.FIXED).count() == 1


def test_a_note_is_kept_with_the_claim(open_page: Opener, three: list[Claim]) -> None:
    page = open_page(Role.BILLER, f"{QUEUE}{three[0].public_id}/")
    page.get_by_label("Note").fill("Asked the patient for the card.")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".timeline")).to_contain_text("Asked the patient for the card.")
    assert WorkNote.objects.get().item == three[0].work_item


def test_a_coder_takes_a_line_off_and_the_rest_is_ready(open_page: Opener, now: datetime) -> None:
    visit = EncounterFactory(charges__size=2)
    visit.charges.filter(number=2).update(procedure="97110", units=9)
    UnitLimitFactory(code="97110", most=6, adjudication="2")
    build_claims(now=now)
    scrub_claims(now=now)
    claim = Claim.objects.get()
    page = open_page(Role.CODER, f"{QUEUE}{claim.public_id}/", width="phone")
    page.get_by_text("Take a line off this claim").click()
    page.get_by_label("Line", exact=True).select_option("2")
    page.locator("#off-reason").fill("Beyond what CMS takes for a day.")
    page.get_by_role("button", name="Take off").click()
    expect(page.get_by_text("Ready to send. It leaves with the next file")).to_be_visible(timeout=SCRUBBED)
    expect(page.get_by_role("heading", name="Taken off this claim")).to_be_visible()
    assert look(page, "a line off") == []
    claim.refresh_from_db()
    assert [line.number for line in claim.lines.all()] == [1]


@pytest.mark.axe
@pytest.mark.parametrize("query", ["", f"?rule={RULE}", "?view=mine", "?due=past"])
def test_the_queue_is_sound_in_every_dress(query: str, open_page: Opener, three: list[Claim]) -> None:
    page = open_page(Role.BILLER, f"{QUEUE}{query}")
    boxes = page.locator("tbody .pick input[type=checkbox]")
    if boxes.count():
        boxes.first.check()
    for summary in page.locator(".list-tools summary").all():
        summary.click()
    assert look_long(page, query) == []
