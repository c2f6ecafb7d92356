from datetime import date, datetime
from decimal import Decimal

import pytest

from apps.claims.models import Adjudication, AdjudicationAdjustment, BatchClaim, Claim, ClaimEvent
from apps.claims.services import NewAdjudication, NewAdjustment, record_adjudications
from apps.claims.states import ClaimStatus
from tests.factories.claims import BatchFactory, ClaimFactory
from tests.factories.connectors import TransmissionFactory

pytestmark = pytest.mark.django_db
ZERO = Decimal("0.00")


def answer(
    claim: Claim, number: int = 1, *, key: str = "a", denied: str = "0", code: str = "1", **fields: object
) -> NewAdjudication:
    """Line `number` of `claim`: paid but for what is denied."""
    line = claim.lines.get(number=number)
    refused = Decimal(denied)
    return NewAdjudication(
        claim_id=claim.pk,
        line_id=line.pk,
        payer_id=claim.payer_id,
        key=f"{key}:{line.pk}",
        claim_status_code=code,
        charge=line.amount,
        paid=line.amount - refused,
        allowed=line.amount - refused,
        cost_share=ZERO,
        contractual=ZERO,
        denied=refused,
        is_denied=refused == line.amount,
        segment=10 + number,
        remitted_on=date(2026, 9, 28),
        **{"transmission_id": TransmissionFactory().pk, **fields},
    )


def submitted(lines: int = 1) -> Claim:
    claim = ClaimFactory(status=ClaimStatus.SUBMITTED, encounter__charges__size=lines)
    BatchFactory(claims=[claim])
    return claim


@pytest.mark.parametrize(
    ("denied", "status", "counts_as_denied"),
    [
        (("0", "0"), ClaimStatus.PAID, False),
        (("20", "0"), ClaimStatus.PARTLY_DENIED, False),
        (("148.00", "0"), ClaimStatus.PARTLY_DENIED, True),
        (("148.00", "148.00"), ClaimStatus.DENIED, True),
    ],
)
def test_the_first_remittance_decides_the_claim(
    denied: tuple[str, str], status: ClaimStatus, counts_as_denied: bool, now: datetime
) -> None:
    claim, where = submitted(lines=2), TransmissionFactory().pk
    record_adjudications(
        [answer(claim, n, denied=amount, transmission_id=where) for n, amount in enumerate(denied, 1)], now=now
    )
    claim.refresh_from_db()
    assert (claim.status, claim.denied_on_first_remittance, claim.first_adjudicated_at) == (
        status,
        counts_as_denied,
        now,
    )
    assert not BatchClaim.objects.get().in_flight


def test_an_answer_that_is_known_changes_nothing(now: datetime) -> None:
    claim = submitted()
    rows = [answer(claim, denied="148.00")]
    record_adjudications(rows, now=now)
    again = record_adjudications(rows, now=now)
    assert (again.recorded, again.known) == (0, 1)
    assert Adjudication.objects.count() == ClaimEvent.objects.count() == 1


def test_adjustments_are_kept_with_their_class(now: datetime) -> None:
    claim = submitted()
    cut = NewAdjustment(
        group="CO",
        carc="45",
        amount=Decimal("48.00"),
        adjustment_class=AdjudicationAdjustment.Class.CONTRACTUAL,
        segment=12,
    )
    record_adjudications([answer(claim, adjustments=(cut,))], now=now)
    kept = AdjudicationAdjustment.objects.get()
    assert (str(kept), kept.adjustment_class, kept.segment) == ("CO-45 48.00", "contractual", 12)


def test_a_reversal_undoes_the_first_answer(now: datetime) -> None:
    claim = submitted()
    record_adjudications([answer(claim, key="first")], now=now)
    record_adjudications([answer(claim, key="undo", code="22")], now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.REVERSED
    assert not Adjudication.objects.filter(reversed=False).exists()


def test_a_reversal_and_its_correction_in_one_file_leave_the_correction_standing(now: datetime) -> None:
    claim = submitted()
    record_adjudications([answer(claim, key="first")], now=now)
    record_adjudications([answer(claim, key="undo", code="22"), answer(claim, key="new", denied="148.00")], now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.DENIED
    assert Adjudication.objects.get(reversed=False).key.startswith("new")
    assert claim.denied_on_first_remittance is False


def test_a_correction_that_comes_before_its_reversal_survives_it(now: datetime) -> None:
    claim = submitted()
    first, correction = answer(claim, key="first", denied="148.00"), answer(claim, key="new")
    record_adjudications([first], now=now)
    record_adjudications([correction], now=now)
    record_adjudications([answer(claim, key="undo", code="22", reverses=(first.key,))], now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.PAID
    assert Adjudication.objects.get(reversed=False).key == correction.key


def test_a_claim_passed_on_to_the_next_payer_is_forwarded(now: datetime) -> None:
    claim = submitted()
    record_adjudications([answer(claim, code="19")], now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.FORWARDED


def test_a_payment_for_a_claim_whose_arrival_nobody_saw_is_taken(now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.BATCHED)
    record_adjudications([answer(claim)], now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.PAID


def test_an_answer_about_a_voided_claim_is_kept_and_told_but_moves_nothing(now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.VOIDED)
    record_adjudications([answer(claim)], now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.VOIDED
    assert "voided" in ClaimEvent.objects.get().what
    assert Adjudication.objects.count() == 1


def test_a_later_payment_of_the_denied_line_makes_the_claim_paid(now: datetime) -> None:
    claim = submitted(lines=2)
    where = TransmissionFactory().pk
    first = [answer(claim, 1, transmission_id=where), answer(claim, 2, denied="148.00", transmission_id=where)]
    record_adjudications(first, now=now)
    record_adjudications([answer(claim, 2, key="b")], now=now)
    claim.refresh_from_db()
    assert (claim.status, claim.denied_on_first_remittance) == (ClaimStatus.PAID, True)


def test_many_answers_cost_a_constant_number_of_queries(now: datetime, django_assert_num_queries) -> None:
    rows = [answer(submitted()) for _ in range(5)]
    with django_assert_num_queries(14):
        record_adjudications(rows, now=now)
