"""A record opened in an emergency: which pages, for whom, how long, and what stays of it."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.denials.models import Denial
from apps.intake.models import EmergencyAccess, Patient
from apps.intake.services import (
    EMERGENCY_LASTS,
    EmergencyRefusedError,
    close_emergency,
    open_in_emergency,
)
from apps.intake.views.records import require_record
from apps.patient_balances.models import Balance
from apps.practice.access import may_read
from apps.practice.roles import EMERGENCY_READS, PERMISSIONS, Permission, Role, closed_of_records
from apps.worklist.models import WorkItem
from tests.factories.claims import ClaimFactory
from tests.factories.denials import denial as denial_of
from tests.factories.intake import PatientFactory
from tests.factories.ledger import post_as_billed
from tests.factories.practice import UserFactory
from tests.house.test_permissions import unwrapped
from tests.signing_in import browser_of, sign_in
from tests.workspace.emergencies import NOW, WHY, SetClock, opened_by, opens, patient_page, text

# Everything that an emergency opens. What is added here is added in docs/people.md.
OPENED = {
    "workspace:patient",
    "workspace:claim",
    "workspace:claim_file",
    "workspace:claim_document",
    "denials:card",
    "balances:detail",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def denied() -> Denial:
    return denial_of("50")


def pages_of(denial: Denial) -> dict[str, str]:
    claim = denial.claim
    balance = Balance.objects.create(
        patient=claim.patient, encounter=claim.encounter, claim=claim, opened_amount=Decimal("20.00"), opened_at=NOW
    )
    return {
        "claim": reverse("workspace:claim", args=[claim.public_id]),
        "denial": reverse("denials:card", args=[denial.public_id]),
        "balance": reverse("balances:detail", args=[balance.public_id]),
    }


# ------------------------------------------------------------------------------------------------------------ what it opens


def _views(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, pattern.namespace or namespace)
        else:
            yield f"{namespace}:{pattern.name}", pattern.callback


def test_what_an_emergency_opens_is_one_list() -> None:
    found = {
        name
        for name, view in _views(get_resolver().url_patterns)
        if any(hasattr(each, "opens_in_emergency") for each in unwrapped(view))
    }
    assert found == OPENED


def test_it_opens_reading_permissions_only() -> None:
    assert all(permission.value.startswith("view_") for permission in EMERGENCY_READS)
    assert {role: closed_of_records(role) for role in Role} == {
        Role.ADMINISTRATOR: frozenset(),
        Role.BILLER: frozenset(),
        Role.CODER: {Permission.VIEW_BALANCES},
        Role.FRONT_DESK: {Permission.VIEW_CLAIMS, Permission.VIEW_DENIALS},
    }
    assert closed_of_records(None) == frozenset()


@pytest.mark.long
@pytest.mark.parametrize(("role", "beyond"), [(Role.FRONT_DESK, ["claim", "denial"]), (Role.CODER, ["balance"])])
def test_a_record_opens_for_half_an_hour(clock_at: SetClock, denied: Denial, role: Role, beyond: list[str]) -> None:
    browser, pages = browser_of(role), pages_of(denied)
    assert [browser.get(pages[name]).status_code for name in beyond] == [403] * len(beyond)
    assert opens(browser, denied.claim.patient).headers["location"] == patient_page(denied.claim.patient)
    for name in beyond:
        page = text(browser, pages[name])
        assert "Opened in an emergency until" in page
        assert WHY in page
    clock_at(NOW + EMERGENCY_LASTS - timedelta(seconds=1))
    assert [browser.get(pages[name]).status_code for name in beyond] == [200] * len(beyond)
    clock_at(NOW + EMERGENCY_LASTS)
    assert [browser.get(pages[name]).status_code for name in beyond] == [403] * len(beyond)
    assert "Opened in an emergency until" not in text(browser, patient_page(denied.claim.patient))


@pytest.mark.parametrize(("role", "beyond"), [(Role.FRONT_DESK, ["claim", "denial"]), (Role.CODER, ["balance"])])
def test_a_refused_page_of_a_record_shows_the_way_to_open_it(denied: Denial, role: Role, beyond: list[str]) -> None:
    browser, pages = browser_of(role), pages_of(denied)
    way = reverse("workspace:open_emergency", args=[denied.claim.patient.public_id])
    for name in beyond:
        answer = browser.get(pages[name])
        assert answer.status_code == 403
        assert f'href="{way}"' in answer.content.decode()
    assert browser.get(way).status_code == 200


def test_no_way_is_shown_where_an_emergency_opens_nothing(denied: Denial) -> None:
    pages = pages_of(denied)
    desk = browser_of(Role.FRONT_DESK)
    none = (
        desk.get(reverse("remittances:list")),
        desk.get(reverse("claims:exception", args=[denied.claim.public_id])),
        desk.get(reverse("workspace:claim", args=["nothing"])),
        browser_of(None).get(pages["claim"]),
    )
    assert [answer.status_code for answer in none] == [403] * len(none)
    assert not [answer for answer in none if "emergency" in answer.content.decode()]


@pytest.mark.long
def test_the_patients_page_is_whole_while_it_lasts(clock_at: SetClock) -> None:
    claim = ClaimFactory()
    post_as_billed(claim.lines.get().charge, now=NOW)
    desk, coder = browser_of(Role.FRONT_DESK), browser_of(Role.CODER)
    address = patient_page(claim.patient)
    assert "Open in an emergency" in text(desk, address)
    assert claim.control_number not in text(desk, address)
    opens(desk, claim.patient)
    opens(coder, claim.patient)
    assert claim.control_number in text(desk, address)
    assert "Payers owe" in text(coder, address)
    assert "Open in an emergency" not in text(desk, address)


def test_it_opens_one_patient_to_one_person(clock_at: SetClock, denied: Denial) -> None:
    desk, another = browser_of(Role.FRONT_DESK), browser_of(Role.FRONT_DESK)
    other_claim = reverse("workspace:claim", args=[ClaimFactory().public_id])
    opens(desk, denied.claim.patient)
    assert desk.get(other_claim).status_code == 403
    assert another.get(pages_of(denied)["claim"]).status_code == 403


def test_lists_and_searches_stay_closed(clock_at: SetClock, denied: Denial) -> None:
    desk = browser_of(Role.FRONT_DESK)
    opens(desk, denied.claim.patient)
    for name in ("claims:list", "claims:exceptions", "denials:list", "remittances:list", "reports:dashboard"):
        assert desk.get(reverse(name)).status_code == 403, name
    found = desk.post(reverse("workspace:search"), {"q": denied.claim.control_number})
    assert found.context["found"].claims == []


@pytest.mark.long
def test_it_opens_nothing_that_writes(clock_at: SetClock, denied: Denial) -> None:
    desk, coder, pages = browser_of(Role.FRONT_DESK), browser_of(Role.CODER), pages_of(denied)
    opens(desk, denied.claim.patient)
    opens(coder, denied.claim.patient)
    balance = Balance.objects.get()
    for browser, name, of in (
        (desk, "denials:note", denied.public_id),
        (desk, "denials:write_off", denied.public_id),
        (desk, "denials:confirm", denied.public_id),
        (coder, "balances:stop", balance.public_id),
        (coder, "balances:write_off", balance.public_id),
    ):
        assert browser.post(reverse(name, args=[of]), {"reason": "x", "note": "x"}).status_code == 403, name
    for browser, address in ((desk, pages["claim"]), (desk, pages["denial"]), (coder, pages["balance"])):
        assert 'method="post"' not in _main(text(browser, address))


def _main(page: str) -> str:
    """The page without its frame and without the mark whose button closes the record."""
    main = page[page.index('id="main"') : page.index("</main>")]
    return main[main.index("</form>") + len("</form>") :]


def test_the_guard_lets_no_other_request_through(clock_at: SetClock) -> None:
    user, patient = UserFactory(role=Role.FRONT_DESK), PatientFactory()
    opened_by(user, patient)

    @require_record(Permission.VIEW_CLAIMS, lambda public_id: Patient.objects.filter(public_id=public_id))
    def page(request: HttpRequest, public_id: str) -> HttpResponse:
        written = [each for each in Permission if each not in PERMISSIONS[Role.FRONT_DESK] and may_read(request, each)]
        return HttpResponse(f"{public_id} {sorted(written)}")

    def asked(method: str) -> HttpRequest:
        request: HttpRequest = getattr(RequestFactory(), method)("/")
        request.user = user
        return request

    assert page(asked("get"), public_id=patient.public_id).content.decode() == (
        f"{patient.public_id} {sorted(EMERGENCY_READS - PERMISSIONS[Role.FRONT_DESK])}"
    )
    with pytest.raises(PermissionDenied):
        page(asked("post"), public_id=patient.public_id)


def test_numbers_stay_masked_beyond_the_role(clock_at: SetClock) -> None:
    claim = ClaimFactory()
    desk = browser_of(Role.FRONT_DESK)
    opens(desk, claim.patient)
    reveal = reverse("workspace:reveal", args=["coverage", claim.coverage.public_id])
    assert reveal not in text(desk, reverse("workspace:claim", args=[claim.public_id]))
    assert reveal in text(desk, patient_page(claim.patient))


def test_whoever_lost_access_or_role_reads_nothing(clock_at: SetClock) -> None:
    claim, browser = ClaimFactory(), Client()
    user = sign_in(browser, Role.FRONT_DESK)
    opens(browser, claim.patient)
    user.membership.delete()
    assert browser.get(reverse("workspace:claim", args=[claim.public_id])).status_code == 403


# -------------------------------------------------------------------------------------------------------------- who opens it


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.BILLER])
def test_whose_role_opens_all_has_nothing_to_open(clock_at: SetClock, role: Role) -> None:
    patient, browser = PatientFactory(), browser_of(role)
    assert opens(browser, patient).status_code == 403
    assert "Open in an emergency" not in text(browser, patient_page(patient))
    with pytest.raises(EmergencyRefusedError, match="nothing more to open"):
        opened_by(UserFactory(role=role), patient)
    assert EmergencyAccess.objects.count() == 0


@pytest.mark.parametrize("reason", ["", "   ", "urgent", "  a     b  "])
def test_a_reason_is_asked_for(clock_at: SetClock, reason: str) -> None:
    patient, desk = PatientFactory(), browser_of(Role.FRONT_DESK)
    answer = opens(desk, patient, reason)
    assert answer.status_code == 422
    assert EmergencyAccess.objects.count() == 0
    with pytest.raises(EmergencyRefusedError, match="Say in a few words"):
        open_in_emergency(
            patient_id=patient.public_id, reason=reason, acting_user=UserFactory(role=Role.CODER), now=NOW
        )


def test_the_page_says_what_it_opens(clock_at: SetClock) -> None:
    address = reverse("workspace:open_emergency", args=[PatientFactory().public_id])
    desk, coder = text(browser_of(Role.FRONT_DESK), address), text(browser_of(Role.CODER), address)
    assert ("For 30 minutes" in desk, "denials" in _main_words(desk), "balances" in _main_words(desk)) == (
        True,
        True,
        False,
    )
    assert "balances, payments and messages" in coder


def _main_words(page: str) -> str:
    return page[page.index("What opens of this patient") : page.index("</main>")]


def test_pressed_twice_it_is_one(clock_at: SetClock) -> None:
    user, patient = UserFactory(role=Role.CODER), PatientFactory()
    assert opened_by(user, patient) == opened_by(user, patient, NOW + timedelta(minutes=1))
    assert opened_by(user, patient, NOW + EMERGENCY_LASTS).opened_at == NOW + EMERGENCY_LASTS
    assert WorkItem.objects.filter(kind="emergency_access").count() == 2


def test_its_person_closes_it_and_nobody_elses(clock_at: SetClock) -> None:
    claim, browser = ClaimFactory(), Client()
    sign_in(browser, Role.FRONT_DESK)
    opens(browser, claim.patient)
    access = EmergencyAccess.objects.get()
    address = reverse("workspace:close_emergency", args=[access.public_id])
    assert browser_of(Role.FRONT_DESK).post(address).status_code == 404
    clock_at(NOW + timedelta(minutes=3))
    assert "The record is closed again." in browser.post(address, follow=True).content.decode()
    assert browser.get(reverse("workspace:claim", args=[claim.public_id])).status_code == 403
    access.refresh_from_db()
    assert access.ends_at == NOW + timedelta(minutes=3)
    assert "closed already" in browser.post(address, follow=True).content.decode()
    with pytest.raises(EmergencyAccess.DoesNotExist):
        close_emergency(emergency_id=access.public_id, acting_user=UserFactory(role=Role.BILLER), now=NOW)
