"""A claim to the second payer stands among a visit's answers: whatever comes in whatever order, the books end the same."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.claims.models import Claim
from apps.claims.services import build_secondaries
from apps.ledger.models import Account, Entry, Leg
from apps.ledger.selectors import Receivable, claim_receivable, insurance_by_payer
from apps.practice.models import Payer
from tests.claims.secondaries import medicare_paid_a_part, with_second_plan
from tests.factories.ledger import post_patient_money
from tests.factories.remittances import NOW, clp, reversal_of, submitted_claim, svc
from tests.orders import orders
from tests.remittances.test_sequences import Said, Visit, _file, delivered, lines_of, post, said

pytestmark = pytest.mark.django_db
ZERO = Decimal("0.00")


def charges(claim: Claim) -> list[int]:
    return [line.charge_id for line in claim.lines.all()]


def billed_on() -> tuple[Claim, Claim]:
    first = medicare_paid_a_part()
    with_second_plan(first)
    assert build_secondaries(now=NOW).built == 1
    return first, Claim.objects.get(encounter=first.encounter, payer_rank=2)


@pytest.mark.long
def test_what_the_second_payer_was_handed_and_leaves_is_the_patients_again() -> None:
    first, second = billed_on()
    post(_file(second.payer, 1, clp(second, svc(second.lines.get(), "65.00", ("OA-23", "435.00")), status="2")))
    assert claim_receivable(charges(first)) == Receivable(ZERO, Decimal("10.00"))


def test_what_the_second_payer_denies_waits_in_its_name() -> None:
    first, second = billed_on()
    post(_file(second.payer, 1, clp(second, svc(second.lines.get(), "0.00", ("OA-23", "425.00"), ("PR-96", "75.00")))))
    assert insurance_by_payer(charges(first)) == {second.payer_id: Decimal("75.00")}
    post(_file(second.payer, 2, clp(second, svc(second.lines.get(), "75.00", ("OA-23", "425.00")), status="2")))
    assert claim_receivable(charges(first)) == Receivable(ZERO, ZERO)


@pytest.mark.long
def test_the_domains_example_with_a_claim_of_its_own_ends_at_zero() -> None:
    first, second = billed_on()
    post(_file(second.payer, 1, clp(second, svc(second.lines.get(), "65.00", ("CO-45", "435.00")), status="2")))
    assert claim_receivable(charges(first)) == Receivable(ZERO, ZERO)
    assert insurance_by_payer(charges(first)) == {}


@pytest.mark.long
def test_a_first_payer_that_corrects_itself_changes_what_the_second_owes() -> None:
    first, second = billed_on()
    line = first.lines.get()
    said_before = clp(first, svc(line, "300.00", ("PR-2", "75.00")))
    again = clp(first, svc(line, "310.00", ("PR-2", "60.00")))
    post(_file(first.payer, 3, reversal_of(said_before), again))
    assert insurance_by_payer(charges(first)) == {second.payer_id: Decimal("60.00")}
    assert claim_receivable(charges(first)) == Receivable(Decimal("60.00"), ZERO)
    standing = Entry.objects.filter(kind="transfer", reversed_by=None)
    assert standing.get().key.startswith(f"transfer:{second.public_id}:again:")


def test_what_the_patient_pays_meanwhile_stays_the_patients_credit() -> None:
    first, second = billed_on()
    (charge,) = charges(first)
    post_patient_money(first.lines.get().charge, "20.00", now=NOW)
    post(_file(second.payer, 1, clp(second, svc(second.lines.get(), "65.00", ("OA-23", "425.00"), ("PR-2", "10.00")))))
    assert claim_receivable([charge]) == Receivable(ZERO, Decimal("-10.00"))


@pytest.mark.long
@pytest.mark.parametrize("order", orders(range(3)))
def test_a_correction_and_the_second_payers_answer_in_any_order(order: Sequence[int]) -> None:
    first, second = billed_on()
    line = first.lines.get()
    files = [
        _file(first.payer, 3, reversal_of(clp(first, svc(line, "300.00", ("PR-2", "75.00"))))),
        _file(first.payer, 3, clp(first, svc(line, "310.00", ("PR-2", "60.00")))),
        _file(second.payer, 4, clp(second, svc(second.lines.get(), "50.00", ("OA-23", "440.00"), ("PR-2", "10.00")))),
    ]
    post(*(files[number] for number in order))
    assert claim_receivable(charges(first)) == Receivable(ZERO, Decimal("10.00"))
    assert insurance_by_payer(charges(first)) == {}


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    """The first payer's answers, the first of which leaves the patient something, and the second's."""
    amounts = tuple(draw(st.lists(st.sampled_from(["100.00", "60.00", "33.33"]), min_size=1, max_size=2)))
    size = len(amounts)
    leaves = Said(
        tuple((Decimal("0.6"), Decimal("0.2"), "PR-2") for _ in amounts), "1", 0, None, together=False, lost=False
    )
    reversed_after = draw(st.none() | st.integers(0, 2))
    opening = Said(leaves.lines, "1", 0, reversed_after, together=False, lost=False)
    first = draw(st.lists(said(size, ["1", "19", "22"]), max_size=2))
    further = draw(st.lists(said(size, ["1", "2"]), min_size=1, max_size=2))
    return Visit(amounts, (opening, *first), tuple(further))


def files_of(claim: Claim, payer: Payer, answers: Sequence[Said]) -> list[bytes]:
    files = []
    for each in answers:
        answer = clp(claim, *lines_of(each, claim), status=each.status)
        files.append(_file(payer, each.days, answer))
        if each.reversed_after is not None:
            files.append(_file(payer, each.days + each.reversed_after, reversal_of(answer)))
    return files


@settings(
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(visit=visits(), data=st.data())
def test_with_a_secondary_built_any_order_and_any_repetition_end_in_the_same_books(
    visit: Visit, data: st.DataObject
) -> None:
    with transaction.atomic():
        claim = submitted_claim(*visit.amounts)
        with_second_plan(claim)
        opening, *rest = files_of(claim, claim.payer, visit.first)
        post(opening)
        assert build_secondaries(now=NOW).built == 1
        second = Claim.objects.get(encounter=claim.encounter, payer_rank=2)
        files = rest + files_of(second, second.payer, visit.further)
        ends = []
        for _ in range(2):
            repeated = data.draw(st.lists(st.sampled_from([opening, *files]), max_size=2))
            ends.append(delivered(data.draw(st.permutations(files + repeated))))
        assert ends[0] == ends[1]
        transaction.set_rollback(True)


@st.composite
def standing_answers(draw: st.DrawFn) -> Visit:
    """None of them is taken back: a share that nobody has answered stands with whom it was billed to, or with the patient."""
    visit = draw(visits())
    further = draw(st.lists(said(len(visit.amounts), ["2", "21"]), max_size=1))
    first = visit.first[: draw(st.integers(1, len(visit.first)))]
    kept, second = (tuple(replace(each, reversed_after=None) for each in answers) for answers in (first, further))
    return Visit(visit.amounts, kept, second)


def refusal(claim: Claim, payer: Payer) -> bytes:
    """Of the fifth that the first payer left to the patient; all else is the first payer's."""
    lines = []
    for line in claim.lines.all():
        share = (line.amount / 5).quantize(Decimal("0.01"))
        lines.append(svc(line, "0.00", ("CO-97", str(share)), ("OA-23", str(line.amount - share))))
    return _file(payer, 4, clp(claim, *lines, status="2"))


