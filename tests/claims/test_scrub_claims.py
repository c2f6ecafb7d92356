from datetime import date, datetime

import pytest

from apps.claims.models import Claim, ClaimEvent, Finding
from apps.claims.services import scrub_claims
from apps.claims.states import ClaimStatus
from apps.worklist.models import WorkItem
from tests.factories.claims import ClaimFactory, FindingFactory
from tests.factories.eligibility import FailedCheckFactory
from tests.factories.practice import PayerDeadlineFactory, PracticeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def practice() -> None:
    PracticeFactory()


def reload(claim: Claim) -> Claim:
    claim.refresh_from_db()
    return claim


def test_a_sound_claim_is_ready(now: datetime) -> None:
    claim = ClaimFactory()
    result = scrub_claims(now=now)
    assert (result.passed, result.held, result.more) == (1, 0, False)
    assert reload(claim).status == ClaimStatus.READY
    assert claim.passed_untouched is True
    assert not Finding.objects.exists()
    assert not WorkItem.objects.exists()


def test_an_unsound_claim_is_held_with_one_item_of_work(now: datetime) -> None:
    claim = ClaimFactory(encounter__coverage__member_id="", encounter__patient__sex="", encounter__patient__line1="")
    PayerDeadlineFactory(payer=claim.payer, kind="filing", days=95, counted_from="service")
    assert scrub_claims(now=now).held == 1
    assert reload(claim).status == ClaimStatus.EXCEPTION
    assert claim.passed_untouched is False
    assert set(claim.findings.values_list("rule", flat=True)) == {"COV-MEMBER-ID", "WF-SEX", "WF-PATIENT-ADDRESS"}
    item = WorkItem.objects.get()
    assert (claim.work_item, item.due_on, item.amount_at_stake, item.owner_role) == (
        item,
        date(2026, 12, 20),
        claim.total,
        "biller",
    )


def test_the_work_on_a_claim_to_medicare_is_due_by_the_calendar_year(now: datetime) -> None:
    claim = ClaimFactory(encounter__coverage__member_id="", encounter__coverage__payer__filing_indicator="MB")
    Claim.objects.update(service_date=date(2024, 2, 28))
    PayerDeadlineFactory(payer=claim.payer, kind="filing", days=365, counted_from="service")
    scrub_claims(now=now)
    assert WorkItem.objects.get().due_on == date(2025, 2, 28)


def test_without_a_configured_filing_limit_the_work_has_no_due_date(now: datetime) -> None:
    ClaimFactory(encounter__coverage__member_id="")
    scrub_claims(now=now)
    assert WorkItem.objects.get().due_on is None


def test_what_only_a_coder_may_settle_goes_to_a_coder(now: datetime) -> None:
    ClaimFactory(diagnoses=["NONSENSE"])
    scrub_claims(now=now)
    assert WorkItem.objects.get().owner_role == "coder"


def test_one_held_claim_does_not_hold_another(now: datetime) -> None:
    ClaimFactory(encounter__coverage__member_id="")
    sound = ClaimFactory()
    result = scrub_claims(now=now)
    assert (result.passed, result.held) == (1, 1)
    assert reload(sound).status == ClaimStatus.READY


def test_a_visit_that_the_patient_agreed_to_pay_is_not_sent_to_the_plan(now: datetime) -> None:
    claim = ClaimFactory()
    told = {"coverage": claim.coverage, "service_date": claim.service_date, "settlement": "self_pay", "settled_at": now}
    FailedCheckFactory(**told)
    sound = ClaimFactory()
    scrub_claims(now=now)
    assert list(reload(claim).findings.values_list("rule", flat=True)) == ["COV-SELF-PAY"]
    assert (reload(claim).status, reload(sound).status) == (ClaimStatus.EXCEPTION, ClaimStatus.READY)


def test_the_guides_judge_holds_what_no_rule_saw(now: datetime) -> None:
    bad = ClaimFactory(encounter__coverage__payer__claims_id="X")  # NM109 of 2010BB has at least two signs
    sound = ClaimFactory()
    scrub_claims(now=now)
    assert reload(bad).status == ClaimStatus.EXCEPTION
    assert bad.findings.get().rule == "WF-X12-GUIDE"
    assert reload(sound).status == ClaimStatus.READY


def test_a_claim_that_cannot_be_written_is_held_alone(now: datetime) -> None:
    bad = ClaimFactory(encounter__coverage__member_id="AB*12")
    sound = ClaimFactory()
    scrub_claims(now=now)
    assert reload(bad).status == ClaimStatus.EXCEPTION
    assert reload(sound).status == ClaimStatus.READY


def test_findings_of_an_earlier_scrub_are_superseded_and_kept(now: datetime) -> None:
    claim = ClaimFactory(encounter__coverage__member_id="")
    scrub_claims(now=now)
    Claim.objects.update(status=ClaimStatus.DRAFT)
    scrub_claims(now=now)
    states = claim.findings.order_by("pk").values_list("state", flat=True)
    assert list(states) == [Finding.State.SUPERSEDED, Finding.State.OPEN]
    assert WorkItem.objects.filter(state="open").count() == 1


def test_an_overridden_finding_does_not_come_again(now: datetime) -> None:
    claim = ClaimFactory(encounter__coverage__payer__member_id_pattern="ZZ[0-9]+")
    scrub_claims(now=now)
    claim.findings.update(state=Finding.State.OVERRIDDEN, override_reason="The card says so")
    Claim.objects.update(status=ClaimStatus.DRAFT)
    scrub_claims(now=now)
    assert reload(claim).status == ClaimStatus.READY
    assert claim.findings.count() == 1


def test_what_a_person_holds_stays_held(now: datetime) -> None:
    claim = ClaimFactory()
    FindingFactory(claim=claim, rule="RCV-HELD", sentence="Waiting for the operative note.")
    scrub_claims(now=now)
    assert reload(claim).status == ClaimStatus.EXCEPTION
    assert claim.findings.get(state=Finding.State.OPEN).sentence == "Waiting for the operative note."


def test_a_warning_does_not_stop_the_claim(now: datetime) -> None:
    claim = ClaimFactory(encounter__provider__confirmed=False)
    scrub_claims(now=now)
    assert reload(claim).status == ClaimStatus.READY
    assert claim.findings.get().severity == Finding.Severity.WARN
    assert ClaimEvent.objects.get().what == "Passed the scrubber with 1 warning."


def test_scrubbing_again_when_nothing_is_due_does_nothing(now: datetime, django_assert_num_queries) -> None:
    ClaimFactory(status=ClaimStatus.READY)
    with django_assert_num_queries(4):
        assert scrub_claims(now=now).passed == 0


@pytest.mark.parametrize("size", [2, 7])
def test_the_queries_do_not_grow_with_the_claims(size: int, now: datetime, django_assert_max_num_queries) -> None:
    for _ in range(size):
        ClaimFactory()
        ClaimFactory(encounter__coverage__member_id="")
    with django_assert_max_num_queries(68):
        scrub_claims(now=now)
