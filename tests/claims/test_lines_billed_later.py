"""Each line is in one live sending only: lines that were taken off and are billed later, and lines that an earlier answer keeps out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.claims.models import Batch, Claim, LineOff
from apps.claims.rules.fields import Change
from apps.claims.selectors.corrections import answered
from apps.claims.selectors.soundness import claim_faults
from apps.claims.services import (
    LineNotMovableError,
    batch_claims,
    bill_line_later,
    cancel_correction,
    correct_by_hand,
    edit_claim,
    scrub_claims,
    start_correction,
    take_line_off,
    void_claim,
)
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection
from apps.core.models import User
from apps.ledger.selectors.soundness import ledger_faults
from apps.practice.models import Payer
from apps.practice.roles import Role
from apps.remittances.services import post_remittances
from apps.worklist.models import WorkItem
from apps.x12 import read
from tests.claims.conftest import SignIn
from tests.claims.pages import page
from tests.factories.claims import ClaimFactory
from tests.factories.ledger import post_as_billed
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, stored_file, submitted_claim, svc

pytestmark = [pytest.mark.django_db, pytest.mark.long]
Clearinghouse = Callable[..., Connection]
MADE = Change("claim.prior_authorization", "A-779", None)
DAY = timedelta(days=1)


@pytest.fixture
def coder() -> User:
    return UserFactory(role=Role.CODER)


def sent(now: datetime) -> list[tuple[str, str, list[int]]]:
    """Frequency, the payer's number and the lines' numbers, of each file's claim."""
    scrub_claims(now=now)
    batch_claims(now=now)
    claims = [
        next(read(each.transmission.payload).transactions).body.claims[0] for each in Batch.objects.order_by("pk")
    ]
    return [
        (each.frequency, each.payer_claim_number, [int(line.control_number.rpartition("L")[2]) for line in each.lines])
        for each in claims
    ]


def decided(claim: Claim, *lines: int, number: str, now: datetime, denied: tuple[int, ...] = ()) -> None:
    """The payer's answer about these lines."""
    rows = claim.lines.filter(number__in=lines).order_by("number")
    said = [
        svc(row, "0.00", ("CO-197", str(row.amount))) if row.number in denied else svc(row, str(row.amount))
        for row in rows
    ]
    stored_file(payment(clp(claim, *said, payer_claim_number=number), payment_date=(now + 30 * DAY).date()))
    post_remittances(now=now)
    claim.refresh_from_db()


# ------------------------------------------------------------------ lines that an answer keeps out


@pytest.fixture
def resent(clearinghouse: Clearinghouse, coder: User, now: datetime) -> Claim:
    """Line 1 is paid; line 2, refused as not processable, went out alone and was denied there."""
    clearinghouse()
    claim = submitted_claim("100.00", "80.00")
    one, two = claim.lines.order_by("number")
    refused = svc(two, "0.00", ("CO-16", "80.00"), remarks=["MA130"])
    stored_file(payment(clp(claim, svc(one, "100.00"), refused, payer_claim_number="P1")))
    post_remittances(now=now)
    correct_by_hand(claim_id=claim.public_id, way="new_claim", note="NPI", acting_user=coder, now=now)
    edit_claim(claim_id=claim.public_id, changes=[MADE], acting_user=coder, now=now)
    assert sent(now) == [("1", "", [2])]
    decided(claim, 2, number="P2", denied=(2,), now=now + DAY)
    return claim


def test_after_ma130_a_replacement_bears_only_what_was_sent_last(resent: Claim, coder: User, now: datetime) -> None:
    start_correction(
        claim_id=resent.public_id, changes=[Change("line.units", "2", 2)], acting_user=coder, now=now + DAY
    )
    assert sent(now + DAY)[1:] == [("7", "P2", [2])]


def test_the_page_says_which_line_stays_out_and_a_change_to_it_is_refused(
    resent: Claim, coder: User, biller: Client, now: datetime
) -> None:
    assert "without line 1: an earlier answer stands there" in page(biller, "workspace:claim", resent.public_id)
    with pytest.raises(Exception, match=r"Line 1: .* has decided this already"):
        start_correction(
            claim_id=resent.public_id, changes=[Change("line.units", "2", 1)], acting_user=coder, now=now + DAY
        )


def test_once_that_answer_was_taken_back_the_line_goes_with_the_others(
    resent: Claim, coder: User, now: datetime
) -> None:
    resent.adjudications.filter(line__number=1).update(reversed=True)
    assert answered(resent).stays_out == ()


# ------------------------------------------------------------------ a line that was taken off


