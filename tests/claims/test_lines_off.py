"""A line leaves its claim: the rest goes, its charge leaves the receivables, and what becomes of it is somebody's decision."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim, LineOff
from apps.claims.selectors.soundness import claim_faults
from apps.claims.services import (
    ClaimNotEditableError,
    LineNotMovableError,
    ReasonMissingError,
    build_claims,
    leave_unbilled,
    put_line_back,
    scrub_claims,
    take_line_off,
    void_claim,
)
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.ledger.models import Account, Leg
from apps.ledger.selectors.soundness import ledger_faults
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.claims.pages import page
from tests.factories.claims import AdjudicationFactory, ClaimFactory
from tests.factories.code_edits import UnitLimitFactory
from tests.factories.intake import EncounterFactory
from tests.factories.practice import PracticeFactory, UserFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
WHY = "Beyond what CMS takes for a day."


@pytest.fixture(autouse=True)
def practice() -> None:
    PracticeFactory()


@pytest.fixture
def coder() -> User:
    return UserFactory(role=Role.CODER)


@pytest.fixture
def claim(now: datetime) -> Claim:
    """Of two lines, its charges in the books; the second bills more units than CMS takes for a day, without exception."""
    visit = EncounterFactory(charges__size=2)
    visit.charges.filter(number=2).update(procedure="97110", units=9)
    UnitLimitFactory(code="97110", most=6, adjudication="2")
    build_claims(now=now)
    scrub_claims(now=now)
    made = Claim.objects.get()
    assert made.status == ClaimStatus.EXCEPTION
    assert made.findings.get(state="open").rule == "MUE-DAY-ABSOLUTE"
    return made


def owed(account: Account = Account.INSURANCE_RECEIVABLE) -> Decimal:
    return Leg.objects.filter(account=account).aggregate(total=Sum("amount"))["total"] or Decimal(0)


def off(claim: Claim, coder: User, now: datetime) -> LineOff:
    take_line_off(claim_id=claim.public_id, line=2, reason=WHY, acting_user=coder, now=now)
    return LineOff.objects.get()


@pytest.mark.long
def test_the_rest_of_the_claim_goes_and_the_charge_leaves_the_books(claim: Claim, coder: User, now: datetime) -> None:
    amounts = {line.number: line.amount for line in claim.lines.all()}
    whole = owed()
    status = take_line_off(claim_id=claim.public_id, line=2, reason=WHY, acting_user=coder, now=now)
    assert status is ClaimStatus.READY
    claim.refresh_from_db()
    assert [line.number for line in claim.lines.all()] == [1]
    assert claim.total == amounts[1]
    assert owed() == whole - amounts[2]
    assert owed(Account.REVENUE) == amounts[2] - whole
    kept = LineOff.objects.get()
    assert (kept.procedure, kept.units, kept.amount, kept.state) == ("97110", 9, amounts[2], LineOff.State.OPEN)
    assert (kept.work_item.state, kept.work_item.amount_at_stake) == (WorkItem.State.OPEN, amounts[2])
    assert claim.events.filter(what=f"Line 2 taken off: {WHY}", actor=coder).exists()
    assert AuditEvent.objects.filter(action="take_line_off", subject_public_id=claim.public_id).exists()
    assert [*claim_faults(), *ledger_faults()] == []


@pytest.mark.long
def test_the_line_is_put_back_as_it_was_and_owed_again(claim: Claim, coder: User, now: datetime) -> None:
    whole, total = owed(), claim.total
    line = claim.lines.get(number=2)
    kept = off(claim, coder, now)
    status = put_line_back(line_off_id=kept.public_id, reason="The note came.", acting_user=coder, now=now)
    assert status is ClaimStatus.EXCEPTION
    claim.refresh_from_db()
    again = claim.lines.get(number=2)
    assert (again.control_number, again.units, again.charge_id) == (line.control_number, line.units, line.charge_id)
    assert (claim.total, owed()) == (total, whole)
    kept.refresh_from_db()
    assert (kept.state, kept.settled_reason) == (LineOff.State.BACK, "The note came.")
    assert kept.work_item.state == WorkItem.State.DONE
    assert [*claim_faults(), *ledger_faults()] == []


@pytest.mark.long
def test_off_and_back_and_off_again_and_voided_leaves_nothing_owed(claim: Claim, coder: User, now: datetime) -> None:
    for _ in range(2):
        take_line_off(claim_id=claim.public_id, line=2, reason=WHY, acting_user=coder, now=now)
        kept = LineOff.objects.get(state=LineOff.State.OPEN)
        put_line_back(line_off_id=kept.public_id, reason="Once more.", acting_user=coder, now=now)
    void_claim(claim_id=claim.public_id, reason="Not ours.", acting_user=coder, now=now)
    assert (owed(), owed(Account.REVENUE)) == (0, 0)
    assert [*claim_faults(), *ledger_faults()] == []


@pytest.mark.long
def test_a_voided_claim_and_a_line_taken_off_before_are_reversed_once_each(
    claim: Claim, coder: User, now: datetime
) -> None:
    off(claim, coder, now)
    void_claim(claim_id=claim.public_id, reason="Not ours.", acting_user=coder, now=now)
    assert (owed(), owed(Account.REVENUE)) == (0, 0)


@pytest.mark.long
def test_a_charge_is_left_unbilled_with_a_reason(claim: Claim, coder: User, now: datetime) -> None:
    kept = off(claim, coder, now)
    rest = owed()
    leave_unbilled(line_off_id=kept.public_id, reason="Entered by mistake.", acting_user=coder, now=now)
    kept.refresh_from_db()
    assert (kept.state, kept.settled_by, kept.settled_reason) == ("unbilled", coder, "Entered by mistake.")
    assert (kept.work_item.state, owed()) == (WorkItem.State.DONE, rest)
    with pytest.raises(LineNotMovableError, match="decided already"):
        leave_unbilled(line_off_id=kept.public_id, reason="Again.", acting_user=coder, now=now)
    with pytest.raises(LineNotMovableError, match="decided already"):
        put_line_back(line_off_id=kept.public_id, reason="Again.", acting_user=coder, now=now)


def test_it_takes_a_coder_and_a_reason(claim: Claim, coder: User, now: datetime) -> None:
    biller = UserFactory(role=Role.BILLER)
    with pytest.raises(PermissionDenied):
        take_line_off(claim_id=claim.public_id, line=2, reason=WHY, acting_user=biller, now=now)
    with pytest.raises(ReasonMissingError):
        take_line_off(claim_id=claim.public_id, line=2, reason=" ", acting_user=coder, now=now)
    assert claim.lines.count() == 2


def test_what_may_not_be_taken_off_says_why(claim: Claim, coder: User, now: datetime) -> None:
    def refused(sentence: str, kind: type[Exception] = LineNotMovableError, line: int = 2) -> None:
        with pytest.raises(kind, match=sentence):
            take_line_off(claim_id=claim.public_id, line=line, reason=WHY, acting_user=coder, now=now)

    refused("has no line 7", line=7)
    further = ClaimFactory(encounter=claim.encounter, payer_rank=2)
    refused("billed on to another payer")
    further.status = ClaimStatus.VOIDED
    further.save()
    Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.SUBMITTED)
    refused("cannot be edited here now", ClaimNotEditableError)
    Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.EXCEPTION)
    AdjudicationFactory(claim=claim)
    refused("A payer has answered", ClaimNotEditableError)


def test_the_only_line_stays(coder: User, now: datetime) -> None:
    EncounterFactory(charges__size=1)
    build_claims(now=now)
    made = Claim.objects.get()
    with pytest.raises(LineNotMovableError, match="Void the claim instead"):
        take_line_off(claim_id=made.public_id, line=1, reason=WHY, acting_user=coder, now=now)


# ------------------------------------------------------------------ on its page


@pytest.mark.long
def test_a_coder_takes_a_line_off_and_decides_on_the_page(claim: Claim, signed_in: SignIn) -> None:
    coder = signed_in(Role.CODER)
    assert "Take a line off this claim" in page(coder, "claims:exception", claim.public_id)
    coder.post(reverse("claims:take_line_off", args=[claim.public_id]), {"line": "2", "reason": WHY})
    text = page(coder, "claims:exception", claim.public_id)
    assert "Taken off this claim" in text
    assert "Take a line off this claim" not in text
    kept = LineOff.objects.get()
    answer = coder.post(
        reverse("claims:put_line_back", args=[claim.public_id]), {"line_off": kept.public_id, "reason": "Needed."}
    )
    assert answer.status_code == 302
    assert "Back on the claim" in page(coder, "claims:exception", claim.public_id)
    coder.post(reverse("claims:take_line_off", args=[claim.public_id]), {"line": "2", "reason": WHY})
    kept = LineOff.objects.get(state="open")
    coder.post(reverse("claims:leave_unbilled", args=[claim.public_id]), {"line_off": kept.public_id, "reason": "No."})
    assert "Left unbilled" in page(coder, "claims:exception", claim.public_id)


def test_a_biller_sees_no_way_to_take_a_line_off(claim: Claim, signed_in: SignIn) -> None:
    biller = signed_in(Role.BILLER)
    assert "Take a line off" not in page(biller, "claims:exception", claim.public_id)
    answer = biller.post(reverse("claims:take_line_off", args=[claim.public_id]), {"line": "2", "reason": WHY})
    assert answer.status_code == 403
    assert claim.lines.count() == 2
