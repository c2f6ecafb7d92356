"""What people decide on the page of a claim that other payers have to do with."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.claims.services import build_secondaries, chase_crossovers
from apps.patient_balances.models import Balance
from apps.practice.roles import Role
from apps.remittances.services import post_remittances
from apps.worklist.models import WorkItem
from tests.claims.conftest import SignIn
from tests.claims.secondaries import answered, medicare_paid_a_part, with_second_plan
from tests.factories.remittances import NOW, clp, payment, plb, reversal_of, stored_file, submitted_claim, svc
from tests.patient_balances.opening import open_balances

pytestmark = [pytest.mark.django_db, pytest.mark.long]
LATER = datetime.fromisoformat("2026-11-05T15:00:00+00:00")
FAR_OFF = datetime.fromisoformat("2100-01-01T00:00:00+00:00")  # the page reads the real clock


def passed_on() -> Claim:
    claim = submitted_claim("500.00")
    answered(claim, svc(claim.lines.get(), "300.00", ("PR-2", "75.00")), status="19")
    return claim


def page(claim: Claim) -> str:
    return reverse("workspace:claim", args=[claim.public_id])


def decide(client: Client, claim: Claim, outcome: str, note: str = "Called the payer") -> str:
    where = reverse("claims:crossover", args=[claim.public_id])
    return client.post(where, {"outcome": outcome, "note": note}, follow=True).content.decode()


def test_a_claim_that_never_reached_the_next_payer_is_billed_at_once(biller: Client) -> None:
    claim = passed_on()
    with_second_plan(claim)
    chase_crossovers(now=LATER)
    assert "Bill the next payer" in biller.get(page(claim)).content.decode()
    assert "Noted. What follows happens by itself." in decide(biller, claim, "bill")
    assert build_secondaries(now=FAR_OFF).built == 1
    item = WorkItem.objects.get(kind="crossover_chase")
    assert (item.state, item.outcome) == ("done", "Called the payer")
    assert AuditEvent.objects.filter(action="settle_crossover").count() == 1
    assert "Bill the next payer" not in biller.get(page(claim)).content.decode()


def test_without_a_plan_on_file_there_is_nobody_to_bill(biller: Client) -> None:
    claim = passed_on()
    assert "Enter it first." in decide(biller, claim, "bill")
    claim.refresh_from_db()
    assert (claim.status, claim.bill_crossover_from) == ("forwarded", None)


def test_what_nobody_else_pays_is_the_patients(biller: Client) -> None:
    claim = passed_on()
    open_balances(now=NOW)
    assert not Balance.objects.exists()
    decide(biller, claim, "patient")
    claim.refresh_from_db()
    assert claim.status == "patient_balance"
    open_balances(now=NOW)
    assert Balance.objects.get().claim == claim
    assert "does not wait for another payer" in decide(biller, claim, "patient")


@pytest.mark.parametrize(("outcome", "note"), [("", "Called"), ("patient", " ")])
def test_a_decision_needs_its_outcome_and_how_it_is_known(biller: Client, outcome: str, note: str) -> None:
    claim = passed_on()
    assert "say in a few words how you know" in decide(biller, claim, outcome, note)
    claim.refresh_from_db()
    assert claim.status == "forwarded"


def test_a_coder_does_not_decide_it(signed_in: SignIn) -> None:
    claim = passed_on()
    coder = signed_in(Role.CODER)
    assert "Bill the next payer" not in coder.get(page(claim)).content.decode()
    assert coder.post(reverse("claims:crossover", args=[claim.public_id]), {"outcome": "patient"}).status_code == 403
    assert coder.post(reverse("claims:recheck", args=[claim.public_id]), {"note": "x"}).status_code == 403


def changed_after_it_left(*, left: bool) -> Claim:
    first = medicare_paid_a_part()
    with_second_plan(first)
    build_secondaries(now=NOW)
    second = Claim.objects.get(encounter=first.encounter, payer_rank=2)
    if left:
        Claim.objects.filter(pk=second.pk).update(status="submitted", first_submitted_at=NOW)
    before = clp(first, svc(first.lines.get(), "300.00", ("PR-2", "75.00")))
    again = clp(first, svc(first.lines.get(), "310.00", ("PR-2", "60.00")))
    stored_file(payment(reversal_of(before), again, payer=first.payer))
    assert post_remittances(now=NOW).failures == ()
    second.refresh_from_db()
    return second


def test_an_answer_that_changes_after_the_next_claim_has_left_is_somebodys_work(biller: Client) -> None:
    second = changed_after_it_left(left=True)
    assert second.work_item is not None
    assert second.work_item.title.startswith(f"Look whether claim {second.control_number} must be corrected")
    assert "changed its answer after this claim had left" in biller.get(page(second)).content.decode()
    where = reverse("claims:recheck", args=[second.public_id])
    assert "Say in a few words what came of it." in biller.post(where, {"note": " "}, follow=True).content.decode()
    biller.post(where, {"note": "Told by phone"})
    second.work_item.refresh_from_db()
    assert (second.work_item.state, second.work_item.outcome) == ("done", "Told by phone")
    assert "Nothing waits to be looked at here." in biller.post(where, {"note": "x"}, follow=True).content.decode()


def test_a_claim_that_has_not_left_reads_the_new_answer_and_is_nobodys_work() -> None:
    second = changed_after_it_left(left=False)
    assert second.work_item is None
    assert second.events.filter(what="The answer of a payer before has changed since.").count() == 1


def test_a_payment_taken_back_whole_is_told_too() -> None:
    first = medicare_paid_a_part()
    with_second_plan(first)
    build_secondaries(now=NOW)
    said = clp(first, svc(first.lines.get(), "300.00", ("PR-2", "75.00")))
    stored_file(payment(reversal_of(said), payer=first.payer, plbs=[plb("FB", "-300.00")]))
    assert post_remittances(now=NOW).failures == ()
    second = Claim.objects.get(encounter=first.encounter, payer_rank=2)
    assert second.events.filter(what="The answer of a payer before has changed since.").exists()
