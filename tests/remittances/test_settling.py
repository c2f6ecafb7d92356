from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO

import pytest

from apps.audit.models import AuditEvent
from apps.claims.models import Adjudication, Claim
from apps.core.models import User
from apps.ledger.models import Account
from apps.ledger.selectors import Receivable, claim_receivable
from apps.remittances.models import RemittanceException, RemittedClaim
from apps.remittances.rules.by_hand import HandPosting
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import (
    SettlementError,
    post_remittances,
    settle_as_not_ours,
    settle_as_own_payment,
    settle_by_hand,
    settle_by_posting,
)
from apps.remittances.services.match_waiting import match_waiting
from apps.remittances.services.read_file import Item, claims_at
from tests.factories.ledger import account_totals
from tests.factories.practice import PracticeFactory, UserFactory
from tests.factories.remittances import (
    clp,
    payment,
    plb,
    remittance_bytes,
    reversal_of,
    stored_file,
    submitted_claim,
    svc,
    without_our_numbers,
)
from tests.locks import locked_tables, table_of

pytestmark = pytest.mark.django_db
ZERO = Decimal("0.00")


@pytest.fixture
def clerk() -> User:
    return UserFactory()


def unmatched(now: datetime) -> tuple[RemittanceException, str]:
    """An exception whose CLP names a claim that is not ours, and the claim that is meant."""
    claim = submitted_claim("100.00")
    lines = [svc(claim.lines.get(), "80.00", ("PR-2", "20.00"))]
    stored_file(payment(without_our_numbers(clp(claim, *lines)), payer=claim.payer))
    post_remittances(now=now)
    return RemittanceException.objects.get(), claim.public_id


def test_a_person_posts_an_unmatched_claim_to_the_one_that_is_meant(now: datetime, clerk: User) -> None:
    exception, claim_id = unmatched(now)
    settle_by_posting(
        exception_id=exception.public_id, claim_id=claim_id, note="Typed wrong", acting_user=clerk, now=now
    )
    row = RemittedClaim.objects.get()
    exception.refresh_from_db()
    assert (row.outcome, row.claim.public_id, row.sentence) == ("posted", claim_id, "")
    assert (exception.state, exception.settled_by, exception.note) == ("settled", clerk, "Typed wrong")
    assert exception.work_item.state == "done"
    assert account_totals()[Account.PAYER_CLEARING] == ZERO
    assert claim_receivable([row.claim.lines.get().charge_id]) == Receivable(ZERO, Decimal("20.00"))
    assert AuditEvent.objects.get().action == "settle_exception.post"
    assert payment_faults() == []


def test_a_person_who_settles_locks_as_a_posting_does_the_claim_before_its_exception(
    now: datetime, clerk: User
) -> None:
    exception, claim_id = unmatched(now)
    with locked_tables() as tables:
        settle_by_posting(exception_id=exception.public_id, claim_id=claim_id, note="x", acting_user=clerk, now=now)
    assert tables[:2] == [table_of(Claim), table_of(RemittanceException)]


def test_a_reversal_that_waits_is_settled_with_its_claim_locked_first(now: datetime, clerk: User) -> None:
    claim = submitted_claim("100.00")
    stored_file(payment(reversal_of(clp(claim, svc(claim.lines.get(), "80.00", ("PR-2", "20.00")))), payer=claim.payer))
    post_remittances(now=now)
    exception = RemittanceException.objects.get(kind="reversal")
    with locked_tables() as tables:
        settle_as_not_ours(exception_id=exception.public_id, note="x", acting_user=clerk, now=now)
    assert tables[:2] == [table_of(Claim), table_of(RemittanceException)]


def test_what_is_settled_cannot_be_settled_again(now: datetime, clerk: User) -> None:
    exception, claim_id = unmatched(now)
    told = {"exception_id": exception.public_id, "note": "x", "acting_user": clerk, "now": now}
    settle_as_not_ours(**told)
    with pytest.raises(SettlementError, match="in the meantime"):
        settle_by_posting(claim_id=claim_id, **told)


