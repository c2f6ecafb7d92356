from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.connectors.models import Transmission
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.rules.marks import Group, mark_of
from apps.eligibility.rules.script import Call, call_script
from apps.eligibility.services.desk_tasks import open_tasks
from apps.intake.models import Appointment, Coverage
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.eligibility.answers import about_patient
from tests.factories.connectors import TransmissionFactory
from tests.factories.eligibility import AnsweredCheckFactory, EligibilityCheckFactory, FailedCheckFactory
from tests.factories.intake import AppointmentFactory, CoverageFactory
from tests.factories.practice import PayerFactory, ProviderFactory
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/Chicago")
DAY = date(2026, 9, 17)
SignIn = Callable[[Role | None], Client]


@pytest.fixture
def signed_in(settings, tmp_path: Path, now: datetime) -> SignIn:
    """It is Wednesday, September 16, 3 PM in Austin."""
    (tmp_path / "clock").write_text(now.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    return partial(browser_of, first_name="Kayla")


@pytest.fixture
def desk(signed_in: SignIn) -> Client:
    return signed_in(Role.FRONT_DESK)


def visit(hour: int = 9, minute: int = 40, **facts: object) -> Appointment:
    row = AppointmentFactory(starts_at=datetime(2026, 9, 17, hour, minute, tzinfo=ZONE), **facts)
    CoverageFactory(patient=row.patient)
    return row


def checked(factory: type = AnsweredCheckFactory, row: Appointment | None = None, **facts: object) -> EligibilityCheck:
    row = row or visit()
    check: EligibilityCheck = factory(appointment=row, coverage=row.patient.coverages.get(), service_date=DAY, **facts)
    return check


def failed(**facts: object) -> EligibilityCheck:
    check = checked(FailedCheckFactory, **facts)
    open_tasks([check], now=check.created_at)
    return check


def page(client: Client, name: str, *args: str, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    return text


@pytest.mark.parametrize(
    ("state", "verdict", "settlement", "group", "needs"),
    [
        ("answered", "active", "", Group.COVERED, False),
        ("answered", "inactive", "", Group.NOT_COVERED, True),
        ("answered", "not_found", "", Group.NOT_COVERED, True),
        ("answered", "other_payer", "", Group.ASK, True),
        ("answered", "unknown", "", Group.ASK, True),
        ("outage", "", "", Group.ASK, True),
        ("not_asked", "", "", Group.ASK, True),
        ("by_phone", "", "", Group.ASK, True),
        ("waiting", "", "", Group.WAITING, False),
        ("asking", "", "", Group.WAITING, False),
        ("answered", "inactive", "verified", Group.COVERED, False),
        ("answered", "inactive", "self_pay", Group.SELF_PAY, False),
        ("answered", "inactive", "rescheduled", Group.SELF_PAY, False),
        ("answered", "inactive", "new_coverage", Group.WAITING, False),
    ],
)
def test_every_state_has_its_mark(state: str, verdict: str, settlement: str, group: Group, needs: bool):
    mark = mark_of(state, verdict, settlement)
    assert (mark.group, mark.needs_someone) == (group, needs)


CALL = Call("Kayla", "Pecan Row", "Rosalind Pike", "Lone Prairie", "tomorrow at 9:40 AM")


@pytest.mark.parametrize("verdict", ["inactive", "not_found", "other_payer", "unknown", ""])
def test_the_script_greets_asks_and_ends_with_a_word_for_the_caller(verdict: str):
    greeting, ask, aside = call_script(CALL, verdict=verdict, by_phone=False)
    assert greeting == "Hello, this is Kayla from Pecan Row, about your visit tomorrow at 9:40 AM."
    assert "Lone Prairie" in ask
    assert "self-pay" in aside


def test_a_call_to_the_payer_names_the_member_and_asks_for_a_reference():
    assert "Rosalind Pike" in call_script(CALL, verdict="", by_phone=True)[1]


@pytest.mark.parametrize("verdict", ["inactive", "not_found", "other_payer", "unknown", ""])
def test_after_the_visit_nobody_is_told_what_to_do_before_it(verdict: str):
    past = replace(CALL, when="on Wednesday, Sep 2 at 9:40 AM", is_past=True)
    said = " ".join(
        (*call_script(past, verdict=verdict, by_phone=False), *call_script(past, verdict="", by_phone=True))
    )
    assert ("before they come" in said, "Was the plan active that day" in said) == (False, True)
    assert "ask for no money now" in said


def test_an_empty_day_says_what_will_stand_here(desk: Client):
    assert "They come from the EHR each evening." in page(desk, "eligibility:tomorrow")


def test_tomorrow_begins_with_the_visits_that_need_someone(desk: Client):
    checked()
    problem = failed(row=visit(8, 20))
    text = page(desk, "eligibility:tomorrow")
    assert "Tomorrow, Thursday, September 17" in text
    assert "<b>1 of 2 visits</b> needs you before the patient arrives. The first is at <b>8:20 AM</b>." in text
    assert text.index("Before they arrive") < text.index("Schedule by time and provider")
    assert reverse("eligibility:check", args=[problem.public_id]) in text
    assert "Coverage ended on Aug 31, 2026." in text


def test_tasks_about_past_visits_are_told_with_the_way_to_them(desk: Client):
    failed()
    assert "about past visits" not in page(desk, "eligibility:tomorrow")
    past = AppointmentFactory(starts_at=datetime(2026, 9, 10, 9, tzinfo=ZONE))
    CoverageFactory(patient=past.patient)
    check = FailedCheckFactory(appointment=past, coverage=past.patient.coverages.get(), service_date=date(2026, 9, 10))
    open_tasks([check], now=check.created_at)
    text = page(desk, "eligibility:tomorrow")
    assert "<b>2 coverage tasks</b> wait for your role, 1 of them about past visits." in text
    way = f"{reverse('workspace:worklist')}?view=role&amp;kind=eligibility"
    assert way in text
    listed = desk.get(way.replace("&amp;", "&")).content.decode()
    assert listed.count("data-row") == 2
    WorkItem.objects.filter(eligibility_check=check).update(snoozed_until=date(2026, 9, 30))
    assert "about past visits" not in page(desk, "eligibility:tomorrow")


def test_the_schedule_stands_by_time_and_provider(desk: Client):
    one, other = ProviderFactory(last_name="Achterberg"), ProviderFactory(last_name="Branwen")
    for provider, hour in ((one, 8), (one, 9), (other, 9)):
        checked(row=visit(hour, provider=provider))
    text = page(desk, "eligibility:tomorrow")
    assert text.index("Achterberg") < text.index("Branwen")
    assert text.count('<th scope="row">') == 2


def test_self_pay_and_unchecked_visits_are_marked_and_canceled_ones_left_out(desk: Client):
    AppointmentFactory(starts_at=datetime(2026, 9, 17, 10, tzinfo=ZONE))
    visit(11)
    visit(12, status=Appointment.Status.CANCELLED)
    text = page(desk, "eligibility:tomorrow")
    assert "2 visits" in text
    assert "Self-pay" in text
    assert "Not checked yet" in text


def test_a_chip_shows_one_kind_and_the_address_keeps_it(desk: Client):
    covered, problem = checked(), failed(row=visit(8, 20))
    text = page(desk, "eligibility:tomorrow", query="?state=covered")
    schedule = text[text.index("Schedule by time and provider") :]
    assert covered.coverage.patient.full_name in schedule
    assert problem.coverage.patient.full_name not in schedule


def test_another_day_is_in_the_address(desk: Client):
    assert "Friday, September 18" in page(desk, "eligibility:tomorrow", query="?day=2026-09-18")


def test_a_day_costs_the_same_whatever_its_visits(desk: Client, django_assert_num_queries):
    failed(row=visit(8))
    with django_assert_num_queries(16):
        page(desk, "eligibility:tomorrow")
    for hour in range(9, 17):
        failed(row=visit(hour))
    with django_assert_num_queries(16):
        page(desk, "eligibility:tomorrow")


def test_a_list_and_a_view_leave_one_row_each_in_the_trail(desk: Client):
    check = failed()
    page(desk, "eligibility:tomorrow")
    page(desk, "eligibility:check", check.public_id)
    shown = [
        (event.action, event.subject_kind, event.patients)
        for event in AuditEvent.objects.exclude(subject_kind="user").order_by("pk")
    ]
    patient = [check.coverage.patient.public_id]
    assert shown == [("list", "eligibility_schedule", patient), ("view", "eligibility_check", patient)]


def test_the_card_tells_the_reason_the_script_and_the_deadline(desk: Client):
    text = page(desk, "eligibility:check", failed().public_id)
    assert "Coverage ended on Aug 31, 2026." in text
    assert "about your visit tomorrow at 9:40 AM" in text
    assert "Settle it before Sep 17, 9:40 AM" in text
    assert "Goes to the administrator Sep 17, 9:00 AM" in text


def test_a_card_of_a_visit_that_has_been_offers_no_other_day(desk: Client):
    check = failed()
    assert "Rescheduled" in page(desk, "eligibility:check", check.public_id)
    Appointment.objects.filter(pk=check.appointment_id).update(
        starts_at=check.appointment.starts_at - timedelta(days=20)
    )
    text = page(desk, "eligibility:check", check.public_id)
    assert ("Rescheduled" in text, "Settle it before" in text, "The visit was Aug 28" in text) == (False, False, True)
    assert "Goes to the administrator" not in text


def test_the_card_shows_the_benefits_and_the_raw_reply(desk: Client):
    check = checked(
        answer=TransmissionFactory(
            kind="271", payload=about_patient("EB*1**30**GOLD 500"), state=Transmission.State.PROCESSED
        ),
        benefits={
            "plan": "GOLD 500",
            "copay": ["30"],
            "coinsurance": ["0.2"],
            "deductible_left": ["850.25"],
            "begins_on": "2026-01-01",
        },
    )
    text = page(desk, "eligibility:check", check.public_id)
    for words in ("GOLD 500", "$30.00", "20%", "$850.25", "Since Jan 1, 2026", "EB*1**30**GOLD 500"):
        assert words.lower() in text.lower()
    assert "What did they say?" not in text


def test_the_card_tells_another_plan_authorization_and_medicaid(desk: Client):
    named = {"name": "Bluebonnet Mutual", "identifier": "", "member_id": "BBM1", "instead": False}
    told = {
        "other_payer": named,
        "needs_authorization": True,
        "medicaid_pays_cost_share": True,
        "ends_on": "2026-12-31",
    }
    text = page(desk, "eligibility:check", checked(benefits=told).public_id)
    for words in ("Bluebonnet Mutual", "Needed for some services", "Medicaid pays it", "Until Dec 31, 2026"):
        assert words in text


def test_a_self_pay_visit_and_a_denials_inquiry_cannot_be_asked_again_here(desk: Client):
    alone = EligibilityCheckFactory(appointment=None, coverage=CoverageFactory(), reason="denial", service_date=DAY)
    ended = failed()
    Coverage.objects.filter(pk=ended.coverage_id).update(ends_on=date(2026, 9, 1))
    for check, words in ((alone, "asked again from there"), (ended, "no insurance on file for that day")):
        answer = desk.post(reverse("eligibility:recheck", args=[check.public_id]), follow=True)
        assert words in answer.content.decode()


def test_a_day_that_is_none_is_tomorrow(desk: Client):
    failed()
    answer = desk.post(reverse("eligibility:recheck_day"), {"day": "soon"})
    assert answer["Location"] == f"{reverse('eligibility:tomorrow')}?day=2026-09-17"


def test_the_other_plan_that_the_payer_names_is_filled_in(desk: Client):
    payer = PayerFactory(name="Bluebonnet Mutual", claims_id="BBMU2")
    named = {"name": "BLUEBONNET MUTUAL", "identifier": "BBMU2", "member_id": "BBM112233445", "instead": False}
    check = failed(verdict="other_payer", sentence="BLUEBONNET MUTUAL pays first.", benefits={"other_payer": named})
    text = page(desk, "eligibility:check", check.public_id)
    assert f'<option value="{payer.public_id}" selected>' in text
    assert 'value="BBM112233445"' in text


def test_a_plan_of_a_payer_that_we_do_not_know_is_not_filled_in(desk: Client):
    named = {"name": "FAR AWAY HEALTH", "identifier": "", "member_id": "X9", "instead": False}
    check = failed(verdict="other_payer", benefits={"other_payer": named})
    assert 'value="X9"' not in page(desk, "eligibility:check", check.public_id)


def test_a_reader_sees_the_card_without_its_buttons(signed_in: SignIn):
    text = page(signed_in(Role.CODER), "eligibility:check", failed().public_id)
    assert "What did they say?" not in text
    assert "Check again" not in text


@pytest.mark.parametrize(
    ("role", "allowed"), [(None, False), (Role.CODER, True), (Role.FRONT_DESK, True), (Role.ADMINISTRATOR, True)]
)
def test_who_may_look(signed_in: SignIn, role: Role | None, allowed: bool):
    assert (signed_in(role).get(reverse("eligibility:tomorrow")).status_code == 200) is allowed


@pytest.mark.parametrize(
    "name", ["recheck", "new_coverage", "verified", "self_pay", "self_pay_taken_back", "rescheduled"]
)
def test_a_coder_may_change_nothing_and_a_get_changes_nothing(signed_in: SignIn, name: str):
    address = reverse(f"eligibility:{name}", args=[failed().public_id])
    assert signed_in(Role.CODER).post(address).status_code == 403
    assert signed_in(Role.FRONT_DESK).get(address).status_code == 405


def test_check_again_opens_the_new_check(desk: Client, nudges, django_capture_on_commit_callbacks):
    check = failed()
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(reverse("eligibility:recheck", args=[check.public_id]))
    fresh = EligibilityCheck.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (302, reverse("eligibility:check", args=[fresh.public_id]))
    assert nudges == [("check_eligibility", fresh.public_id)]


def test_check_these_again_asks_about_those_that_need_someone(desk: Client):
    checked()
    failed(row=visit(8, 20))
    answer = desk.post(reverse("eligibility:recheck_day"), {"day": "2026-09-17"}, follow=True)
    assert "Asked again about 1 visit." in answer.content.decode()
    assert EligibilityCheck.objects.filter(reason=EligibilityCheck.Reason.ON_DEMAND).count() == 1


@pytest.mark.parametrize(("name", "settlement"), [("self_pay", "self_pay"), ("rescheduled", "rescheduled")])
def test_a_result_is_one_press(desk: Client, name: str, settlement: str):
    check = failed()
    assert desk.post(reverse(f"eligibility:{name}", args=[check.public_id])).status_code == 302
    check.refresh_from_db()
    assert check.settlement == settlement
    assert WorkItem.objects.get().state == WorkItem.State.DONE


@pytest.mark.long
def test_a_patient_takes_a_self_pay_agreement_back(desk: Client):
    check = failed()
    page, back = (reverse(f"eligibility:{name}", args=[check.public_id]) for name in ("check", "self_pay_taken_back"))
    assert "takes it back" not in desk.get(page).content.decode()
    desk.post(reverse("eligibility:self_pay", args=[check.public_id]))
    assert "The patient takes it back" in desk.get(page).content.decode()
    assert "may be billed for this visit again" in desk.post(back, follow=True).content.decode()
    assert "not agreed as self-pay" in desk.post(back, follow=True).content.decode()
    check.refresh_from_db()
    assert (check.settlement, check.settled_at) == ("", None)


def test_verified_needs_the_calls_reference(desk: Client):
    check = failed()
    address = reverse("eligibility:verified", args=[check.public_id])
    refused = desk.post(address, {"phone_reference": ""})
    assert (refused.status_code, "This field is required" in refused.content.decode()) == (422, True)
    assert desk.post(address, {"phone_reference": "C-8812"}).status_code == 302
    check.refresh_from_db()
    assert (check.settlement, check.phone_reference) == ("verified", "C-8812")


def test_new_coverage_is_saved_and_asked_about(desk: Client):
    check, payer = failed(), PayerFactory()
    facts = {"payer": payer.public_id, "member_id": "BBX 7730", "group_number": "", "relationship": "18"}
    answer = desk.post(reverse("eligibility:new_coverage", args=[check.public_id]), facts)
    assert answer["Location"] == reverse("eligibility:check", args=[EligibilityCheck.objects.latest("pk").public_id])
    assert Coverage.objects.get(payer=payer).member_id == "BBX 7730"


def test_somebody_elses_card_needs_their_name_and_birth_date(desk: Client):
    check = failed()
    facts = {"payer": PayerFactory().public_id, "member_id": "B1", "relationship": "19"}
    answer = desk.post(reverse("eligibility:new_coverage", args=[check.public_id]), facts)
    assert answer.status_code == 422
    assert answer.content.decode().count("Needed when the card is somebody else&#x27;s.") == 2


def test_a_card_with_a_birth_date_that_nobody_has_is_refused(desk: Client):
    check = failed()
    facts = {
        "payer": PayerFactory().public_id,
        "member_id": "B1",
        "relationship": "19",
        "subscriber_last_name": "Ilves",
        "subscriber_birth_date": "0001-01-01",
    }
    answer = desk.post(reverse("eligibility:new_coverage", args=[check.public_id]), facts)
    assert (answer.status_code, "The birth date lies before 1900. Look at the year." in answer.content.decode()) == (
        422,
        True,
    )


def test_a_denials_inquiry_has_a_page_without_a_task(desk: Client):
    check = EligibilityCheckFactory(appointment=None, coverage=CoverageFactory(), reason="denial", service_date=DAY)
    assert "Asked after a denial, about Sep 17, 2026" in page(desk, "eligibility:check", check.public_id)


@pytest.mark.parametrize("named", ["9999-12-31", "0001-01-01"])
def test_a_day_beyond_all_visits_is_an_empty_day(desk: Client, named: str) -> None:
    assert desk.get(reverse("eligibility:tomorrow"), {"day": named}).status_code == 200
    assert desk.post(reverse("eligibility:recheck_day"), {"day": named}).status_code == 302
