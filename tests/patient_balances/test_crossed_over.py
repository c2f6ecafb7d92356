"""A payer passes a claim on to the next plan, which answers it under that claim's number: what is left then."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.claims.models import Claim
from apps.denials.models import Denial
from apps.denials.selectors import undecided_claims
from apps.denials.services import open_denials, release_to_patient, write_off
from apps.intake.models import Coverage
from apps.ledger.selectors import claim_receivable, insurance_by_payer
from apps.patient_balances.models import Balance
from apps.patient_balances.services import open_balances
from apps.worklist.models import WorkItem
from tests.claims.secondaries import answered, with_second_plan
from tests.factories.practice import PracticeFactory, UserFactory
from tests.factories.remittances import NOW, submitted_claim, svc

pytestmark = pytest.mark.django_db


@pytest.fixture
def second() -> Coverage:
    """Of a claim of 100.00 of which the first payer paid 60.00 and left 20.00 to the patient, and which it passed on."""
    PracticeFactory()
    claim = submitted_claim("100.00")
    found = with_second_plan(claim)
    answered(claim, svc(claim.lines.get(), "60.00", ("PR-2", "20.00"), ("CO-45", "20.00")), status="19")
    return found


def left_by(second: Coverage) -> tuple[list[tuple[str, str, Decimal]], list[str]]:
    """Its answer leaves 15.00 of the 20.00: the balances, and the tasks that are open."""
    claim = Claim.objects.get()
    answered(
        claim, svc(claim.lines.get(), "5.00", ("PR-2", "15.00"), ("OA-23", "80.00")), payer=second.payer, status="2"
    )
    return opened()


def refused(second: Coverage, group: str = "CO") -> Denial:
    """It refuses the 20.00."""
    claim = Claim.objects.get()
    said = svc(claim.lines.get(), "0.00", (f"{group}-96", "20.00"), ("OA-23", "80.00"))
    answered(claim, said, payer=second.payer, status="2")
    assert open_denials(now=NOW).opened == 1
    found: Denial = Denial.objects.get()
    assert found.amount == Decimal("20.00")
    return found


def opened() -> tuple[list[tuple[str, str, Decimal]], list[str]]:
    open_balances(now=NOW, undecided=undecided_claims())
    balances = Balance.objects.values_list("state", "stopped_reason", "opened_amount")
    return list(balances), list(WorkItem.objects.filter(state="open").values_list("kind", flat=True))


def test_until_the_next_plan_has_spoken_nobody_is_asked(second: Coverage) -> None:
    assert opened() == ([], [])


def test_what_the_next_plan_leaves_is_the_patients(second: Coverage) -> None:
    assert left_by(second) == ([("open", "", Decimal("15.00"))], [])


def test_a_third_plan_is_billed_before_the_patient_is_asked(second: Coverage) -> None:
    with_second_plan(Claim.objects.get(), rank=3)
    stopped = ("stopped", "other_coverage", Decimal("15.00"))
    assert left_by(second) == ([stopped], ["balance_other_coverage"])


def test_what_the_next_plan_refuses_is_asked_of_nobody_before_it_is_decided(second: Coverage) -> None:
    refused(second)
    assert opened() == ([], ["denial"])
    assert insurance_by_payer([Claim.objects.get().lines.get().charge_id]) == {second.payer_id: Decimal("20.00")}


def test_what_is_written_off_of_it_the_patient_is_never_asked_for(second: Coverage) -> None:
    denial = refused(second)
    told = {"note": "", "rights_given_up": True, "acting_user": UserFactory(), "now": NOW}
    assert write_off(denial_id=denial.public_id, reason="bad_debt", **told).amount == Decimal("20.00")
    assert opened() == ([], [])
    assert claim_receivable([Claim.objects.get().lines.get().charge_id]).total == 0


def test_what_a_person_releases_of_it_is_the_patients(second: Coverage) -> None:
    denial = refused(second, "PR")
    release_to_patient(denial_id=denial.public_id, reason="Excluded.", acting_user=UserFactory(), now=NOW)
    assert opened() == ([("open", "", Decimal("20.00"))], [])


def test_what_it_pays_after_all_is_no_more_than_the_share(second: Coverage) -> None:
    refused(second)
    claim = Claim.objects.get()
    told = {"payer": second.payer, "status": "2", "now": NOW + timedelta(days=9)}
    answered(claim, svc(claim.lines.get(), "20.00", ("OA-23", "80.00")), **told)
    open_denials(now=NOW)
    assert opened() == ([], [])
    assert claim_receivable([claim.lines.get().charge_id]).total == 0