def test_money_that_is_not_ours_is_parked(now: datetime, clerk: User) -> None:
    exception, _ = unmatched(now)
    settle_as_not_ours(exception_id=exception.public_id, note="Dr. Hale's patient", acting_user=clerk, now=now)
    assert RemittedClaim.objects.get().outcome == "parked"
    assert account_totals()[Account.UNAPPLIED_CASH] == Decimal("-80.00")
    assert account_totals()[Account.PAYER_CLEARING] == ZERO
    assert payment_faults() == []


def test_the_rest_of_a_payment_can_be_parked(now: datetime, clerk: User) -> None:
    claim = submitted_claim("100.00")
    stored_file(payment(clp(claim), payer=claim.payer, amount="130.00"))
    post_remittances(now=now)
    exception = RemittanceException.objects.get()
    settle_as_not_ours(exception_id=exception.public_id, note="Called them", acting_user=clerk, now=now)
    assert account_totals()[Account.PAYER_CLEARING] == ZERO
    assert payment_faults() == []


def test_more_than_the_payer_wrote_off_is_an_administrators_above_the_limit(now: datetime, clerk: User) -> None:
    PracticeFactory(write_off_limit=Decimal("20.00"))
    claim = submitted_claim("100.00")
    # CO-45 of $15.00 stands in the file, which does not balance.
    broken = clp(claim, svc(claim.lines.get(), "50.00", ("CO-45", "15.00"), ("PR-2", "35.00")), paid=Decimal("40.00"))
    stored_file(payment(broken, payer=claim.payer))
    post_remittances(now=now)
    exception = RemittanceException.objects.get()
    told = {"exception_id": exception.public_id, "claim_id": claim.public_id, "acting_user": clerk, "now": now}
    too_much = HandPosting(paid=Decimal("40.00"), contractual=Decimal("35.01"), copay=Decimal("24.99"))
    with pytest.raises(SettlementError, match=r"takes off \$20\.01 more than the payer wrote"):
        settle_by_hand(hand=too_much, note="try", approves=False, **told)
    assert RemittedClaim.objects.get().outcome == "unbalanced"
    within = HandPosting(paid=Decimal("40.00"), contractual=Decimal("35.00"), copay=Decimal("25.00"))
    settle_by_hand(hand=within, note="From the portal", approves=False, **told)
    assert RemittedClaim.objects.get().outcome == "posted"


def test_an_administrator_posts_above_the_limit(now: datetime, clerk: User) -> None:
    PracticeFactory(write_off_limit=Decimal("20.00"))
    claim = submitted_claim("100.00")
    stored_file(payment(clp(claim, charge=Decimal("90.00"), paid=Decimal("40.00")), payer=claim.payer))
    post_remittances(now=now)
    hand = HandPosting(paid=Decimal("40.00"), contractual=Decimal("60.00"))
    settle_by_hand(
        exception_id=RemittanceException.objects.get().public_id,
        claim_id=claim.public_id,
        hand=hand,
        note="From the portal",
        approves=True,
        acting_user=clerk,
        now=now,
    )
    assert RemittedClaim.objects.get().outcome == "posted"


