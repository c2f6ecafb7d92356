"""One practice's loop on real wires, as biller, coder, front desk and patient walk it: from a held claim to the patient's receipt."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from apps.automations.demo import people
from apps.automations.simulation.proofs import prove
from apps.claims.models import Claim
from apps.core import clock
from apps.intake.models import Patient
from apps.practice.roles import Role
from tests.browser.conftest import Opener
from tests.browser.running_practice import RunningPractice, running_practice
from tests.browser.test_sign_in import code_of

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY, TUESDAY, WEDNESDAY = date(2026, 8, 3), date(2026, 8, 4), date(2026, 8, 5)
# With this seed Monday's visit with a forgotten modifier is that of a patient who is insured, owes a copay and takes texts, and its
# claim is paid by a payer that takes a night to accept it; one of Tuesday's visits has lapsed coverage; older visits are denied.
SEED = 134
KNOBS = {
    "visits_per_day": 3,
    "days_to_pay": 1,
    "charges_at_checkout": 1,
    "denials": {"50": 0.5},
    "mess": {"missing_modifier_25": 1, "lapsed": 0.3, "wrong_member_id": 0, "missing_address": 0, "other_payer": 0},
    # Nobody pays but the patient of this test.
    "patients": {"pay_now": 0, "pay_later": 0, "open_only": 0, "stop": 0},
    "payer_reject": 0,
    "clearinghouse_reject": 0,
    "undelivered": 0,
}


@pytest.fixture
def practice(tmp_path: Path, settings: Settings, live_server: LiveServer) -> Iterator[RunningPractice]:
    begin = datetime.combine(MONDAY, time(18), clock.practice_zone())
    with running_practice(tmp_path, settings, live_server, begin=begin, seed=SEED, knobs=json.dumps(KNOBS)) as running:
        yield running


def sign_in(page: Page, role: Role) -> None:
    """By password and code, as that person of the demo practice types them."""
    person = next(row for row in json.loads(people.file().read_text()) if row["role"] == role)
    page.get_by_label("Email").fill(person["email"])
    page.get_by_label("Password").fill(person["password"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(code_of(person["totp_secret"]))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")


def open_held_claim(page: Page) -> str:
    """The biller, from Today by way of the queue; scrubbing it as it is changes nothing. Its control number."""
    page.get_by_role("link", name="Scrub and send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Claim exceptions")
    page.get_by_role("row", name="Aug 3").get_by_role("link").click()
    expect(page.locator("#exception")).to_contain_text("Visit beside a procedure")
    expect(page.locator("#exception")).to_contain_text("A coder confirms it from the record.")
    page.get_by_role("button", name="Scrub again", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("something still stops the claim")
    return page.get_by_role("heading", level=1).inner_text().split()[1]


def confirm_from_the_record(page: Page, control_number: str) -> None:
    """The coder, from their own work."""
    page.get_by_role("row", name=control_number).get_by_role("link").first.click()
    page.get_by_label("Where the record supports it").fill("Note of Aug 3: separate assessment, second paragraph.")
    page.get_by_role("button", name="Add modifier 25").click()
    expect(page.locator("#exception")).to_contain_text("Ready to send.")


def settle_the_visit_without_coverage(page: Page) -> None:
    """The front desk, on the evening before."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Tomorrow, Tuesday, August 4")
    expect(page.locator(".page-head")).to_contain_text("1 of 3 visits")
    page.get_by_role("region", name="Before they arrive").get_by_role("link").click()
    expect(page.get_by_text("Coverage ended on Mar 31, 2026.").first).to_be_visible()
    page.get_by_role("button", name="Self-pay agreed").click()
    page.goto(reverse("eligibility:tomorrow"))
    expect(page.locator(".page-head")).to_contain_text("none of which needs you before the patient arrives")
    expect(page.get_by_text("Self-pay agreed").first).to_be_attached()


def story(page: Page) -> list[str]:
    """What has happened to the claim whose page is open, and where it is now. A file's number is its place among all tests'."""
    told: list[str] = page.locator("ol.timeline li:not([data-state=next]) .what").evaluate_all(
        "items => items.map(item => item.firstChild.textContent.trim())"
    )
    return [re.sub(r"TL\d{9}", "TL#", sentence) for sentence in told]


def total(page: Page, name: str) -> str:
    return page.locator(".totals div", has_text=name).locator("dd").inner_text()


