from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from apps.claims.models import AdjudicationAdjustment, Claim
from apps.claims.services import build_secondaries
from apps.denials.models import Denial, Lane, RoutingRule
from apps.denials.rules.at_risk import at_risk
from apps.denials.selectors.soundness import denial_faults
from apps.denials.services import OpenedDenials, open_denials, settle_denials
from apps.eligibility.models import EligibilityCheck
from apps.worklist.models import WorkItem
from tests.claims.secondaries import answered, medicare_paid_a_part, with_second_plan
from tests.factories.claims import ADJUDICATED_AT, AdjudicationAdjustmentFactory, AdjudicationFactory
from tests.factories.denials import answered_later, denial, refused
from tests.factories.practice import PayerDeadlineFactory, PayerFactory, PracticeFactory
from tests.factories.remittances import NOW, svc

pytestmark = pytest.mark.django_db
State = Denial.State


@pytest.mark.parametrize(
    ("carc", "lane", "owner"),
    [
        ("4", Lane.MODIFIER, "biller"),
        ("22", Lane.COORDINATION, "biller"),
        ("97", Lane.CODING_REVIEW, "coder"),
        ("50", Lane.MEDICAL_NECESSITY, "biller"),
        ("16", Lane.GENERAL, "biller"),
        ("999", Lane.GENERAL, "biller"),
    ],
)
@pytest.mark.parametrize("group", ["CO", "PR"])
def test_a_denial_takes_its_lane_under_any_group_and_becomes_a_task(carc: str, group: str, lane: Lane, owner: str):
    found = denial(carc, group=group)
    item = found.work_item
    assert (found.lane, found.code, found.amount) == (lane, f"{group}-{carc}", Decimal("148.00"))
    assert item
    assert (item.owner_role, item.url_name, item.subject_public_id, item.amount_at_stake, item.due_on) == (
        owner,
        "denials:card",
        found.public_id,
        Decimal("148.00"),
        found.due_on,
    )


def test_an_answer_is_routed_once_and_at_once():
    answer = refused()
    assert open_denials(now=ADJUDICATED_AT) == OpenedDenials(opened=1, settled=0)
    assert open_denials(now=ADJUDICATED_AT + timedelta(hours=1)) == OpenedDenials(opened=0, settled=0)
    found = Denial.objects.get()
    assert (found.adjudication, found.received_at, found.routed_at) == (answer, answer.recorded_at, ADJUDICATED_AT)


def test_an_answer_that_cannot_be_prepared_is_a_persons_and_keeps_no_other_back(caplog):
    before, bad, after = refused("50"), refused("50"), refused("50")
    PayerDeadlineFactory(payer=bad.payer, counted_from="moon")
    assert open_denials(now=ADJUDICATED_AT) == OpenedDenials(opened=3, settled=0)
    assert [bool(record.exc_info) for record in caplog.records] == [True]
    rows = {row.adjudication_id: row for row in Denial.objects.select_related("work_item")}
    assert rows[before.pk].lane == rows[after.pk].lane == Lane.MEDICAL_NECESSITY
    assert (rows[bad.pk].lane, rows[bad.pk].prepared) == (Lane.GENERAL, {"kind": "read"})
    assert rows[bad.pk].deadline_source.startswith("This denial could not be prepared")
    assert rows[bad.pk].work_item
    assert open_denials(now=ADJUDICATED_AT) == OpenedDenials(opened=0, settled=0)


def test_neither_cost_share_nor_contract_is_a_denial():
    AdjudicationFactory(cost_share=Decimal("30.00"), contractual=Decimal("40.00"))
    assert open_denials(now=ADJUDICATED_AT).opened == 0


def test_a_refusal_that_was_taken_back_before_it_was_routed_is_none():
    refused(reversed=True)
    assert open_denials(now=ADJUDICATED_AT).opened == 0


def test_the_largest_refusal_of_a_line_leads_and_all_of_it_is_at_stake():
    answer = refused("16", amount="148.00")
    answer.adjustments.update(amount=Decimal("20.00"))
    AdjudicationAdjustmentFactory(
        adjudication=answer, carc="97", amount=Decimal("128.00"), adjustment_class=AdjudicationAdjustment.Class.DENIAL
    )
    open_denials(now=ADJUDICATED_AT)
    found = Denial.objects.get()
    assert (found.carc, found.amount) == ("97", Decimal("148.00"))


def test_routing_costs_the_same_whatever_the_number(django_assert_num_queries):
    PracticeFactory()
    denial("4")  # a practice's first denial brings its routing rules
    for carc in ("4", "22", "97", "50", "16", "22", "4"):
        refused(carc)
    with django_assert_num_queries(24):
        open_denials(now=ADJUDICATED_AT)
    assert Denial.objects.count() == 8


@pytest.mark.long
def test_a_practice_starts_with_a_lane_for_every_denial():
    assert not RoutingRule.objects.exists()
    assert [denial(carc).lane for carc in ("4", "22", "97", "50", "16")] == [
        Lane.MODIFIER, Lane.COORDINATION, Lane.CODING_REVIEW, Lane.MEDICAL_NECESSITY, Lane.GENERAL,
    ]  # fmt: skip
    assert RoutingRule.objects.count() == 9


def test_large_numbers_go_in_chunks():
    for _ in range(5):
        refused()
    assert open_denials(now=ADJUDICATED_AT, limit=2).opened == 5