def test_an_unbalanced_claim_is_posted_by_hand_and_keeps_poster_and_note(now: datetime, clerk: User) -> None:
    claim = submitted_claim("60.00", "40.00")
    first, second = claim.lines.all()
    broken = clp(claim, svc(first, "48.00"), svc(second, "32.00"), paid=Decimal("70.00"))
    stored_file(payment(broken, payer=claim.payer))
    post_remittances(now=now)
    exception = RemittanceException.objects.get()
    told = {"exception_id": exception.public_id, "claim_id": claim.public_id, "acting_user": clerk, "now": now}
    with pytest.raises(SettlementError, match="does not balance"):
        settle_by_posting(note="try", **told)
    with pytest.raises(SettlementError, match=r"paid \$70\.00"):
        settle_by_hand(hand=HandPosting(paid=Decimal(80)), note="try", approves=False, **told)
    hand = HandPosting(paid=Decimal("70.00"), contractual=Decimal("15.00"), copay=Decimal("10.00"))
    with pytest.raises(SettlementError, match=r"\$5\.00 of the charge is not named"):
        settle_by_hand(hand=hand, note="try", approves=False, **told)
    hand = HandPosting(paid=Decimal("70.00"), contractual=Decimal("15.00"), copay=Decimal("10.00"), denial_code="97")
    settle_by_hand(hand=hand, note="From the portal", approves=False, **told)
    row = RemittedClaim.objects.get()
    assert row.outcome == "posted_with_denial"
    assert claim_receivable(line.charge_id for line in (first, second)) == Receivable(Decimal("5.00"), Decimal("10.00"))
    words = Adjudication.objects.order_by("line__number")
    assert [(word.line, word.paid, word.denied, word.cost_share) for word in words] == [
        (first, Decimal(42), Decimal(3), Decimal(6)),
        (second, Decimal(28), Decimal(2), Decimal(4)),
    ]
    assert payment_faults() == []


def test_a_note_is_asked_for(now: datetime, clerk: User) -> None:
    exception, _ = unmatched(now)
    with pytest.raises(SettlementError, match="Say in a note"):
        settle_as_not_ours(exception_id=exception.public_id, note=" ", acting_user=clerk, now=now)


def test_a_reversal_that_came_first_is_done_when_its_posting_arrives(now: datetime) -> None:
    claim = submitted_claim("100.00")
    first = clp(claim, svc(claim.lines.get(), "60.00"))
    stored_file(payment(reversal_of(first), payer=claim.payer, plbs=[plb("FB", "-60.00")]))
    post_remittances(now=now)
    assert RemittanceException.objects.get().state == "open"
    stored_file(payment(first, payer=claim.payer))
    post_remittances(now=now)
    assert RemittanceException.objects.get().state == "settled"
    assert list(RemittedClaim.objects.order_by("pk").values_list("outcome", flat=True)) == ["reversed", "posted"]
    assert claim_receivable([claim.lines.get().charge_id]) == Receivable(Decimal("100.00"), ZERO)
    assert payment_faults() == []


def test_what_looked_like_a_second_part_can_be_posted_as_a_payment_of_its_own(now: datetime, clerk: User) -> None:
    one, other = submitted_claim("100.00"), submitted_claim("100.00")
    for claim in (one, other):
        stored_file(payment(clp(claim), payer=one.payer, trace="EFT1", plbs=[plb("L6", "-1.00")]))
        post_remittances(now=now)
    exception = RemittanceException.objects.get()
    assert exception.kind == "continuation"
    settle_as_own_payment(exception_id=exception.public_id, note="Two checks, asked", acting_user=clerk, now=now)
    assert list(RemittedClaim.objects.order_by("pk").values_list("outcome", flat=True)) == ["posted", "posted"]
    assert account_totals()[Account.DEPOSITS] == Decimal("202.00")
    assert account_totals()[Account.PAYER_CLEARING] == ZERO
    assert payment_faults() == []


def test_a_payment_told_again_with_what_it_had_left_out_is_no_payment_of_its_own(now: datetime, clerk: User) -> None:
    one = submitted_claim("80.00")
    left_out = submitted_claim("80.00", coverage=one.coverage, encounter__patient=one.patient)
    first, second = clp(one), clp(left_out)
    for claims in ([first], [first, second]):
        stored_file(payment(*claims, payer=one.payer, trace="EFT1", amount="160.00"))
        post_remittances(now=now)
    exception = RemittanceException.objects.get(kind="continuation")
    with pytest.raises(SettlementError, match=r"^1 of its 2 claims is posted already .* counted twice\."):
        settle_as_own_payment(exception_id=exception.public_id, note="Asked", acting_user=clerk, now=now)
    assert account_totals()[Account.DEPOSITS] == Decimal("160.00")
    exception.refresh_from_db()
    assert exception.state == "open"


