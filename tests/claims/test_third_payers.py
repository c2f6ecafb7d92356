"""A third payer is told what two payers before it decided, each under its own plan, or the claim is held."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.claims.encode.coordination import other_coverages
from apps.claims.models import Claim
from apps.claims.rules.coordination import told_apart
from apps.claims.rules.snapshot import DecisionView
from apps.claims.selectors.snapshots import snapshots
from apps.claims.services import build_secondaries, scrub_claims
from apps.claims.states import ClaimStatus
from apps.ledger.selectors import claim_receivable
from apps.practice.models import Payer
from tests.claims.secondaries import answered, built, charges, medicare_paid_a_part, with_second_plan
from tests.factories.practice import PayerFactory, PracticeFactory
from tests.factories.remittances import NOW, svc

pytestmark = pytest.mark.django_db


def third_of(first: Claim, second_payer: Payer) -> Claim:
    """The first paid 300.00 and the second 50.00 of 500.00; 25.00 are left."""
    PracticeFactory()
    with_second_plan(first, payer=second_payer, member_id="SECOND1")
    with_second_plan(first, rank=3)
    second = built(first)
    answered(second, svc(second.lines.get(), "50.00", ("OA-23", "425.00"), ("PR-2", "25.00")), status="2")
    assert build_secondaries(now=NOW).built == 1
    return Claim.objects.get(encounter=first.encounter, payer_rank=3)


@pytest.mark.long
def test_a_claim_is_held_where_a_file_could_not_tell_two_plans_at_one_payer_apart() -> None:
    first = medicare_paid_a_part()
    third = third_of(first, first.payer)
    assert scrub_claims(now=NOW).held == 1
    (found,) = third.findings.all()
    assert found.rule == "COV-PLANS-AT-ONE-PAYER"
    assert found.sentence.startswith(f"2 plans before this one are at {first.payer.name}, id {first.payer.claims_id}.")
    assert f"Bill {third.payer.name} in its portal or on paper" in found.sentence


@pytest.mark.long
def test_what_the_payer_of_a_held_claim_answers_on_paper_is_posted() -> None:
    first = medicare_paid_a_part()
    third = third_of(first, first.payer)
    scrub_claims(now=NOW)
    answered(third, svc(third.lines.get(), "25.00", ("OA-23", "475.00")), status="3")
    assert claim_receivable(charges(first)).total == Decimal(0)
    third.refresh_from_db()
    assert third.status == ClaimStatus.PAID


@pytest.mark.long
def test_two_payers_under_one_id_are_not_told_apart_either() -> None:
    first = medicare_paid_a_part()
    third = third_of(first, PayerFactory())
    view = snapshots([third.pk], today=NOW.date())[third.pk]
    assert list(told_apart(view)) == []
    one, two = view.others
    same = replace(two, payer=replace(two.payer, claims_id=one.payer.claims_id))
    (issue,) = told_apart(replace(view, others=(one, same)))
    assert f"at {one.payer.name} and {two.payer.name}, id {one.payer.claims_id}." in issue.sentence


@pytest.mark.long
def test_two_payers_of_their_own_ids_hold_nothing() -> None:
    third_of(medicare_paid_a_part(), PayerFactory())
    assert scrub_claims(now=NOW).passed == 1


@pytest.mark.long
def test_two_plans_at_one_payer_that_answered_without_lines_are_told_by_their_member_ids() -> None:
    first = medicare_paid_a_part()
    third = third_of(first, first.payer)
    view = snapshots([third.pk], today=NOW.date())[third.pk]
    others = [replace(each, lines={}, whole=DecisionView(each.paid, (), NOW.date(), "")) for each in view.others]
    view = replace(view, others=tuple(others))
    assert list(told_apart(view)) == []
    told = [(each.payer_rank, each.insured.member_id, each.paid) for each in other_coverages(view)]
    assert told == [("P", first.coverage.member_id, Decimal("300.00")), ("S", "SECOND1", Decimal("50.00"))]
