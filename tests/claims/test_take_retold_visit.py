"""The EHR tells a billed visit otherwise: side by side, and what keeping ours or taking theirs does."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from apps.claims.models import Claim
from apps.claims.services import build_claims, take_retold_visit
from apps.claims.states import ClaimStatus
from apps.intake.models import Encounter, VisitConflict
from apps.intake.services import ConflictNotOpenError, keep_ours, receive_encounters
from apps.ledger.models import Account, Leg
from apps.practice.models import Payer
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.practice import LocationFactory, PayerFactory, PracticeFactory, ProviderFactory, UserFactory
from tests.intake import told
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)
PEOPLE = (told.patient(coverages=(told.cover(),)),)


@pytest.fixture(autouse=True)
def directory(monkeypatch: pytest.MonkeyPatch) -> None:
    PracticeFactory()
    PayerFactory(name="Lone Prairie", claims_id="LPHP1", correction_route=Payer.CorrectionRoute.NEW_CLAIM)
    ProviderFactory(source_id="D1")
    LocationFactory(source_id="L1")
    monkeypatch.setattr("apps.core.clock.now", lambda: NOW)


def tell(**visit: Any) -> None:
    receive_encounters(
        source="drchrono",
        encounters=[told.visit(**visit)],
        patients=PEOPLE,
        arrived_by=Encounter.Path.POLL,
        now=NOW,
    )


def billed(status: ClaimStatus = ClaimStatus.DRAFT) -> Claim:
    tell()
    build_claims(now=NOW)
    Claim.objects.update(status=status)
    return Claim.objects.get()


def dearer() -> VisitConflict:
    tell(charges=(told.charge(1, amount=Decimal("212.00")),))
    return VisitConflict.objects.get()


def receivable() -> Decimal:
    legs = Leg.objects.filter(account=Account.INSURANCE_RECEIVABLE)
    return sum((leg.amount for leg in legs), Decimal(0))


def take(conflict: VisitConflict, role: Role = Role.CODER) -> str:
    return take_retold_visit(
        conflict_id=conflict.public_id, reason="The note says so", acting_user=UserFactory(role=role), now=NOW
    )


def test_the_same_change_told_again_is_one_conflict_and_a_newer_one_takes_its_place() -> None:
    billed()
    dearer()
    tell(charges=(told.charge(1, amount=Decimal("240.00")),))
    conflict = VisitConflict.objects.get()
    assert (conflict.lines[0]["amount"], conflict.state) == ("240.00", "open")
    assert WorkItem.objects.filter(kind="charges_changed").count() == 1


def test_told_as_ours_again_it_ends_by_itself() -> None:
    billed()
    conflict = dearer()
    tell()
    conflict.refresh_from_db()
    assert (conflict.state, conflict.work_item.state) == ("agreed", "withdrawn")


def test_ours_is_kept_with_a_reason_and_nobody_is_asked_again() -> None:
    claim, person = billed(), UserFactory()
    conflict = dearer()
    with pytest.raises(ConflictNotOpenError, match="Say in a few words why"):
        keep_ours(conflict_id=conflict.public_id, reason=" ", acting_user=person, now=NOW)
    keep_ours(conflict_id=conflict.public_id, reason="A slip in the EHR", acting_user=person, now=NOW)
    with pytest.raises(ConflictNotOpenError, match="decided meanwhile"):
        keep_ours(conflict_id=conflict.public_id, reason="again", acting_user=person, now=NOW)
    tell(charges=(told.charge(1, amount=Decimal("212.00")),))
    conflict.refresh_from_db()
    assert (conflict.state, conflict.work_item.outcome) == ("kept", "Ours kept: A slip in the EHR")
    assert (VisitConflict.objects.count(), Claim.objects.get().total) == (1, claim.total)


@pytest.mark.parametrize("status", [ClaimStatus.EXCEPTION, ClaimStatus.READY, ClaimStatus.REJECTED])
def test_theirs_is_billed_in_place_of_a_claim_that_is_with_us(status: ClaimStatus) -> None:
    old = billed(status)
    conflict = dearer()
    assert receivable() == Decimal("148.00")
    assert "billed anew" in take(conflict)
    build_claims(now=NOW)
    old.refresh_from_db()
    new = Claim.objects.exclude(pk=old.pk).get()
    assert (old.status, new.total) == (ClaimStatus.VOIDED, Decimal("212.00"))
    assert receivable() == Decimal("212.00")
    tell(charges=(told.charge(1, amount=Decimal("212.00")),))
    assert (Encounter.objects.count(), VisitConflict.objects.get().state) == (2, "taken")


def test_theirs_corrects_a_claim_that_its_payer_has_answered_by_the_payer_s_route() -> None:
    claim = billed(ClaimStatus.DENIED)
    tell(charges=(told.charge(1, modifiers=("25",)),), diagnoses=("J0190", "R059"))
    assert "payer's route" in take(VisitConflict.objects.get())
    claim.refresh_from_db()
    assert (claim.status, claim.frequency, claim.diagnoses) == (ClaimStatus.DRAFT, "1", ["J0190", "R059"])
    assert claim.lines.get().modifiers == ["25"]
    assert receivable() == Decimal("148.00")


def test_what_a_correction_cannot_carry_is_refused_with_what_to_do() -> None:
    billed(ClaimStatus.DENIED)
    conflict = dearer()
    with pytest.raises(ConflictNotOpenError, match="Ask the payer to take its answer back"):
        take(conflict)
    conflict.refresh_from_db()
    assert conflict.state == "open"


@pytest.mark.parametrize("status", [ClaimStatus.SUBMITTED, ClaimStatus.ACCEPTED, ClaimStatus.FORWARDED])
def test_a_claim_under_way_is_left_alone_until_its_payer_has_answered(status: ClaimStatus) -> None:
    billed(status)
    with pytest.raises(ConflictNotOpenError, match="under way"):
        take(dearer())


def test_a_self_pay_visit_is_settled_on_the_account() -> None:
    tell(coverages=())
    build_claims(now=NOW)
    tell(coverages=(), charges=(told.charge(1, amount=Decimal("212.00")),))
    with pytest.raises(ConflictNotOpenError, match="patient's own account"):
        take(VisitConflict.objects.get())


def test_the_page_shows_both_and_a_biller_is_sent_to_the_coder() -> None:
    claim = billed(ClaimStatus.DENIED)
    tell(charges=(told.charge(1, modifiers=("25",)),))
    conflict = VisitConflict.objects.get()
    browser = browser_of(Role.BILLER)
    address = reverse("workspace:visit_conflict", args=[conflict.public_id])
    assert WorkItem.objects.get(kind="charges_changed").url_name == "workspace:visit_conflict"
    page = browser.get(address).content.decode()
    assert "1 difference" in page
    assert claim.control_number in page
    assert "99213, 1 × $148.00, diagnosis 1" in page
    assert "99213-25, 1 × $148.00, diagnosis 1" in page
    refused = browser.post(f"{address}take/", {"reason": "The note says so"}, follow=True).content.decode()
    assert "Ask a coder to take theirs here." in refused
    kept = browser.post(f"{address}keep/", {"reason": "A slip"}, follow=True).content.decode()
    assert "Ours stands." in kept
    assert "Ours kept" in kept
    assert browser_of(Role.FRONT_DESK).get(address).status_code == 403