def spoiled(now: datetime, *, rest: str = "57.31") -> tuple[RemittanceException, RemittanceException, Claim]:
    """A claim whose paid amount cannot be read, and the rest of its payment; the claim that is meant, of 57.31."""
    one, other = submitted_claim("100.00"), submitted_claim("57.31")
    whole = Decimal("100.00") + Decimal(rest)
    payload = remittance_bytes(payment(clp(one), clp(other), payer=one.payer, amount=str(whole)))
    stored_file(payload=payload.replace(b"57.31*57.31", b"57.31*5x.31", 1))
    post_remittances(now=now)
    kinds = {each.kind: each for each in RemittanceException.objects.all()}
    return kinds["unreadable"], kinds["clearing"], other


def test_what_an_unreadable_claim_was_paid_comes_out_of_the_rest_of_its_payment(now: datetime, clerk: User) -> None:
    unreadable, rest, claim = spoiled(now)
    settle_by_hand(
        exception_id=unreadable.public_id,
        claim_id=claim.public_id,
        hand=HandPosting(paid=Decimal("57.31")),
        note="From the portal",
        approves=False,
        acting_user=clerk,
        now=now,
    )
    row = RemittedClaim.objects.get(claim=claim)
    assert (row.outcome, row.paid, row.charge) == ("posted", Decimal("57.31"), Decimal("57.31"))
    rest.refresh_from_db()
    assert (rest.state, rest.settled_by, rest.note) == ("settled", clerk, "From the portal")
    assert rest.work_item.state == "done"
    assert claim_receivable([claim.lines.get().charge_id]) == Receivable(ZERO, ZERO)
    assert account_totals()[Account.PAYER_CLEARING] == ZERO
    assert payment_faults() == []


def test_a_rest_that_is_larger_shrinks_and_nothing_beyond_it_can_be_posted(now: datetime, clerk: User) -> None:
    unreadable, rest, claim = spoiled(now, rest="50.00")
    told = {"exception_id": unreadable.public_id, "claim_id": claim.public_id, "acting_user": clerk, "now": now}
    with pytest.raises(SettlementError, match=r"\$50\.00 of this payment has no claim yet"):
        settle_by_hand(hand=HandPosting(paid=Decimal("57.31")), note="try", approves=False, **told)
    settle_by_hand(
        hand=HandPosting(paid=Decimal("40.00"), contractual=Decimal("17.31")), note="Portal", approves=False, **told
    )
    rest.refresh_from_db()
    assert (rest.state, rest.amount, rest.work_item.amount_at_stake) == ("open", Decimal(10), Decimal(10))
    assert rest.sentence == "Claims and adjustments of the payment explain $140.00 of $150.00."
    assert account_totals()[Account.PAYER_CLEARING] == Decimal("-10.00")
    assert payment_faults() == []
    settle_as_not_ours(exception_id=rest.public_id, note="Interest", acting_user=clerk, now=now)
    assert payment_faults() == []


@pytest.mark.long
def test_reversals_that_waited_for_their_answers_are_done_in_one_reading_of_their_file(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = submitted_claim("100.00")
    claims = [
        one,
        *(submitted_claim("100.00", coverage=one.coverage, encounter__patient=one.patient) for _ in range(3)),
    ]
    said = [clp(claim) for claim in claims]
    lost = [without_our_numbers(reversal_of(each), number="0") for each in said]
    stored_file(payment(*lost, payer=one.payer, plbs=[plb("WO", "-400.00")]))
    post_remittances(now=now)
    assert RemittanceException.objects.filter(kind="unmatched", state="open").count() == 4
    readings: list[int] = []

    def counted(source: BinaryIO, segments: Collection[int]) -> dict[int, Item]:
        readings.append(len(segments))
        return claims_at(source, segments)

    monkeypatch.setitem(match_waiting.__globals__, "claims_at", counted)
    stored_file(payment(*said, payer=one.payer))
    post_remittances(now=now)
    assert set(RemittanceException.objects.filter(kind="unmatched").values_list("state", flat=True)) == {"settled"}
    assert readings == [4]
    assert payment_faults() == []