@pytest.fixture
def short(clearinghouse: Clearinghouse, coder: User, now: datetime) -> Claim:
    """Line 2 was taken off before the claim left; line 1 is paid."""
    clearinghouse()
    claim = ClaimFactory(encounter__charges__size=2)
    post_as_billed(*(line.charge for line in claim.lines.all()), now=now)
    take_line_off(claim_id=claim.public_id, line=2, reason="No note yet", acting_user=coder, now=now)
    assert sent(now) == [("1", "", [1])]
    decided(claim, 1, number="P1", now=now)
    assert claim.status == ClaimStatus.PAID
    return claim


def bill(claim: Claim, coder: User, now: datetime) -> None:
    off = claim.lines_off.get(state=LineOff.State.OPEN)
    bill_line_later(line_off_id=off.public_id, reason="The note came", acting_user=coder, now=now + DAY)
    claim.refresh_from_db()


def test_it_goes_with_a_replacement_of_the_whole_where_the_payer_takes_those(
    short: Claim, coder: User, now: datetime
) -> None:
    bill(short, coder, now)
    assert sent(now + DAY)[1:] == [("7", "P1", [1, 2])]
    assert short.total == sum((line.amount for line in short.lines.all()), Decimal())
    assert short.lines_off.get().state == LineOff.State.BACK
    assert [*claim_faults(), *ledger_faults()] == []


@pytest.mark.parametrize(
    "payer", [{"filing_indicator": "MB"}, {"correction_route": "new_claim"}, {"correction_route": "reopening"}]
)
def test_elsewhere_it_goes_alone_as_a_new_claim(
    payer: dict[str, str], short: Claim, coder: User, now: datetime
) -> None:
    Payer.objects.update(**payer)
    bill(short, coder, now)
    assert sent(now + DAY)[1:] == [("1", "", [2])]
    decided(short, 2, number="P2", now=now + DAY)
    assert short.status == ClaimStatus.PAID
    assert [*claim_faults(), *ledger_faults()] == []


def test_where_the_payers_number_is_missing_it_is_asked_for(short: Claim, coder: User, now: datetime) -> None:
    Claim.objects.update(payer_claim_number="")
    with pytest.raises(LineNotMovableError, match="Enter it from the remittance first"):
        bill(short, coder, now)


def test_it_waits_while_an_answer_is_pending_or_was_taken_back(short: Claim, coder: User, now: datetime) -> None:
    Claim.objects.update(status=ClaimStatus.ACCEPTED)
    with pytest.raises(LineNotMovableError, match="has not answered what was sent last"):
        bill(short, coder, now)
    Claim.objects.update(status=ClaimStatus.REVERSED)
    with pytest.raises(LineNotMovableError, match="took its answer back"):
        bill(short, coder, now)
    assert short.lines.count() == 1


def test_cancelled_it_is_off_again_and_waits_for_its_decision(short: Claim, coder: User, now: datetime) -> None:
    bill(short, coder, now)
    row = short.corrections.get()
    cancel_correction(correction_id=row.public_id, reason="No note after all", acting_user=coder, now=now + DAY)
    short.refresh_from_db()
    assert (short.status, [line.number for line in short.lines.all()]) == (ClaimStatus.PAID, [1])
    off = short.lines_off.get(state=LineOff.State.OPEN)
    assert (off.number, off.work_item.state) == (2, WorkItem.State.OPEN)
    assert not short.lines.filter(left_out=True).exists()
    assert [*claim_faults(), *ledger_faults()] == []
    bill(short, coder, now)
    assert short.lines.count() == 2


def test_a_coder_bills_it_from_its_page(short: Claim, signed_in: SignIn) -> None:
    coder, off = signed_in(Role.CODER), short.lines_off.get()
    assert "Bill it: replacement claim (7)" in page(coder, "claims:exception", short.public_id)
    where = reverse("claims:bill_line_later", args=[short.public_id])
    told = {"line_off": off.public_id, "reason": "The note came"}
    assert signed_in(Role.BILLER).post(where, told).status_code == 403
    assert "leaves with the next file" in coder.post(where, told, follow=True).content.decode()


def test_with_a_voided_claim_the_decision_ends(coder: User, now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.EXCEPTION, encounter__charges__size=2)
    post_as_billed(*(line.charge for line in claim.lines.all()), now=now)
    take_line_off(claim_id=claim.public_id, line=2, reason="No note yet", acting_user=coder, now=now)
    void_claim(claim_id=claim.public_id, reason="Another patient's", acting_user=coder, now=now)
    off = LineOff.objects.get()
    assert (off.state, off.settled_reason) == ("unbilled", "The claim was voided: Another patient's")
    assert off.work_item.state == WorkItem.State.DONE
    assert [*claim_faults(), *ledger_faults()] == []
