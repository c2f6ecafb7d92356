"""What people do about a claim: edit, fix, confirm, override, hold, void, correct."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from apps.audit.models import AuditEvent
from apps.claims.models import Claim, ClaimEvent, Finding
from apps.claims.services import (
    BadValueError,
    CannotSettleError,
    Change,
    ClaimNotEditableError,
    CorrectionRefusedError,
    ReasonMissingError,
    apply_fixes,
    build_claims,
    confirm_coding,
    edit_claim,
    hold_claim,
    override_finding,
    scrub_claims,
    start_correction,
    void_claim,
)
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.intake.models import Patient
from apps.ledger.models import Account, Leg
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.claims import AdjudicationFactory, ClaimFactory, FindingFactory
from tests.factories.intake import EncounterFactory
from tests.factories.practice import PracticeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def practice() -> None:
    PracticeFactory()


@pytest.fixture
def biller() -> User:
    return UserFactory(role=Role.BILLER)


@pytest.fixture
def coder() -> User:
    return UserFactory(role=Role.CODER)


def held(now: datetime, **fields: object) -> Claim:
    claim = ClaimFactory(**fields)
    scrub_claims(now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.EXCEPTION
    return claim


def needs_25(now: datetime) -> Finding:
    claim = ClaimFactory(encounter__charges__size=2)
    claim.lines.filter(number=2).update(procedure="20610")
    scrub_claims(now=now)
    return claim.findings.get()


NO_MEMBER_ID = {"encounter__coverage__member_id": ""}
UNCLEAN_ID = {
    "encounter__coverage__member_id": "lp 000000123",
    "encounter__coverage__payer__member_id_pattern": "LP[0-9]{9}",
}


# ------------------------------------------------------------------ editing


@pytest.mark.long
def test_an_edit_is_scrubbed_at_once_and_leaves_its_fields_in_the_trail(biller: User, now: datetime) -> None:
    claim = held(now, **NO_MEMBER_ID)
    changes = [Change("coverage.member_id", "LP000000123"), Change("patient.city", claim.patient.city)]
    assert edit_claim(claim_id=claim.public_id, changes=changes, acting_user=biller, now=now) is ClaimStatus.READY
    claim.refresh_from_db()
    assert claim.passed_untouched is False
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.detail) == (biller, "edit", {"fields": ["Member ID"]})
    assert ClaimEvent.objects.filter(actor=biller, what="Edited: member ID.").exists()
    assert WorkItem.objects.get().state == WorkItem.State.DONE


def test_an_edit_that_does_not_mend_keeps_the_same_work(biller: User, now: datetime) -> None:
    claim = held(now, **NO_MEMBER_ID, encounter__patient__sex="")
    changes = [Change("coverage.member_id", "LP000000123")]
    assert edit_claim(claim_id=claim.public_id, changes=changes, acting_user=biller, now=now) is ClaimStatus.EXCEPTION
    item = WorkItem.objects.get()
    assert item.state == WorkItem.State.OPEN
    assert item.title == f"Fix claim {claim.control_number}: patient's sex"


def test_a_draft_that_a_person_touched_is_not_clean(biller: User, now: datetime) -> None:
    claim = ClaimFactory()
    edit_claim(claim_id=claim.public_id, changes=[], acting_user=biller, now=now)
    claim.refresh_from_db()
    assert (claim.status, claim.passed_untouched) == (ClaimStatus.READY, False)


def test_what_is_mended_of_a_patient_reaches_the_patients_other_claims(
    biller: User, now: datetime, nudges: list[tuple[str, str]]
) -> None:
    first = ClaimFactory(encounter__patient__sex="")
    visit = EncounterFactory(patient=first.patient, coverage=first.coverage)
    second = ClaimFactory(encounter=visit)
    scrub_claims(now=now)
    edit_claim(claim_id=first.public_id, changes=[Change("patient.sex", "F")], acting_user=biller, now=now)
    second.refresh_from_db()
    assert second.status == ClaimStatus.DRAFT
    scrub_claims(now=now)
    second.refresh_from_db()
    assert second.status == ClaimStatus.READY


def test_a_biller_cannot_edit_what_the_claim_says_of_the_visit(biller: User, now: datetime) -> None:
    claim = held(now, **NO_MEMBER_ID)
    changes = [Change("patient.city", "Waco"), Change("line.units", "2", 1)]
    with pytest.raises(PermissionDenied):
        edit_claim(claim_id=claim.public_id, changes=changes, acting_user=biller, now=now)
    assert Patient.objects.get().city == "Austin"


def test_a_bad_value_changes_nothing(biller: User, now: datetime) -> None:
    claim = held(now, **NO_MEMBER_ID)
    changes = [Change("patient.city", "Waco"), Change("patient.birth_date", "yesterday")]
    with pytest.raises(BadValueError):
        edit_claim(claim_id=claim.public_id, changes=changes, acting_user=biller, now=now)
    assert Patient.objects.get().city == "Austin"


def test_a_line_that_is_not_there_cannot_be_edited(coder: User, now: datetime) -> None:
    claim = held(now, **NO_MEMBER_ID)
    with pytest.raises(BadValueError, match="no line 9"):
        edit_claim(claim_id=claim.public_id, changes=[Change("line.units", "2", 9)], acting_user=coder, now=now)


@pytest.mark.parametrize("status", [ClaimStatus.BATCHED, ClaimStatus.SUBMITTED, ClaimStatus.PAID, ClaimStatus.VOIDED])
def test_a_claim_that_is_not_with_us_cannot_be_edited(status: ClaimStatus, biller: User, now: datetime) -> None:
    claim = ClaimFactory(status=status)
    with pytest.raises(ClaimNotEditableError):
        edit_claim(claim_id=claim.public_id, changes=[], acting_user=biller, now=now)


def test_a_claim_that_does_not_exist_is_said_so(biller: User, now: datetime) -> None:
    with pytest.raises(Claim.DoesNotExist):
        edit_claim(claim_id="nothing", changes=[], acting_user=biller, now=now)


def test_a_rejected_claim_is_corrected_and_goes_out_again(biller: User, now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.REJECTED)
    FindingFactory(claim=claim, rule="RCV-CLAIM")
    changes = [Change("coverage.member_id", "LP000000777")]
    assert edit_claim(claim_id=claim.public_id, changes=changes, acting_user=biller, now=now) is ClaimStatus.READY
    assert claim.findings.get().state == Finding.State.SUPERSEDED


# ------------------------------------------------------------------ findings


@pytest.mark.long
def test_fixes_of_many_claims_are_applied_together(biller: User, now: datetime) -> None:
    findings = [held(now, **UNCLEAN_ID).findings.get().pk for _ in range(2)]
    result = apply_fixes(finding_ids=findings, acting_user=biller, now=now)
    assert (result.fixed, result.ready) == (2, 2)
    assert set(Finding.objects.values_list("state", flat=True)) == {Finding.State.FIXED}
    event = AuditEvent.objects.get()
    assert (event.action, event.detail["rules"], len(event.patients)) == ("apply_fix", ["COV-MEMBER-ID-PATTERN"], 2)


def test_a_clinical_fix_is_never_applied_by_a_click_not_even_a_coders(coder: User, now: datetime) -> None:
    finding = needs_25(now)
    with pytest.raises(CannotSettleError, match="one at a time"):
        apply_fixes(finding_ids=[finding.pk], acting_user=coder, now=now)
    assert finding.claim.lines.get(number=1).modifiers == []


def test_a_finding_without_a_fix_says_so(biller: User, now: datetime) -> None:
    finding = held(now, **NO_MEMBER_ID).findings.get()
    with pytest.raises(CannotSettleError, match="no suggested fix"):
        apply_fixes(finding_ids=[finding.pk], acting_user=biller, now=now)


@pytest.mark.parametrize("chosen", [[], [0]])
def test_what_is_settled_already_cannot_be_settled_again(chosen: list[int], biller: User, now: datetime) -> None:
    with pytest.raises(CannotSettleError, match="settled meanwhile"):
        apply_fixes(finding_ids=chosen, acting_user=biller, now=now)


def test_a_named_coder_confirms_from_the_record(coder: User, now: datetime) -> None:
    finding = needs_25(now)
    assert confirm_coding(finding_id=finding.pk, statement="Separate evaluation.", acting_user=coder, now=now)
    finding.refresh_from_db()
    assert (finding.state, finding.settled_by, finding.override_reason) == ("fixed", coder, "Separate evaluation.")
    assert finding.claim.lines.get(number=1).modifiers == ["25"]
    assert "Separate" not in str(AuditEvent.objects.get().detail)


def test_a_coder_who_gives_no_statement_confirms_nothing(coder: User, now: datetime) -> None:
    with pytest.raises(CannotSettleError, match="record supports"):
        confirm_coding(finding_id=needs_25(now).pk, statement=" ", acting_user=coder, now=now)


@pytest.mark.parametrize("role", [Role.BILLER, Role.ADMINISTRATOR, Role.FRONT_DESK, None])
def test_nobody_else_confirms(role: Role | None, now: datetime) -> None:
    finding = needs_25(now)
    with pytest.raises(PermissionDenied):
        confirm_coding(finding_id=finding.pk, statement="Sure.", acting_user=UserFactory(role=role), now=now)
    assert finding.claim.lines.get(number=1).modifiers == []


def test_an_override_lets_the_claim_go_and_keeps_its_reason(biller: User, now: datetime) -> None:
    finding = held(now, **UNCLEAN_ID).findings.get()
    assert override_finding(finding_id=finding.pk, reason="New card format.", acting_user=biller, now=now)
    finding.refresh_from_db()
    assert (finding.state, finding.settled_by, finding.override_reason) == ("overridden", biller, "New card format.")
    assert AuditEvent.objects.get().detail["rules"] == ["COV-MEMBER-ID-PATTERN"]


def test_what_x12_cannot_carry_is_not_overridden(biller: User, now: datetime) -> None:
    finding = held(now, **NO_MEMBER_ID).findings.get()
    with pytest.raises(CannotSettleError, match="cannot be overridden"):
        override_finding(finding_id=finding.pk, reason="Please.", acting_user=biller, now=now)


def test_only_a_coder_overrides_a_clinical_finding(biller: User, coder: User, now: datetime) -> None:
    finding = needs_25(now)
    with pytest.raises(PermissionDenied):
        override_finding(finding_id=finding.pk, reason="Not separate.", acting_user=biller, now=now)
    assert override_finding(finding_id=finding.pk, reason="Not separate.", acting_user=coder, now=now)


# ------------------------------------------------------------------ hold and void


@pytest.mark.long
def test_a_held_claim_stays_held_through_edits_until_the_hold_is_overridden(biller: User, now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.READY)
    hold_claim(claim_id=claim.public_id, reason="Note missing.", acting_user=biller, now=now)
    status = edit_claim(claim_id=claim.public_id, changes=[], acting_user=biller, now=now)
    assert status is ClaimStatus.EXCEPTION
    hold = claim.findings.get(state=Finding.State.OPEN)
    assert override_finding(finding_id=hold.pk, reason="Note is here.", acting_user=biller, now=now)


def test_a_void_takes_the_charges_out_of_the_receivables(biller: User, now: datetime) -> None:
    EncounterFactory()
    build_claims(now=now)
    claim = Claim.objects.get()
    void_claim(claim_id=claim.public_id, reason="Never seen.", acting_user=biller, now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.VOIDED
    owed = Leg.objects.filter(account=Account.INSURANCE_RECEIVABLE).values_list("amount", flat=True)
    assert sum(owed, Decimal(0)) == 0


def test_a_claim_that_a_payer_has_answered_cannot_be_voided(biller: User, now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.EXCEPTION)
    AdjudicationFactory(claim=claim)
    with pytest.raises(ClaimNotEditableError, match="take its answer back"):
        void_claim(claim_id=claim.public_id, reason="Wrong.", acting_user=biller, now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.EXCEPTION


def test_a_claim_at_the_payer_cannot_be_voided_here(biller: User, now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.SUBMITTED)
    with pytest.raises(ClaimNotEditableError):
        void_claim(claim_id=claim.public_id, reason="Wrong.", acting_user=biller, now=now)


@pytest.mark.parametrize("verb", [hold_claim, void_claim])
def test_holding_and_voiding_need_a_reason(verb, biller: User, now: datetime) -> None:
    claim = ClaimFactory()
    with pytest.raises(ReasonMissingError):
        verb(claim_id=claim.public_id, reason=" ", acting_user=biller, now=now)


# ------------------------------------------------------------------ correction


def denied(route: str = "replacement", number: str = "P77") -> Claim:
    claim = ClaimFactory(
        status=ClaimStatus.DENIED, payer_claim_number=number, encounter__coverage__payer__correction_route=route
    )
    AdjudicationFactory(claim=claim, denied=claim.total)
    return claim


@pytest.mark.parametrize(("route", "frequency"), [("replacement", "7"), ("new_claim", "1")])
def test_a_denied_claim_goes_out_again_by_the_payers_route(
    route: str, frequency: str, coder: User, now: datetime, nudges: list[tuple[str, str]]
) -> None:
    claim = denied(route)
    corrected = start_correction(
        claim_id=claim.public_id, changes=[Change("line.modifiers", ["25"], 1)], acting_user=coder, now=now
    )
    assert (corrected.status, corrected.frequency, corrected.control_number) == (
        ClaimStatus.DRAFT,
        frequency,
        claim.control_number,
    )
    assert claim.lines.get().modifiers == ["25"]
    assert scrub_claims(now=now).passed == 1
    assert AuditEvent.objects.get().detail == {"fields": ["Modifiers of line 1"], "frequency": frequency}


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (lambda: denied("reopening"), "reopening"),
        (lambda: denied(number=""), "payer's claim number"),
        (lambda: ClaimFactory(status=ClaimStatus.ACCEPTED), "pending"),
        (lambda: ClaimFactory(status=ClaimStatus.FORWARDED), "pending"),
    ],
)
def test_a_correction_that_the_payer_would_not_take_is_refused(claim, words: str, biller: User, now: datetime) -> None:
    with pytest.raises(CorrectionRefusedError, match=words):
        start_correction(claim_id=claim().public_id, changes=[], acting_user=biller, now=now)


def test_a_biller_cannot_start_a_clinical_correction(biller: User, now: datetime) -> None:
    claim = denied()
    with pytest.raises(PermissionDenied):
        start_correction(
            claim_id=claim.public_id, changes=[Change("line.modifiers", ["25"], 1)], acting_user=biller, now=now
        )
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.DENIED
