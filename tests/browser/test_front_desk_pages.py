"""Eligibility, denials and the dashboard in a real browser: axe, no sideways scroll, reading order on a phone, work without script."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from apps.claims.states import ClaimStatus
from apps.connectors.models import Transmission
from apps.core.models import Automation
from apps.denials.models import Denial
from apps.denials.services import open_denials
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services.desk_tasks import open_tasks
from apps.practice.models import Payer
from apps.practice.roles import Role
from apps.reports.models import MetricSnapshot
from tests.browser.axe import look_long
from tests.browser.conftest import Opener
from tests.eligibility.answers import about_patient
from tests.factories.claims import ClaimFactory
from tests.factories.connectors import TransmissionFactory
from tests.factories.denials import answered_later, denial
from tests.factories.eligibility import AnsweredCheckFactory, EligibilityCheckFactory, FailedCheckFactory
from tests.factories.intake import AppointmentFactory, CoverageFactory, PatientFactory
from tests.factories.practice import PayerDeadlineFactory, PracticeFactory, ProviderFactory
from tests.factories.reports import booked_claim

pytestmark = pytest.mark.django_db(transaction=True)
ZONE = ZoneInfo("America/Chicago")
# Tuesday, September 29, 2026, 9 AM in Austin; tomorrow is the 30th.
NOW = datetime(2026, 9, 29, 14, 0, tzinfo=UTC)
DAY = date(2026, 9, 30)
NAMES = [
    "Yusuf Dunleavy",
    "Lamar Pettigrew",
    "Wren Okonjo",
    "Mireille Novotny",
    "Emeka Adair",
    "Rosalind Pike",
    "Bram Fontaine",
]


@pytest.fixture(autouse=True)
def that_morning(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text(NOW.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    PracticeFactory()


def schedule() -> EligibilityCheck:
    """Seven visits at two providers: most covered, one of each trouble."""
    providers = [ProviderFactory(last_name="Achterberg"), ProviderFactory(last_name="Quintero")]
    factories = [
        AnsweredCheckFactory,
        AnsweredCheckFactory,
        AnsweredCheckFactory,
        EligibilityCheckFactory,
        FailedCheckFactory,
    ]
    troubled = []
    for place, name in enumerate(NAMES):
        first, last = name.split()
        visit = AppointmentFactory(
            patient=PatientFactory(first_name=first, last_name=last),
            provider=providers[place % 2],
            starts_at=datetime(2026, 9, 30, 8 + place // 2, 20 * (place % 2), tzinfo=ZONE),
        )
        if place == 6:
            continue
        coverage = CoverageFactory(patient=visit.patient)
        factory = factories[min(place, 4)]
        check = factory(appointment=visit, coverage=coverage, service_date=DAY, created_at=NOW)
        if check.failed:
            troubled.append(check)
    troubled[-1].answer = TransmissionFactory(
        kind="271", payload=about_patient("EB*6**30", "DTP*349*D8*20260831"), state=Transmission.State.PROCESSED
    )
    open_tasks(troubled, now=NOW)
    troubled[-1].save()
    return troubled[-1]


def queue() -> dict[str, Denial]:
    """One denial of each lane, one decided."""
    found = {"modifier": denial("4", beside=("20610",)), "letter": denial("50", remarks=("N115",))}
    found["coordination"], found["coding"] = denial("22"), denial("97", beside=("20610",))
    found["read"] = denial("16", group="PR")
    PayerDeadlineFactory(payer=found["letter"].payer)
    form = "https://providers.hill-country.example.com/forms/appeals-and-reopenings.pdf"
    Payer.objects.filter(pk=found["coding"].payer_id).update(name="Hill Country Employers Trust of Texas", form=form)
    answered_later(denial("16"), paid="92.00")
    open_denials(now=NOW)
    return found


def books() -> None:
    for days, paid in ((10, "0"), (40, "50"), (70, "80"), (130, "90")):
        served = date.fromordinal(NOW.date().toordinal() - days)
        booked_claim(served, amount="200.00", paid=paid, contractual="60.00", patient="20.00", now=NOW)
    ClaimFactory(status=ClaimStatus.SUBMITTED, first_submitted_at=NOW, accepted_at=NOW)
    Automation.objects.create(name="eligibility", live_since=date(2026, 9, 1))
    for weeks in range(10):
        day = date.fromordinal(NOW.date().toordinal() - 7 * weeks)
        MetricSnapshot.objects.create(metric="ar_days", day=day, value=33 + 2 * weeks, computed_at=NOW)


@pytest.mark.axe
def test_eligibility_is_open_to_everyone(open_page: Opener) -> None:
    check = schedule()
    paths = {"tomorrow": "", "empty": "?day=2026-11-01", "check": f"{check.public_id}/"}
    findings = []
    for name, path in paths.items():
        page = open_page(Role.FRONT_DESK, f"/eligibility/{path}")
        findings += look_long(page, f"eligibility-{name}")
    assert findings == []


@pytest.mark.axe
def test_denials_are_open_to_everyone(open_page: Opener) -> None:
    found = queue()
    paths = {"list": "/denials/", "decided": "/denials/?view=decided"}
    paths |= {lane: f"/denials/{row.public_id}/" for lane, row in found.items()}
    findings = []
    for name, path in paths.items():
        role = Role.CODER if name == "coding" else Role.BILLER
        findings += look_long(open_page(role, path), f"denials-{name}")
    assert findings == []


@pytest.mark.axe
def test_the_dashboard_is_open_to_everyone(open_page: Opener) -> None:
    findings = look_long(open_page(Role.ADMINISTRATOR, "/reports/"), "reports-empty")
    books()
    queue()
    for name, path in {"dashboard": "/reports/", "metric": "/reports/ar_days/"}.items():
        findings += look_long(open_page(Role.ADMINISTRATOR, path), f"reports-{name}")
    assert findings == []


@pytest.mark.long
def test_on_a_phone_tomorrow_begins_with_who_needs_someone_and_is_settled_without_script(open_page: Opener) -> None:
    check = schedule()
    page = open_page(Role.FRONT_DESK, "/eligibility/", width="phone", script=False)
    panel, table = page.locator("section.panel").first.bounding_box(), page.locator("table.schedule").bounding_box()
    assert panel
    assert table
    assert panel["y"] < table["y"]
    page.get_by_role("link", name="Rosalind Pike").first.click()
    page.get_by_text("Verified by phone").click()
    page.get_by_label("Reference number of the call").fill("C-8812")
    page.get_by_role("button", name="Verified").click()
    expect(page.get_by_text("Verified, with its reference number.")).to_be_visible()
    check.refresh_from_db()
    assert check.phone_reference == "C-8812"


def test_a_modifier_denial_is_three_presses_by_two_people(open_page: Opener) -> None:
    found = queue()["modifier"]
    open_page(Role.BILLER, f"/denials/{found.public_id}/").get_by_role("button", name="Ask a coder").click()
    page = open_page(Role.CODER, f"/denials/{found.public_id}/")
    page.get_by_label("Where the record supports it").fill("A separate problem is documented.")
    page.get_by_role("button", name="Confirm").click()
    page = open_page(Role.BILLER, f"/denials/{found.public_id}/")
    page.get_by_role("button", name="Send corrected claim").click()
    expect(page.get_by_text("leaves with the next file")).to_be_visible()
    found.refresh_from_db()
    assert found.state == Denial.State.CORRECTED
