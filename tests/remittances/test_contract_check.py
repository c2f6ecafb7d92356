"""Payments against contracts: compared once after posting, a task for a claim, closed by a person or by the payer."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from apps.audit.models import AuditEvent
from apps.claims.models import Adjudication
from apps.practice.models import FeeScheduleLine
from apps.remittances.models import UnderpaidLine, Underpayment
from apps.remittances.selectors.contracts import lines_taken_back, lines_to_compare
from apps.remittances.services import (
    CheckedContracts,
    UnderpaymentError,
    check_contracts,
    load_fees,
    settle_underpayment,
)
from apps.worklist.models import WorkItem
from tests.factories.practice import PracticeFactory, UserFactory
from tests.factories.remittances import adjustments, clp, reversal_of, svc
from tests.remittances.contracts import SOURCE, agreed, contracted_claim, paying, post, underpaid

pytestmark = pytest.mark.django_db
State = Underpayment.State


def verdicts() -> list[str]:
    return list(Adjudication.objects.order_by("pk").values_list("contract_verdict", flat=True))


@pytest.mark.long
def test_a_claim_below_the_contract_is_one_task_with_the_evidence(now: datetime) -> None:
    claim = contracted_claim("80.00", "50.00", "40.00")
    post(claim, paying(claim, "60.00", "45.00", "40.00"), now=now)
    assert check_contracts(now=now) == CheckedContracts(lines=3, underpaid=1)
    row = Underpayment.objects.get()
    assert (row.claim, row.payer, row.state, row.short) == (claim, claim.payer, State.OPEN, Decimal("25.00"))
    first, second = row.lines.all()
    assert (first.procedure, first.units, first.price, first.expected) == ("99210", 1, Decimal(80), Decimal(80))
    assert (first.allowed, first.short, first.price_source) == (Decimal(60), Decimal(20), SOURCE)
    assert first.adjudication.segment
    assert second.short == Decimal(5)
    item = WorkItem.objects.get(kind="underpayment")
    assert (item.owner_role, item.amount_at_stake) == (WorkItem.OwnerRole.BILLER, Decimal("25.00"))
    assert (item.url_name, item.subject_public_id) == ("remittances:underpayment", row.public_id)
    assert row.work_item == item


def test_the_same_lines_are_compared_once(now: datetime) -> None:
    underpaid(now)
    assert check_contracts(now=now) == CheckedContracts()
    assert WorkItem.objects.filter(kind="underpayment").count() == 1


def test_a_payment_by_the_contract_is_marked_and_is_no_work(now: datetime) -> None:
    claim = contracted_claim("80.00")
    post(claim, paying(claim, "80.00"), now=now)
    check_contracts(now=now)
    assert verdicts() == ["as_agreed"]
    assert not Underpayment.objects.exists()


def test_a_line_without_a_price_is_told_apart_until_one_comes(now: datetime) -> None:
    claim = contracted_claim("80.00")
    FeeScheduleLine.objects.all().delete()
    post(claim, paying(claim, "60.00"), now=now)
    check_contracts(now=now)
    assert verdicts() == ["no_price"]
    text = "procedure,allowed,effective\n99210,80.00,2020-01-01\n"
    load_fees(payer=claim.payer, text=text, source=SOURCE, acting_user=None, now=now)
    assert check_contracts(now=now).underpaid == 1
    assert verdicts() == ["underpaid"]


def test_a_denied_line_is_a_denial_and_no_underpayment(now: datetime) -> None:
    claim = contracted_claim("80.00", "50.00")
    first, second = claim.lines.all()
    post(claim, clp(claim, svc(first, "0.00", ("CO-197", "100.00")), svc(second, "50.00")), now=now)
    check_contracts(now=now)
    assert verdicts() == ["not_compared", "as_agreed"]


@pytest.mark.parametrize("status", ["2", "3", "20", "21"])
def test_a_further_payer_has_another_contract(now: datetime, status: str) -> None:
    claim = contracted_claim("80.00")
    post(claim, paying(claim, "10.00", status=status), now=now)
    check_contracts(now=now)
    assert verdicts() == ["not_compared"]


def test_an_amount_that_another_payer_paid_before_makes_this_one_a_further_payer(now: datetime) -> None:
    claim = contracted_claim("80.00")
    post(claim, clp(claim, svc(claim.lines.get(), "10.00", ("OA-23", "20.00"))), now=now)
    check_contracts(now=now)
    assert verdicts() == ["not_compared"]


def test_a_reduction_of_the_claim_as_a_whole_is_not_spread_by_guess(now: datetime) -> None:
    claim = contracted_claim("80.00")
    answer = clp(
        claim, svc(claim.lines.get(), "60.00"), paid=Decimal("50.00"), adjustments=adjustments(("CO-45", "10.00"))
    )
    post(claim, answer, now=now)
    check_contracts(now=now)
    assert set(verdicts()) == {"not_compared"}


@pytest.mark.long
def test_the_tolerance_is_the_payers_then_the_practices(now: datetime) -> None:
    PracticeFactory(underpaid_beyond=Decimal(30), underpaid_beyond_percent=Decimal(0))
    kept, asked = contracted_claim("80.00"), contracted_claim("80.00")
    asked.payer.underpaid_beyond = Decimal(0)
    asked.payer.save()
    for claim in (kept, asked):
        post(claim, paying(claim, "60.00"), now=now)
    check_contracts(now=now)
    assert kept.payer != asked.payer
    assert [row.claim for row in Underpayment.objects.all()] == [asked]


@pytest.mark.long
def test_a_reversal_closes_the_task_and_the_correction_is_compared_afresh(now: datetime) -> None:
    claim = contracted_claim("80.00")
    first = paying(claim, "60.00")
    post(claim, first, now=now)
    check_contracts(now=now)
    later = now + timedelta(days=20)
    post(claim, reversal_of(first), paying(claim, "70.00"), now=later)
    assert lines_taken_back().exists()
    assert check_contracts(now=later) == CheckedContracts(lines=1, underpaid=1, taken_back=1)
    old, new = Underpayment.objects.order_by("pk")
    assert (old.state, old.settled_at, new.state, new.short) == (State.TAKEN_BACK, later, State.OPEN, Decimal("10.00"))
    assert old.work_item
    assert old.work_item.state == WorkItem.State.WITHDRAWN
    assert new.work_item
    assert new.work_item.state == WorkItem.State.OPEN
    assert check_contracts(now=later) == CheckedContracts()


@pytest.mark.long
def test_a_disputed_claim_ends_with_the_corrected_payment(now: datetime) -> None:
    claim = contracted_claim("80.00")
    first = paying(claim, "60.00")
    post(claim, first, now=now)
    check_contracts(now=now)
    row = Underpayment.objects.get()
    settle(row, State.DISPUTED, now)
    post(claim, reversal_of(first), paying(claim, "80.00"), now=now)
    check_contracts(now=now)
    row.refresh_from_db()
    assert (row.state, row.note) == (State.TAKEN_BACK, "Letter of today.")
    assert verdicts()[-1] == "as_agreed"


def test_a_reversal_before_the_check_leaves_nothing_to_compare(now: datetime) -> None:
    claim = contracted_claim("80.00")
    first = paying(claim, "60.00")
    post(claim, first, now=now)
    post(claim, reversal_of(first), now=now)
    assert not lines_to_compare().exists()
    assert check_contracts(now=now) == CheckedContracts()


@pytest.mark.long
def test_further_lines_join_the_claims_open_task(now: datetime) -> None:
    claim = contracted_claim("80.00", "50.00")
    first, second = claim.lines.all()
    post(claim, clp(claim, svc(first, "60.00")), now=now)
    check_contracts(now=now)
    post(claim, clp(claim, svc(second, "40.00")), now=now)
    assert check_contracts(now=now).underpaid == 0
    row = Underpayment.objects.get()
    assert (row.short, row.lines.count()) == (Decimal("30.00"), 2)
    assert WorkItem.objects.get(kind="underpayment").amount_at_stake == Decimal("30.00")


@pytest.mark.long
def test_what_one_reversal_takes_back_leaves_the_other_lines(now: datetime) -> None:
    claim = contracted_claim("80.00", "50.00")
    first, second = (clp(claim, svc(line, "30.00")) for line in claim.lines.all())
    post(claim, first, now=now)
    post(claim, second, now=now)
    check_contracts(now=now)
    post(claim, reversal_of(first), now=now)
    assert check_contracts(now=now).taken_back == 0
    row = Underpayment.objects.get()
    assert (row.state, row.short) == (State.OPEN, Decimal("20.00"))
    assert [line.taken_back for line in row.lines.all()] == [True, False]


@pytest.mark.long
def test_the_number_of_statements_does_not_grow_with_the_claims(
    now: datetime, django_assert_max_num_queries: object
) -> None:
    for _ in range(3):
        claim = contracted_claim("80.00", "50.00")
        post(claim, paying(claim, "60.00", "40.00"), now=now)
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        assert check_contracts(now=now) == CheckedContracts(lines=6, underpaid=3)


@pytest.mark.long
def test_small_chunks_find_the_same(now: datetime) -> None:
    for _ in range(3):
        claim = contracted_claim("80.00", "50.00")
        post(claim, paying(claim, "60.00", "40.00"), now=now)
    assert check_contracts(now=now, chunk=1) == CheckedContracts(lines=6, underpaid=3)
    assert UnderpaidLine.objects.count() == 6


def settle(
    row: Underpayment, outcome: Underpayment.State, now: datetime, note: str = "Letter of today."
) -> Underpayment:
    return settle_underpayment(
        underpayment_id=row.public_id, outcome=outcome, note=note, acting_user=UserFactory(), now=now
    )


@pytest.mark.parametrize("outcome", [State.DISPUTED, State.ACCEPTED, State.SCHEDULE_WRONG])
def test_a_person_settles_it_with_a_note(now: datetime, outcome: Underpayment.State) -> None:
    row = settle(underpaid(now), outcome, now)
    assert (row.state, row.note, row.settled_at) == (outcome, "Letter of today.", now)
    assert row.work_item
    assert WorkItem.objects.get(pk=row.work_item.pk).state == WorkItem.State.DONE
    event = AuditEvent.objects.get(action="settle_underpayment")
    assert (event.actor, event.detail) == (row.settled_by, {"outcome": outcome.value, "short": "20.00"})
    assert event.patients == [row.claim.patient.public_id]


def test_what_is_disputed_may_be_accepted_later_and_nothing_else_twice(now: datetime) -> None:
    row = settle(underpaid(now), State.DISPUTED, now)
    with pytest.raises(UnderpaymentError, match="already"):
        settle(row, State.DISPUTED, now)
    settle(row, State.ACCEPTED, now)
    with pytest.raises(UnderpaymentError, match="already"):
        settle(row, State.DISPUTED, now)


@pytest.mark.parametrize(
    ("outcome", "note", "sentence"), [(State.ACCEPTED, " ", "note"), (State.TAKEN_BACK, "Me", "Choose")]
)
def test_it_is_not_settled_without_a_note_or_for_the_payer(
    now: datetime, outcome: Underpayment.State, note: str, sentence: str
) -> None:
    row = underpaid(now)
    with pytest.raises(UnderpaymentError, match=sentence):
        settle(row, outcome, now, note)
    row.refresh_from_db()
    assert row.state == State.OPEN


def test_the_evidence_stays_when_the_schedule_changes(now: datetime) -> None:
    row = underpaid(now)
    FeeScheduleLine.objects.update(allowed=Decimal("60.00"))
    agreed(row.payer, "99219", "1.00")
    assert row.lines.get().price == Decimal("80.00")