def pay_on_the_phone(page: Page, patient: Patient, practice: RunningPractice) -> str:
    """The patient, from the link in the text to the receipt, without logging in. What they paid, in words."""
    page.locator("[data-step=open] button").click()
    page.get_by_label("birth").fill(patient.birth_date.isoformat())
    page.get_by_label("ZIP").fill(patient.postcode[:5])
    page.locator("[data-step=verify] button").click()
    owed = page.locator(".sum").inner_text()
    page.locator("[data-step=pay] button").click()
    expect(page.get_by_text("Stand-in for a card processor's hosted page.")).to_be_visible()
    page.get_by_role("button", name=f"Pay {owed}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Waiting for word of your payment")
    practice.pass_minutes(1)
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("Paid. Thank you.")).to_be_visible()
    expect(page.locator(".sum")).to_have_text(owed)
    return owed


def look_over_everything(page: Page) -> None:
    """The biller, when all is done: what ran by itself, the figures, and a denial that came meanwhile."""
    rooms = page.get_by_role("navigation", name="Main")
    rooms.get_by_role("link", name="Automations").click()
    for title in ("End-of-day charges", "Eligibility before the visit", "Answers from the clearinghouse", "Measures"):
        expect(page.get_by_role("row", name=title)).to_contain_text("Worked")
    for word in ("Failed", "Late"):
        expect(page.get_by_role("row").filter(has=page.get_by_text(word, exact=True))).to_have_count(0)
    rooms.get_by_role("link", name="Reports").click()
    for title in ("Clean claims", "Denial rate", "Visit to submission"):
        figure = page.locator("article", has=page.get_by_role("heading", name=title))
        expect(figure.locator(".value")).to_have_text(re.compile(r"^\s*\d+\.\d"))
    rooms.get_by_role("link", name="Denials").click()
    page.locator("[data-row] a.who").first.click()
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()


FIRST_EVENING = [
    "Visit, charges captured",
    "Claim built from the visit's charges. They came with the nightly look into the EHR.",
    "Held by the scrubber: 1 finding.",
    "Scrubbed again.",
    "Held by the scrubber: 1 finding.",
    "A coder confirmed the proposal from the record.",
    "Passed the scrubber.",
]
ON_ITS_WAY = [
    "Written into file TL#.CLP (TL#).",
    "Sent to Waystar.",
    "The clearinghouse accepted the file.",
    "The clearinghouse: It was forwarded to another receiver (16).",
    "The payer accepted the claim.",
]
ANSWERED = [
    "The payer processed the claim and denied nothing.",
    "Every payer has answered; the rest is the patient's.",
    "First notice to the patient",
]


def test_a_held_claim_goes_all_the_way_to_the_patients_receipt(open_page: Opener, practice: RunningPractice) -> None:
    practice.live_until(MONDAY, 18, 30)
    biller = open_page(None, reverse("workspace:today"))
    sign_in(biller, Role.BILLER)
    control_number = open_held_claim(biller)
    confirm_from_the_record(open_page(Role.CODER, reverse("workspace:today")), control_number)
    biller.reload()
    expect(biller.locator("#exception")).to_contain_text("Ready to send.")

    practice.live_until(MONDAY, 19, 15)
    settle_the_visit_without_coverage(open_page(Role.FRONT_DESK, reverse("eligibility:tomorrow")))

    practice.live_until(TUESDAY, 6)
    biller.get_by_role("link", name="Whole claim").click()
    expect(biller.get_by_role("heading", level=1)).to_contain_text("Waiting for payer")
    assert story(biller) == [*FIRST_EVENING, *ON_ITS_WAY, "The payer decides and pays."]

    practice.live_until(WEDNESDAY, 9, 50)
    biller.reload()
    assert story(biller) == [*FIRST_EVENING, *ON_ITS_WAY, *ANSWERED, "The patient pays."]
    owed = total(biller, "Patient owes")
    assert "$0.00" not in {owed, total(biller, "Payer paid")}
    claim = Claim.objects.select_related("patient").get(control_number=control_number)
    (text,) = practice.texts_to(claim.patient.phone)
    phone = open_page(None, text[text.index("http") :].split()[0], width="phone")
    assert pay_on_the_phone(phone, claim.patient, practice) == owed

    biller.reload()
    payment = [f"Patient paid {owed}", "The patient paid in full.", "Everything is paid."]
    assert story(biller) == [*FIRST_EVENING, *ON_ITS_WAY, *ANSWERED, *payment]
    assert total(biller, "Patient owes") == "$0.00"
    biller.locator(".totals a").click()
    expect(biller.get_by_role("heading", level=1)).to_contain_text("Paid")
    look_over_everything(biller)
    seen = practice.outside.tally()
    # Nobody here brings the satellite office's file.
    seen["charges"] = {visit: told for visit, told in seen["charges"].items() if told["where"] == "ehr"}
    assert [proof for proof in prove(seen) if proof.wrong] == []
    assert practice.outside.tally()["cards"]["paid"] == owed.removeprefix("$")
