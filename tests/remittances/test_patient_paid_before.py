"""What a patient paid is no part of what payers find: whether the money came before or after their answers, the books end the same."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from itertools import permutations

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.claims.models import Claim
from apps.claims.services import build_secondaries
from apps.ledger.models import Entry, Leg
from apps.ledger.selectors import Receivable, claim_receivable, insurance_by_payer
from apps.practice.models import Payer
from tests.claims.secondaries import with_second_plan
from tests.factories.ledger import post_patient_money
from tests.factories.practice import PayerFactory
from tests.factories.remittances import NOW, clp, payment, remittance_bytes, reversal_of, submitted_claim, svc
from tests.orders import orders
from tests.remittances.test_sequences import Visit, delivered, files_of, post, visits

pytestmark = [pytest.mark.django_db, pytest.mark.long]
Said = tuple[str, *tuple[tuple[str, str], ...]]
Event = Callable[[], None]
# Charged 100.00: the first payer left 20.00 to the patient and denied 20.00.
FIRST: Said = ("60.00", ("PR-2", "20.00"), ("CO-97", "20.00"))


def answers(payer: Payer, claim: Claim, said: Said, status: str) -> None:
    paid, *codes = said
    answer = clp(claim, svc(claim.lines.get(), paid, *codes), status=status)
    post(remittance_bytes(payment(answer, payer=payer)))


def patient_money(claim: Claim, amount: str) -> None:
    """Paid; given back where negative."""
    post_patient_money(claim.lines.get(number=1).charge, amount, key=f"desk:{amount}", now=NOW)


def ledger() -> dict[tuple[str, int | None, int | None], Decimal]:
    """What stands, by account, payer and patient."""
    rows = Leg.objects.values_list("account", "payer", "patient").annotate(total=Sum("amount")).order_by()
    return {(account, payer, patient): total for account, payer, patient, total in rows if total}


def stands(claim: Claim) -> tuple[dict[int | None, Decimal], Decimal]:
    charges = [line.charge_id for line in claim.lines.all()]
    return insurance_by_payer(charges), claim_receivable(charges).patient


@pytest.mark.parametrize("order", orders(range(3)))
@pytest.mark.parametrize(
    ("said", "with_first", "with_patient"),
    [
        pytest.param(("20.00", ("OA-23", "80.00")), "20.00", "-20.00", id="the share"),
        pytest.param(("15.00", ("PR-2", "5.00"), ("OA-23", "80.00")), "20.00", "-15.00", id="a part of the share"),
        pytest.param(("15.00", ("CO-45", "5.00"), ("OA-23", "80.00")), "20.00", "-20.00", id="takes the rest off"),
        pytest.param(("25.00", ("OA-23", "75.00")), "15.00", "-20.00", id="more than the share"),
        pytest.param(("0.00", ("PR-2", "20.00"), ("OA-23", "80.00")), "20.00", "0.00", id="leaves it to the patient"),
        pytest.param(("0.00", ("CO-45", "100.00")), "0.00", "-20.00", id="takes the whole charge off"),
    ],
)
def test_a_further_payer_settles_the_share_that_the_patient_has_paid(
    order: Sequence[int], said: Said, with_first: str, with_patient: str
) -> None:
    claim, second = submitted_claim("100.00"), PayerFactory()
    events: list[Event] = [
        partial(answers, claim.payer, claim, FIRST, "19"),
        partial(answers, second, claim, said, "2"),
        partial(patient_money, claim, "20.00"),
    ]
    for number in order:
        events[number]()
    assert stands(claim) == (
        {claim.payer_id: Decimal(with_first)} if Decimal(with_first) else {},
        Decimal(with_patient),
    )
    assert ledger()["patient_receivable", None, claim.patient_id] == Decimal("-20.00")


@pytest.mark.parametrize("order", orders(range(4)))
def test_a_third_payer_finds_what_the_second_left_whatever_the_patient_paid(order: Sequence[int]) -> None:
    claim, second, third = submitted_claim("100.00"), PayerFactory(), PayerFactory()
    events: list[Event] = [
        partial(answers, claim.payer, claim, FIRST, "19"),
        partial(answers, second, claim, ("12.00", ("PR-2", "8.00"), ("OA-23", "80.00")), "2"),
        partial(answers, third, claim, ("8.00", ("OA-23", "92.00")), "3"),
        partial(patient_money, claim, "20.00"),
    ]
    for number in order:
        events[number]()
    assert stands(claim) == ({claim.payer_id: Decimal("20.00")}, Decimal("-20.00"))


@pytest.mark.parametrize("order", [each for each in permutations(range(4)) if each.index(2) < each.index(3)])
def test_money_that_went_back_to_the_patient_leaves_the_share_as_it_was(order: Sequence[int]) -> None:
    claim, second = submitted_claim("100.00"), PayerFactory()
    events: list[Event] = [
        partial(answers, claim.payer, claim, FIRST, "19"),
        partial(answers, second, claim, ("20.00", ("OA-23", "80.00")), "2"),
        partial(patient_money, claim, "20.00"),
        partial(patient_money, claim, "-20.00"),
    ]
    for number in order:
        events[number]()
    assert stands(claim) == ({claim.payer_id: Decimal("20.00")}, Decimal("0.00"))


@pytest.mark.parametrize("said_again", [False, True])
def test_the_second_payer_that_takes_its_answer_back_leaves_the_share_paid(said_again: bool) -> None:
    claim, second = submitted_claim("100.00"), PayerFactory()
    answers(claim.payer, claim, FIRST, "19")
    patient_money(claim, "20.00")
    said = clp(claim, svc(claim.lines.get(), "20.00", ("OA-23", "80.00")), status="2")
    post(remittance_bytes(payment(said, payer=second)))
    again = [clp(claim, svc(claim.lines.get(), "15.00", ("PR-2", "5.00"), ("OA-23", "80.00")), status="2")]
    post(remittance_bytes(payment(reversal_of(said), *(again if said_again else []), payer=second, amount="0.00")))
    assert stands(claim) == ({claim.payer_id: Decimal("20.00")}, Decimal("-15.00" if said_again else "0.00"))


def test_the_second_payer_that_takes_its_answer_back_after_the_patient_was_refunded_leaves_the_share_owed() -> None:
    claim, second = submitted_claim("100.00"), PayerFactory()
    answers(claim.payer, claim, FIRST, "19")
    patient_money(claim, "20.00")
    said = clp(claim, svc(claim.lines.get(), "20.00", ("OA-23", "80.00")), status="2")
    post(remittance_bytes(payment(said, payer=second)))
    assert stands(claim)[1] == Decimal("-20.00")
    patient_money(claim, "-20.00")
    post(remittance_bytes(payment(reversal_of(said), payer=second)))
    assert stands(claim) == ({claim.payer_id: Decimal("20.00")}, Decimal("20.00"))


def billed_on(claim: Claim) -> None:
    assert build_secondaries(now=NOW).built == 1


# The patient paid a part at the desk, before the first answer, before the next claim, before its answer, or last.
PLACES = range(4)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("said", "owed", "with_patient"),
    [
        pytest.param(("20.00", ("OA-23", "80.00")), ("20.00", "0.00"), "-10.00", id="the share"),
        pytest.param(
            ("15.00", ("PR-2", "5.00"), ("OA-23", "80.00")), ("20.00", "0.00"), "-5.00", id="a part of the share"
        ),
        pytest.param(("0.00", ("OA-23", "100.00")), ("20.00", "0.00"), "10.00", id="pays nothing"),
        pytest.param(
            ("0.00", ("CO-50", "20.00"), ("OA-23", "80.00")), ("20.00", "20.00"), "-10.00", id="denies the share"
        ),
        pytest.param(
            ("15.00", ("CO-50", "5.00"), ("OA-23", "80.00")), ("20.00", "5.00"), "-10.00", id="denies a part of it"
        ),
    ],
)
def test_a_next_payer_is_handed_the_share_whatever_the_patient_paid(
    place: int, said: Said, owed: tuple[str, str], with_patient: str
) -> None:
    claim = submitted_claim("100.00")
    second = with_second_plan(claim).payer
    events: list[Event] = [
        partial(answers, claim.payer, claim, FIRST, "1"),
        partial(billed_on, claim),
        lambda: answers(second, Claim.objects.get(encounter=claim.encounter, payer_rank=2), said, "2"),
    ]
    events.insert(place, partial(patient_money, claim, "10.00"))
    for event in events:
        event()
    names = dict(zip((claim.payer_id, second.pk), map(Decimal, owed), strict=True))
    assert stands(claim) == ({payer: amount for payer, amount in names.items() if amount}, Decimal(with_patient))


def test_until_the_next_payer_answers_what_the_patient_paid_is_the_patients() -> None:
    claim = submitted_claim("100.00")
    second = with_second_plan(claim).payer
    answers(claim.payer, claim, FIRST, "1")
    patient_money(claim, "10.00")
    billed_on(claim)
    assert claim_receivable([claim.lines.get().charge_id]) == Receivable(Decimal("40.00"), Decimal("-10.00"))
    answers(second, Claim.objects.get(encounter=claim.encounter, payer_rank=2), ("0.00", ("OA-23", "100.00")), "2")
    assert Entry.objects.filter(kind=Entry.Kind.TRANSFER).count() == 1


@settings(
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(visit=visits(), data=st.data())
def test_payers_answers_and_the_patients_payment_in_any_order_end_in_the_same_books(
    visit: Visit, data: st.DataObject
) -> None:
    with transaction.atomic():
        claim = submitted_claim(*visit.amounts)
        events = [
            *files_of(visit, claim, PayerFactory()),
            partial(patient_money, claim, "20.00"),
        ]
        ends = [delivered(data.draw(st.permutations(events))) for _ in range(2)]
        assert ends[0] == ends[1]
        transaction.set_rollback(True)
