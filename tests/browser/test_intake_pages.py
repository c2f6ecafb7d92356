"""The front desk gives a visit its charges from the morning's list by keyboard; a biller decides what the EHR tells otherwise."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.claims.models import Claim
from apps.claims.services import build_claims
from apps.core import clock
from apps.intake.models import Appointment, Charge, Encounter, VisitConflict
from apps.intake.services import note_uncharged, receive_encounters
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.browser.axe import look
from tests.browser.conftest import Opener, Watch
from tests.browser.test_balances_pages import WRONG_ANSWER
from tests.factories.intake import AppointmentFactory, CoverageFactory
from tests.factories.practice import LocationFactory, PayerFactory, ProviderFactory
from tests.intake import told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


def uncharged() -> Appointment:
    coverage = CoverageFactory()
    visit: Appointment = AppointmentFactory(
        patient=coverage.patient, starts_at=clock.now() - timedelta(days=1), status=Appointment.Status.COMPLETED
    )
    note_uncharged(now=clock.now())
    return visit


def test_charges_are_entered_from_the_list_without_leaving_the_keyboard(open_page: Opener) -> None:
    uncharged()
    item = WorkItem.objects.get(kind="visits_uncharged")
    page = open_page(Role.FRONT_DESK, reverse(item.url_name, args=[item.subject_public_id]))
    assert look(page, "visits without charges") == []
    page.get_by_role("link", name="Enter charges").press("Enter")
    assert look(page, "enter charges") == []
    page.get_by_label("Diagnoses").fill("J01.90")
    page.get_by_role("button", name="Add a line").press("Enter")
    expect(page.locator("#line_3_procedure")).to_be_focused()
    for key in ("99213", "Tab", "25", "Tab", "1", "Tab", "148"):
        page.keyboard.press(key) if key == "Tab" else page.keyboard.type(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Visits without charges")
    expect(page.get_by_text("Nothing is missing")).to_be_visible()
    assert [str(each) for each in Charge.objects.all()] == ["99213 148.00"]
    item.refresh_from_db()
    assert item.state == WorkItem.State.WITHDRAWN


def test_without_script_a_visit_is_explained_and_another_entered(open_page: Opener, watch: Watch) -> None:
    visit = uncharged()
    page = open_page(Role.FRONT_DESK, reverse("intake:uncharged"), width="phone", script=False)
    page.get_by_text("No charges", exact=True).click()
    page.get_by_label("Why").select_option("Did not come")
    page.get_by_role("button", name="Off the list").click()
    expect(page.get_by_text("Nothing is missing")).to_be_visible()
    page.get_by_role("link", name="Charges of another visit").click()
    page.get_by_label("Patient", exact=True).fill(visit.patient.last_name)
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("link", name=visit.patient.full_name, exact=True).click()
    page.get_by_label("Provider").select_option(visit.provider.public_id)
    page.get_by_label("Date of service").fill((clock.today() - timedelta(days=1)).isoformat())
    page.get_by_label("Diagnoses").fill("J0190")
    page.locator("#line_0_procedure").fill("99213")
    page.get_by_role("button", name="Save the charges").click()
    expect(page.get_by_text("this code was never charged before")).to_be_visible()
    watch.problems.remove(WRONG_ANSWER)
    page.locator("#line_0_amount").fill("148")
    page.get_by_role("button", name="Save the charges").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter charges")
    assert Encounter.objects.get().arrived_by == Encounter.Path.HAND


def test_a_biller_compares_and_takes_the_ehr_s_word(open_page: Opener) -> None:
    PayerFactory(name="Lone Prairie", claims_id="LPHP1")
    ProviderFactory(source_id="D1")
    LocationFactory(source_id="L1")
    people = [told.patient(coverages=(told.cover(),))]
    now = clock.now()
    for line in (told.charge(1), told.charge(1, modifiers=("25",))):
        receive_encounters(
            source="drchrono",
            encounters=[told.visit(charges=(line,))],
            patients=people,
            arrived_by=Encounter.Path.POLL,
            now=now,
        )
        build_claims(now=now)
    conflict = VisitConflict.objects.get()
    for width in ("phone", "wide"):
        page = open_page(
            Role.BILLER, reverse("workspace:visit_conflict", args=[conflict.public_id]), width=width, theme="dark"
        )
        assert look(page, f"visit conflict, {width}") == []
    page.get_by_label("Why").fill("The note says so")
    page.get_by_role("button", name="Take theirs").click()
    expect(page.get_by_text("Theirs taken")).to_be_visible()
    build_claims(now=now)
    assert sorted(Claim.objects.values_list("status", flat=True)) == ["draft", "voided"]