def test_an_unknown_deadline_is_not_guessed():
    found = denial("50")
    assert (found.appeal_deadline, found.deadline_source) == (None, "")
    assert found.due_on == date(2026, 10, 28)


def test_a_configured_deadline_comes_with_its_source():
    answer = refused("50")
    PayerDeadlineFactory(payer=answer.payer, days=25)
    open_denials(now=ADJUDICATED_AT)
    found = Denial.objects.get()
    assert (found.appeal_deadline, found.due_on) == (date(2026, 10, 23), date(2026, 10, 23))
    assert found.deadline_source == (
        "First appeal level: 25 days from the remittance date. Provider manual, chapter 7. "
        "Verified Jul 1, 2026 by Nadia Okafor."
    )


def test_the_modifier_lane_arrives_with_its_proposal():
    assert denial("4", beside=("20610",)).prepared["modifier"] == "25"


def test_the_coordination_lane_asks_the_payer_about_the_day_of_service(nudges, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        found = denial("22")
    check = found.eligibility_check
    assert check
    assert (check.coverage, check.service_date, check.appointment, check.reason) == (
        found.claim.coverage,
        found.claim.service_date,
        None,
        EligibilityCheck.Reason.DENIAL,
    )
    assert nudges == [("check_eligibility", check.public_id)]


def test_the_letter_is_filled_from_the_claim_and_leaves_the_clinical_reason_to_a_person():
    PracticeFactory()
    found = denial("50")
    text = " ".join(found.prepared["paragraphs"])
    assert found.claim.patient.full_name in text
    assert "as not medically necessary (CO-50)" in text
    assert "September 16, 2026" in found.prepared["subject"]
    assert text.count("[FILL IN]") == 1


@pytest.mark.parametrize(
    ("later", "state", "recovered"),
    [
        ({"paid": "92.00"}, State.RECOVERED, "92.00"),
        ({"cost_share": "92.00"}, State.RECOVERED, "0.00"),
        ({"denied": "148.00"}, State.UPHELD, "0.00"),
    ],
)
def test_a_later_remittance_decides_and_closes_the_task(
    now: datetime, later: dict[str, str], state: str, recovered: str
):
    found = denial()
    answered_later(found, **later)
    assert open_denials(now=now).settled == 1
    found.refresh_from_db()
    assert (found.state, found.recovered_amount, found.closed_at) == (state, Decimal(recovered), now)
    assert found.work_item
    assert found.work_item.state == WorkItem.State.WITHDRAWN


def test_a_second_refusal_is_a_denial_of_its_own(now: datetime):
    first = denial()
    again = answered_later(first, denied="148.00")
    assert open_denials(now=now) == OpenedDenials(opened=1, settled=1)
    assert Denial.objects.get(adjudication=again).state == State.OPEN


def test_an_answer_taken_back_may_still_be_paid_months_later(now: datetime):
    found = denial()
    found.adjudication.reversed = True
    found.adjudication.save()
    assert settle_denials(now=now) == 1
    assert settle_denials(now=now) == 0
    found.refresh_from_db()
    assert found.state == State.REVERSED
    answered_later(found, paid="92.00")
    assert settle_denials(now=now) == 1
    found.refresh_from_db()
    assert (found.state, found.recovered_amount) == (State.RECOVERED, Decimal("92.00"))


def test_another_lines_payment_decides_nothing(now: datetime):
    found = denial(beside=("20610",))
    AdjudicationFactory(
        claim=found.claim, line=found.claim.lines.get(number=2), recorded_at=ADJUDICATED_AT + timedelta(days=1)
    )
    assert settle_denials(now=now) == 0


@pytest.mark.long
@pytest.mark.parametrize("at_once", [True, False])
def test_a_further_payers_refusal_puts_only_the_rest_at_risk(at_once: bool):
    claim = medicare_paid_a_part()
    medicaid = PayerFactory(name="Medicaid")
    with_second_plan(claim, payer=medicaid)
    if not at_once:  # a denial of the first payer's is no part of what was settled
        open_denials(now=NOW)
    answered(
        claim, svc(claim.lines.get(), "0.00", ("OA-23", "300.00"), ("CO-96", "200.00")), payer=medicaid, status="2"
    )
    open_denials(now=NOW)
    (found,) = Denial.objects.all()
    assert (found.payer, found.amount, found.adjudication.denied) == (medicaid, Decimal("75.00"), Decimal("200.00"))
    assert found.work_item
    assert found.work_item.amount_at_stake == Decimal("75.00")
    assert denial_faults() == []


@pytest.mark.long
def test_what_a_payers_second_plan_refuses_puts_only_the_rest_at_risk():
    first = medicare_paid_a_part()
    with_second_plan(first, payer=first.payer, member_id="SECOND77")
    build_secondaries(now=NOW)
    claim = Claim.objects.get(encounter=first.encounter, payer_rank=2)
    answered(claim, svc(claim.lines.get(), "0.00", ("OA-23", "300.00"), ("CO-96", "200.00")), status="2")
    open_denials(now=NOW)
    assert Denial.objects.get().amount == Decimal("75.00")


@pytest.mark.parametrize(
    ("charge", "denied", "settled", "risked"),
    [("500", "500", "425", "75"), ("500", "40", "425", "40"), ("500", "500", "0", "500"), ("100", "100", "120", "0")],
)
def test_what_is_at_risk(charge: str, denied: str, settled: str, risked: str):
    assert at_risk(Decimal(charge), Decimal(denied), Decimal(settled)) == Decimal(risked)
