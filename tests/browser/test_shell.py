"""The frame in a real browser: keys, theme, phone navigation, a request that fails, and life without script."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.connectors.models import Transmission
from apps.core import clock
from apps.core.jobs import start_job
from apps.practice.roles import Role
from apps.worklist.models import SavedView
from tests.browser.conftest import Opener, Watch
from tests.browser.world import build_world
from tests.locked_away import lose_key_of

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = reverse("workspace:today")


@pytest.mark.long
def test_j_and_k_walk_the_rows_and_enter_opens_one(open_page: Opener) -> None:
    world = build_world()
    page = open_page(Role.BILLER, reverse("workspace:patient", args=[world.patient.public_id]))
    page.keyboard.press("j")
    first = page.locator("[data-row].cursor a.who")
    expect(first).to_be_focused()
    assert first.inner_text() == world.paid.control_number
    page.keyboard.press("j")
    expect(page.locator("[data-row].cursor")).to_contain_text("Visit ")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('workspace:claim', args=[world.paid.public_id])}")


@pytest.mark.long
def test_slash_goes_to_the_search_field_and_letters_typed_there_are_no_keys(open_page: Opener) -> None:
    page = open_page(Role.BILLER, TODAY)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("jk?")
    expect(page.locator("#search")).to_have_value("jk?")
    expect(page.locator("#keys")).not_to_be_visible()


def test_a_search_finds_a_patient_and_keeps_the_name_out_of_the_address(open_page: Opener) -> None:
    build_world()
    page = open_page(Role.BILLER, TODAY)
    page.keyboard.press("/")
    page.keyboard.type("Lindq")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Lindqvist, Marta").first).to_be_visible()
    assert page.url.endswith(reverse("workspace:search"))


@pytest.mark.long
def test_the_question_mark_shows_the_keys_and_escape_gives_the_focus_back(open_page: Opener) -> None:
    page = open_page(Role.BILLER, TODAY)
    opener = page.get_by_role("button", name="Keys")
    opener.click()
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()
    expect(opener).to_be_focused()
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


@pytest.mark.long
def test_letters_are_no_keys_where_they_were_turned_off(open_page: Opener) -> None:
    build_world()
    page = open_page(Role.BILLER, TODAY)
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Letters and signs work as keys").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.locator("tr.cursor, dialog[open]")).to_have_count(0)
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("checkbox", name="Letters and signs work as keys").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("[data-row].cursor")).to_have_count(1)


@pytest.mark.long
def test_the_theme_changes_at_once_and_is_remembered(open_page: Opener) -> None:
    page = open_page(Role.BILLER, TODAY)
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.long
def test_what_the_bar_offers_is_there_when_the_page_is_enlarged(open_page: Opener) -> None:
    """1280 px at 200 % and at 400 % (WCAG 2.2, 1.4.4 and 1.4.10)."""
    page = open_page(Role.BILLER, TODAY)
    for width in (640, 320):
        page.set_viewport_size({"width": width, "height": 512})
        expect(page.get_by_role("button", name="Light or dark")).to_be_visible()
        page.get_by_role("button", name="Keys").click()
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")


@pytest.mark.long
def test_a_phone_can_be_made_dark_and_shows_no_list_of_keys(open_page: Opener) -> None:
    page = open_page(Role.BILLER, TODAY, width="phone")
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Keys")).not_to_be_visible()


@pytest.mark.long
def test_on_a_phone_the_menu_opens_and_leads_somewhere(open_page: Opener) -> None:
    page = open_page(Role.BILLER, reverse("workspace:search"), width="phone")
    today = page.get_by_role("link", name="Today")
    expect(today).not_to_be_visible()
    menu = page.get_by_role("button", name="Menu")
    box = menu.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    menu.click()
    expect(today).to_be_visible()
    today.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")


@pytest.mark.long
def test_the_account_menu_signs_out(open_page: Opener) -> None:
    page = open_page(Role.BILLER, TODAY)
    page.locator("#user-button").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.long
def test_the_segments_of_a_file_unfold_in_place(open_page: Opener) -> None:
    world = build_world()
    page = open_page(Role.BILLER, reverse("workspace:claim", args=[world.paid.public_id]))
    page.get_by_text("835 era-0928.835").click()
    expect(page.locator(".segments")).to_contain_text(f"CLP*{world.paid.control_number}")
    expect(page.locator(".segments .hit dd")).to_have_text("CAS*CO*45*56")


@pytest.mark.long
def test_a_failed_request_says_so_and_can_be_tried_again(open_page: Opener, watch: Watch) -> None:
    world = build_world()
    page = open_page(Role.BILLER, reverse("workspace:claim", args=[world.paid.public_id]))
    page.route(re.compile("/file/"), lambda route: route.abort())
    page.get_by_text("835 era-0928.835").click()
    toast = page.locator(".toast", has_text="the server did not answer")
    expect(toast).to_be_visible()
    page.unroute(re.compile("/file/"))
    toast.get_by_role("button", name="Try again").click()
    expect(page.locator(".segments")).to_be_visible()
    expect(toast).to_have_count(0)
    # What the browser and htmx say of the request that was cut is the point of this test.
    watch.problems = [each for each in watch.problems if "ERR_FAILED" not in each and not each.startswith("htmx:")]


def name_a_view(page: Page, name: str) -> None:
    page.get_by_text("Save this view").click()
    page.get_by_label("Name").first.fill(name)
    page.get_by_role("button", name="Save view").click()


@pytest.mark.long
def test_a_change_without_an_answer_may_have_been_done_and_what_is_typed_since_is_sent(
    open_page: Opener, watch: Watch
) -> None:
    page = open_page(Role.BILLER, reverse("workspace:worklist"))
    page.route("**/views/save/", lambda route: route.abort())
    name_a_view(page, "Lat ones")
    toast = page.locator(".toast", has_text="The server did not answer")
    expect(toast).to_contain_text("It may have been done all the same")
    page.unroute("**/views/save/")
    page.get_by_label("Name").first.fill("Late ones")
    toast.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="Late ones")).to_be_visible()
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Late ones"]
    watch.problems = [each for each in watch.problems if "ERR_FAILED" not in each and not each.startswith("htmx:")]


@pytest.mark.long
def test_what_the_server_failed_at_or_refused_is_not_told_as_silence(open_page: Opener, watch: Watch) -> None:
    page = open_page(Role.BILLER, reverse("workspace:worklist"))
    page.route("**/views/save/", lambda route: route.fulfill(status=500, body="<h1>It</h1>"))
    name_a_view(page, "Mine")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("Not done: something went wrong on the server")
    expect(toast).not_to_contain_text("all the same")
    page.unroute("**/views/save/")
    page.reload()
    page.context.clear_cookies(name="csrftoken")
    name_a_view(page, "Mine")
    expect(toast).to_contain_text("this page has expired")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    expect(page.get_by_label("Name").first).to_have_value("Mine")
    watch.problems = [each for each in watch.problems if "500" not in each and "403" not in each]


@pytest.mark.long
def test_what_no_key_opens_is_said_where_a_part_of_the_page_asked_for_it(open_page: Opener, watch: Watch) -> None:
    world = build_world()
    page = open_page(Role.BILLER, reverse("workspace:claim", args=[world.paid.public_id]))
    lose_key_of(Transmission.objects.get(name="era-0928.835"))
    page.get_by_text("835 era-0928.835").click()
    expect(page.locator(".toast", has_text="a key that this server no longer has")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    watch.problems = [each for each in watch.problems if "500" not in each]  # the browser tells the status, rightly


@pytest.mark.long
def test_a_session_that_ended_shows_the_door_whole(open_page: Opener) -> None:
    world = build_world()
    page = open_page(Role.BILLER, reverse("workspace:claim", args=[world.paid.public_id]))
    page.context.clear_cookies()
    page.get_by_text("835 era-0928.835").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert reverse("account_login") in page.url


@pytest.mark.long
def test_a_page_left_alone_asks_a_minute_before_it_goes_and_stays_when_told(open_page: Opener) -> None:
    page = open_page(Role.BILLER, TODAY)
    page.clock.install()
    page.reload()
    page.clock.run_for("14:30")
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_text("This page closes in a minute")).to_have_count(0)
    page.clock.run_for("13:50")
    expect(page.get_by_text("This page closes in a minute")).to_have_count(0)
    page.clock.run_for("01:15")
    page.wait_for_url("**/static/away.html")


@pytest.mark.long
def test_a_page_goes_also_where_the_browser_keeps_nothing(open_page: Opener) -> None:
    page = open_page(Role.BILLER, TODAY)
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } })")
    page.clock.install()
    page.reload()
    page.clock.run_for("14:30")
    expect(page.get_by_text("This page closes in a minute")).to_be_visible()
    page.clock.run_for("00:45")
    page.wait_for_url("**/static/away.html")


@pytest.mark.long
def test_work_in_one_tab_keeps_the_page_in_another(open_page: Opener) -> None:
    page = open_page(Role.BILLER, TODAY)
    page.clock.install()
    page.reload()
    page.clock.run_for("14:30")
    expect(page.get_by_text("This page closes in a minute")).to_be_visible()
    other = page.context.new_page()
    other.clock.install(time=page.evaluate("Date.now()"))
    other.goto(page.url)
    expect(page.get_by_text("This page closes in a minute")).to_have_count(0)
    other.close()


@pytest.mark.long
def test_a_job_at_work_does_not_keep_the_page_of_an_empty_desk(open_page: Opener) -> None:
    start_job("import_charges", now=clock.now(), requested_by=None)
    page = open_page(Role.ADMINISTRATOR, reverse("jobs:list"))
    page.clock.install()
    page.reload()
    with page.expect_response(lambda answer: "x-by-itself" in answer.request.headers):
        page.clock.fast_forward("08:00")
    page.clock.fast_forward("07:10")
    page.wait_for_url("**/static/away.html")


@pytest.mark.long
def test_work_is_snoozed_with_a_key(open_page: Opener) -> None:
    build_world()
    page = open_page(Role.BILLER, TODAY)
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator(".toast")).to_contain_text("It comes back tomorrow.")
    expect(page.locator(".lead").first).to_contain_text("4 items")


def test_without_script_pages_read_and_files_open(open_page: Opener) -> None:
    world = build_world()
    page = open_page(Role.BILLER, TODAY, script=False)
    page.get_by_role("link", name=world.held.control_number).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(world.held.control_number)
    page.goto(reverse("workspace:claim", args=[world.paid.public_id]))
    page.get_by_text("835 era-0928.835").click()
    page.get_by_role("link", name="Open the segments about this claim").click()
    expect(page.locator(".segments")).to_contain_text(f"CLP*{world.paid.control_number}")


@pytest.mark.long
def test_without_script_the_theme_still_changes(open_page: Opener) -> None:
    page = open_page(Role.BILLER, TODAY, script=False)
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
