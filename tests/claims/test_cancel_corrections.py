"""A correction that was begun is taken back, and a person enters the number that a payer's answer did not name."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim, Correction
from apps.claims.rules.fields import Change
from apps.claims.services import (
    CorrectionRefusedError,
    PayerNumberRefusedError,
    ReasonMissingError,
    batch_claims,
    cancel_correction,
    correct_by_hand,
    edit_claim,
    enter_payer_number,
    scrub_claims,
    start_correction,
    start_reopening,
    void_at_payer,
)
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection
from apps.core.models import User
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.claims.conftest import SignIn
from tests.claims.pages import page
from tests.claims.test_corrections import denied
from tests.factories.intake import VisitConflictFactory
from tests.factories.practice import UserFactory

pytestmark = pytest.mark.django_db
Clearinghouse = Callable[..., Connection]
LATER = timedelta(hours=3)


@pytest.fixture
def coder() -> User:
    return UserFactory(role=Role.CODER)


def cancel(claim: Claim, person: User, now: datetime, reason: str = "Denied rightly") -> None:
    cancel_correction(
        correction_id=claim.corrections.last().public_id, reason=reason, acting_user=person, now=now + LATER
    )
    claim.refresh_from_db()


@pytest.mark.long
@pytest.mark.parametrize("status", [ClaimStatus.DENIED, ClaimStatus.IN_APPEAL, ClaimStatus.PATIENT_BALANCE])
def test_a_cancelled_correction_leaves_the_claim_as_its_payer_answered_it(
    *,
    status: ClaimStatus,
    coder: User,
    clearinghouse: Clearinghouse,
    now: datetime,
) -> None:
    clearinghouse()
    claim = denied(size=2)
    Claim.objects.filter(pk=claim.pk).update(status=status, accident_causes=[])
    before = Claim.objects.values("diagnoses", "place_of_service", "accident_date", "total").get()
    lines = list(claim.lines.values("modifiers", "units", "procedure"))
    correct_by_hand(claim_id=claim.public_id, way="replacement", note="Wrong", acting_user=coder, now=now)
    made = [
        Change("line.modifiers", "25", 1),
        Change("line.units", "3", 2),
        Change("claim.accident_date", "2026-09-01"),
        Change("claim.payer_claim_number", "P99"),
        Change("patient.city", "Round Rock"),
    ]
    edit_claim(claim_id=claim.public_id, changes=made, acting_user=coder, now=now + timedelta(hours=1))
    edit_claim(
        claim_id=claim.public_id,
        changes=[Change("line.units", "4", 2)],
        acting_user=coder,
        now=now + timedelta(hours=2),
    )
    cancel(claim, coder, now)
    assert (claim.status, claim.frequency, claim.payer_claim_number) == (status, "1", "P99")
    assert Claim.objects.values("diagnoses", "place_of_service", "accident_date", "total").get() == before
    assert list(claim.lines.values("modifiers", "units", "procedure")) == lines
    assert claim.patient.city == "Round Rock"  # what is true of the patient stays so
    row = Correction.objects.get()
    assert (row.cancel_reason, row.closed_by, row.closed_at) == ("Denied rightly", coder, now + LATER)
    assert claim.events.filter(what="Replacement claim (7) cancelled: Denied rightly", actor=coder).exists()
    assert AuditEvent.objects.filter(action="cancel_correction", subject_public_id=claim.public_id).exists()
    assert WorkItem.objects.exclude(state=WorkItem.State.DONE).count() == 0
    assert (scrub_claims(now=now + LATER).passed, batch_claims(now=now + LATER).claims) == (0, 0)
    correct_by_hand(claim_id=claim.public_id, way="replacement", note="After all", acting_user=coder, now=now + LATER)


@pytest.mark.long
def test_a_void_is_cancelled_until_it_has_left(coder: User, clearinghouse: Clearinghouse, now: datetime) -> None:
    clearinghouse()
    claim, other = denied(), denied(number="P78")
    for each in (claim, other):
        void_at_payer(claim_id=each.public_id, note="Twice", acting_user=coder, now=now)
    cancel(claim, coder, now)
    scrub_claims(now=now)
    assert batch_claims(now=now).claims == 1
    assert (claim.status, claim.frequency) == (ClaimStatus.DENIED, "1")
    with pytest.raises(CorrectionRefusedError, match="has gone out, or was answered"):
        cancel(other, coder, now)
    with pytest.raises(CorrectionRefusedError, match="is over"):
        cancel(claim, coder, now)


def test_a_reopening_is_cancelled_with_its_task(coder: User, now: datetime) -> None:
    claim = denied(filing_indicator="MB")
    start_reopening(claim_id=claim.public_id, note="Units", acting_user=coder, now=now)
    with pytest.raises(ReasonMissingError):
        cancel(claim, coder, now, reason=" ")
    cancel(claim, coder, now)
    item = WorkItem.objects.get()
    assert (item.state, item.outcome, claim.status) == ("done", "Cancelled: Denied rightly", ClaimStatus.DENIED)
    start_reopening(claim_id=claim.public_id, note="Units", acting_user=coder, now=now)


@pytest.mark.long
def test_on_the_page_a_correction_is_cancelled_and_told(biller: Client, signed_in: SignIn, now: datetime) -> None:
    claim = denied()
    start_correction(claim_id=claim.public_id, changes=[], acting_user=UserFactory(role=Role.BILLER), now=now)
    row = Correction.objects.get()
    assert "Cancel the correction" in page(biller, "workspace:claim", claim.public_id)
    where, told = (
        reverse("claims:cancel_correction", args=[claim.public_id]),
        {"correction": row.public_id, "reason": "Ours was right"},
    )
    assert signed_in(Role.CODER).post(where, told).status_code == 403
    other = reverse("claims:cancel_correction", args=[denied(number="P5").public_id])
    assert biller.post(other, told).status_code == 404
    text = biller.post(where, told, follow=True).content.decode()
    assert "Cancelled. The claim stands as the payer&#x27;s answers leave it." in text
    assert "Ours was right" in text
    assert "Cancel the correction" not in text


# ------------------------------------------------------------------ the payer's number


@pytest.mark.long
def test_the_payers_number_is_entered_with_its_source_and_a_replacement_can_be_made(
    coder: User, biller: Client, now: datetime
) -> None:
    claim = denied(number="")
    assert "Enter the payer's claim number" in page(biller, "workspace:claim", claim.public_id)
    told = {"number": " 20260 91477 ", "source": "portal"}
    answer = biller.post(reverse("claims:enter_payer_number", args=[claim.public_id]), told, follow=True)
    assert "The payer&#x27;s claim number is on file." in answer.content.decode()
    claim.refresh_from_db()
    assert claim.payer_claim_number == "20260 91477"
    assert claim.events.filter(what__endswith="entered: 20260 91477, from the payer's portal.").count() == 1
    assert AuditEvent.objects.filter(action="enter_payer_number").count() == 1
    correct_by_hand(claim_id=claim.public_id, way="replacement", note="Code", acting_user=coder, now=now)


@pytest.mark.parametrize(
    ("number", "source", "words"),
    [
        ("P1~2", "phone", "up to 50 letters and digits"),
        ("", "phone", "up to 50 letters and digits"),
        ("P12", "dream", "Choose where the number stands"),
        ("P77", "phone", "payer's number of claim"),
        ("P78", "phone", "on file already"),
    ],
)
def test_a_number_that_cannot_be_is_refused(number: str, source: str, words: str, coder: User, now: datetime) -> None:
    claim, other = denied(number="P78"), denied()
    Claim.objects.filter(pk=other.pk).update(payer=claim.payer)
    with pytest.raises(PayerNumberRefusedError, match=words):
        enter_payer_number(claim_id=claim.public_id, number=number, source=source, acting_user=coder, now=now)
    Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.ACCEPTED)
    with pytest.raises(PayerNumberRefusedError, match="comes with the answer"):
        enter_payer_number(claim_id=claim.public_id, number="P9", source="phone", acting_user=coder, now=now)


def test_what_the_payer_took_back_in_the_meantime_does_not_stand_again(coder: User, now: datetime) -> None:
    claim = denied()
    correct_by_hand(claim_id=claim.public_id, way="replacement", note="Wrong", acting_user=coder, now=now)
    claim.adjudications.update(reversed=True)
    cancel(claim, coder, now)
    assert claim.status == ClaimStatus.REVERSED
    assert "has taken its answer back" in claim.events.latest("pk").what


def test_a_correction_that_takes_over_the_ehr_s_telling_is_not_cancelled(coder: User, now: datetime) -> None:
    claim = denied()
    correct_by_hand(claim_id=claim.public_id, way="replacement", note="Wrong", acting_user=coder, now=now)
    VisitConflictFactory(encounter=claim.encounter, state="taken", settled_at=now)
    with pytest.raises(CorrectionRefusedError, match="takes over what the EHR tells"):
        cancel(claim, coder, now)
