"""The EHR tells a billed visit otherwise: side by side, and what keeping ours or taking theirs does."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.claims.models import Claim, LineOff
from apps.claims.services import (
    CorrectionRefusedError,
    build_claims,
    lower_units,
    take_line_off,
    take_retold_visit,
)
from apps.claims.states import ClaimStatus
from apps.connectors.ports.ehr import EhrVisitFacts
from apps.intake.models import Encounter, VisitConflict
from apps.intake.services import ConflictNotOpenError, keep_ours, receive_encounters
from apps.ledger.models import Account, Leg
from apps.practice.models import Payer
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.claims import AdjudicationAdjustmentFactory, AdjudicationFactory
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


@pytest.mark.long
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


FACTS = EhrVisitFacts(
    accident_causes=("AA",),
    accident_date=date(2026, 9, 14),
    accident_state="TX",
    prior_authorization="A77",
    referral_number="R1",
    referring_first_name="Ida",
    referring_last_name="Calloway",
    referring_npi="1234567893",
)
DRUG = {"ndc": "00002143380", "ndc_units": Decimal("2.5"), "ndc_unit_measure": "ML"}
SIGNED = date(2026, 9, 15)


def tell_all() -> VisitConflict:
    tell(facts=FACTS, abn_signed_on=SIGNED, charges=(told.charge(1, **DRUG),))
    return VisitConflict.objects.get()


@pytest.mark.long
def test_theirs_is_billed_with_its_drug_its_accident_its_numbers_and_its_notice() -> None:
    old = billed()
    take(tell_all())
    build_claims(now=NOW)
    new = Claim.objects.exclude(pk=old.pk).get()
    line = new.lines.get()
    assert {name: getattr(line, name) for name in DRUG} == DRUG
    assert (new.accident_causes, new.accident_date, new.accident_state) == (["AA"], date(2026, 9, 14), "TX")
    assert (new.prior_authorization, new.referral_number) == ("A77", "R1")
    assert (new.referring_last_name, new.referring_npi) == ("Calloway", "1234567893")
    assert new.encounter.abn_signed_on == SIGNED


def test_theirs_corrects_the_drug_the_accident_the_numbers_and_the_notice() -> None:
    claim = billed(ClaimStatus.DENIED)
    take(tell_all())
    claim.refresh_from_db()
    line = claim.lines.get()
    assert {name: getattr(line, name) for name in DRUG} == DRUG
    assert (claim.status, claim.accident_causes, claim.prior_authorization) == (ClaimStatus.DRAFT, ["AA"], "A77")
    assert (claim.referring_last_name, claim.encounter.abn_signed_on) == ("Calloway", SIGNED)


@pytest.mark.long
@pytest.mark.parametrize("status", [ClaimStatus.READY, ClaimStatus.DENIED])
def test_what_a_person_put_on_the_claim_and_the_ehr_never_told_stays(status: ClaimStatus) -> None:
    old = billed(status)
    Claim.objects.update(prior_authorization="OURS1")
    old.lines.update(**DRUG)
    tell(charges=(told.charge(1, modifiers=("25",)),))
    conflict = VisitConflict.objects.get()
    page = browser_of(Role.CODER).get(reverse("workspace:visit_conflict", args=[conflict.public_id])).content.decode()
    assert "1 difference" in page
    take(conflict)
    build_claims(now=NOW)
    new = Claim.objects.exclude(status=ClaimStatus.VOIDED).get()
    assert (new == old, new.prior_authorization) == (status is ClaimStatus.DENIED, "OURS1")
    assert (new.lines.get().modifiers, new.lines.get().ndc) == (["25"], DRUG["ndc"])


@pytest.mark.long
def test_what_a_person_put_there_does_not_pass_to_another_code_or_another_provider() -> None:
    old = billed()
    Claim.objects.update(prior_authorization="OURS1")
    old.lines.update(**DRUG)
    ProviderFactory(source_id="D2")
    tell(provider_source_id="D2", charges=(told.charge(1, procedure="99214"),))
    take(VisitConflict.objects.get())
    build_claims(now=NOW)
    new = Claim.objects.exclude(pk=old.pk).get()
    assert (new.prior_authorization, new.lines.get().procedure, new.lines.get().ndc) == ("", "99214", "")


def test_a_number_that_was_mended_here_is_no_difference_while_the_ehr_tells_the_same() -> None:
    raw = {**DRUG, "ndc": "2143380"}
    tell(charges=(told.charge(1, **raw),))
    build_claims(now=NOW)
    Claim.objects.update(status=ClaimStatus.DENIED)
    claim = Claim.objects.get()
    claim.lines.update(ndc=DRUG["ndc"])
    tell(charges=(told.charge(1, modifiers=("25",), **raw),))
    take(VisitConflict.objects.get())
    line = claim.lines.get()
    assert (line.ndc, line.modifiers) == (DRUG["ndc"], ["25"])


def test_the_page_shows_the_drug_the_accident_the_numbers_and_the_notice() -> None:
    billed()
    address = reverse("workspace:visit_conflict", args=[tell_all().public_id])
    page = browser_of(Role.BILLER).get(address).content.decode()
    assert "6 differences" in page
    for said in (
        "99213, 1 × $148.00, diagnosis 1, NDC 00002143380, 2.5 ml",
        "Auto, Sep 14, 2026, TX",
        "A77",
        "R1",
        "Ida Calloway, NPI 1234567893",
        "Notice (ABN) signed",
        "Sep 15, 2026",
    ):
        assert said in page
    assert "Supervising provider" not in page


def partly_refused() -> Claim:
    """Of two lines the payer has decided the first, and refused the second as not processable."""
    tell(charges=(told.charge(1), told.charge(2, procedure="69210", amount=Decimal("88.00"))))
    build_claims(now=NOW)
    Claim.objects.update(status=ClaimStatus.PARTLY_DENIED)
    claim = Claim.objects.get()
    decided, refused = claim.lines.order_by("number")
    AdjudicationFactory(claim=claim, line=decided)
    answer = AdjudicationFactory(claim=claim, line=refused, denied=refused.amount, remark_codes=["MA130"])
    AdjudicationAdjustmentFactory(adjudication=answer, carc="16", amount=refused.amount, adjustment_class="denial")
    return claim


def retell(first: tuple[str, ...], second: tuple[str, ...]) -> VisitConflict:
    other = told.charge(2, procedure="69210", amount=Decimal("88.00"), modifiers=second)
    tell(charges=(told.charge(1, modifiers=first), other))
    return VisitConflict.objects.get()


def test_a_change_to_a_line_that_the_new_claim_leaves_out_is_refused_with_what_to_do() -> None:
    claim = partly_refused()
    conflict = retell(("25",), ("59",))
    with pytest.raises(CorrectionRefusedError, match=r"Line 1: .* Correct the other lines by hand .* reopen"):
        take(conflict)
    claim.refresh_from_db()
    conflict.refresh_from_db()
    assert (claim.status, conflict.state) == (ClaimStatus.PARTLY_DENIED, "open")
    assert [line.modifiers for line in claim.lines.order_by("number")] == [[], []]
    assert not claim.corrections.exists()


def test_a_change_to_the_refused_line_alone_goes_out() -> None:
    claim = partly_refused()
    assert "payer's route" in take(retell((), ("59",)))
    lines = claim.lines.order_by("number")
    assert [(line.left_out, line.modifiers) for line in lines] == [(True, []), (False, ["59"])]


@pytest.mark.parametrize("verb", [keep_ours, take_retold_visit])
def test_the_ehr_s_own_telling_waits_before_any_row_is_locked(verb: Callable[..., object]) -> None:
    billed()
    conflict, person = dearer(), UserFactory(role=Role.CODER)
    with CaptureQueriesContext(connection) as queries:
        verb(conflict_id=conflict.public_id, reason="The note says so", acting_user=person, now=NOW)
    asked = [
        query["sql"] for query in queries if "pg_advisory_xact_lock" in query["sql"] or "FOR UPDATE" in query["sql"]
    ]
    assert "pg_advisory_xact_lock" in asked[0]
    assert "intake drchrono" in asked[0]
    assert "intake_visitconflict" in asked[1]


def short_of_a_line(now: datetime = NOW) -> Claim:
    """Its first line was taken off."""
    tell(charges=(told.charge(1), told.charge(2, procedure="69210", amount=Decimal("88.00"))))
    build_claims(now=now)
    claim = Claim.objects.get()
    coder = UserFactory(role=Role.CODER)
    take_line_off(claim_id=claim.public_id, line=1, reason="No note yet", acting_user=coder, now=now)
    return claim


@pytest.mark.long
def test_a_visit_billed_anew_ends_the_decision_about_a_line_that_was_taken_off() -> None:
    short_of_a_line()
    assert "billed anew" in take(retell(("25",), ()))
    off = LineOff.objects.get()
    assert (off.state, off.work_item.state) == ("unbilled", "done")
    assert "The EHR's version" in off.settled_reason
    build_claims(now=NOW)
    assert Claim.objects.latest("pk").lines.count() == 2
    assert receivable() == Decimal("236.00")


def test_a_line_that_was_taken_off_is_carried_through_a_correction_as_the_ehr_tells_it_now() -> None:
    claim = short_of_a_line()
    AdjudicationFactory(claim=claim)
    Claim.objects.update(status=ClaimStatus.PAID)
    assert "payer's route" in take(retell(("25",), ("59",)))
    assert [(line.number, line.modifiers) for line in claim.lines.all()] == [(2, ["59"])]
    off = LineOff.objects.get()
    assert (off.state, off.number, off.modifiers) == ("open", 1, ["25"])


@pytest.mark.long
def test_where_only_the_line_that_was_taken_off_differs_the_claim_stands() -> None:
    claim = short_of_a_line()
    AdjudicationFactory(claim=claim)
    Claim.objects.update(status=ClaimStatus.PAID)
    conflict = retell(("25",), ())
    assert "The claim stands" in take(conflict)
    conflict.refresh_from_db()
    claim.refresh_from_db()
    assert (claim.status, conflict.state, LineOff.objects.get().modifiers) == (ClaimStatus.PAID, "taken", ["25"])


@pytest.mark.long
def test_units_that_a_coder_lowered_stay_lowered_while_the_ehr_tells_its_line_as_before() -> None:
    tell(charges=(told.charge(1, units=Decimal(2), amount=Decimal("200.00")),))
    build_claims(now=NOW)
    claim = Claim.objects.get()
    lower_units(
        claim_id=claim.public_id, line=1, units=Decimal(1), charge_falls=True, reason="Note: one",
        acting_user=UserFactory(role=Role.CODER), now=NOW,
    )  # fmt: skip
    AdjudicationFactory(claim=claim, line=claim.lines.get())
    Claim.objects.update(status=ClaimStatus.PAID)
    tell(charges=(told.charge(1, units=Decimal(2), amount=Decimal("200.00")),), diagnoses=("J0190", "R059"))
    assert "payer's route" in take(VisitConflict.objects.get())
    claim.refresh_from_db()
    line = claim.lines.get()
    assert (line.units, line.amount, claim.diagnoses) == (1, Decimal("100.00"), ["J0190", "R059"])