def owed(visit: Visit, order: st.DataObject, *, is_passed_on: bool, patient_pays: bool) -> dict[str, object]:
    """Once all that is said of the visit has come: what each charge comes to. The second payer refuses the share in the end."""
    with transaction.atomic():
        claim = submitted_claim(*visit.amounts)
        second = with_second_plan(claim)
        status = "19" if is_passed_on else "1"
        opening, *rest = files_of(claim, claim.payer, [replace(visit.first[0], status=status), *visit.first[1:]])
        post(opening)
        assert build_secondaries(now=NOW).built == (not is_passed_on)
        if patient_pays:
            post_patient_money(claim.lines.first().charge, "5.00", now=NOW)
        answered = claim if is_passed_on else Claim.objects.get(encounter=claim.encounter, payer_rank=2)
        later = [*files_of(answered, second.payer, visit.further), refusal(answered, second.payer)]
        post(*order.draw(st.permutations(rest + later)))
        names = {claim.payer_id: "first", second.payer_id: "second"}
        found: dict[str, object] = {}
        for number, charge in enumerate(charges(claim)):
            owed_by = {names[payer]: amount for payer, amount in insurance_by_payer([charge]).items() if payer}
            reduced = taken_off(charge)
            found[str(number)] = (owed_by, claim_receivable([charge]), reduced)
        transaction.set_rollback(True)
    return found


def taken_off(charge_id: int) -> Decimal:
    """What was taken off."""
    legs = Leg.objects.filter(charge=charge_id, account=Account.CONTRACTUAL)
    return legs.aggregate(total=Sum("amount"))["total"] or ZERO


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(visit=standing_answers(), patient_pays=st.booleans(), data=st.data())
def test_a_claim_that_was_passed_on_ends_as_one_that_was_billed_on(
    visit: Visit, patient_pays: bool, data: st.DataObject
) -> None:
    ends = [owed(visit, data, is_passed_on=way, patient_pays=patient_pays) for way in (False, True)]
    assert ends[0] == ends[1]
