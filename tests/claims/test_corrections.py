"""Corrections of answered claims: replacement, void, new claim, reopening; from the page to the file and back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Batch, Claim, Correction
from apps.claims.rules.fields import Change
from apps.claims.selectors.filing import reopening_limit
from apps.claims.services import (
    CorrectionRefusedError,
    Move,
    apply_moves,
    batch_claims,
    close_reopening,
    correct_by_hand,
    edit_claim,
    scrub_claims,
    start_reopening,
    void_at_payer,
    void_claim,
)
from apps.claims.services.edit_claim import scrub_siblings
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection
from apps.core.models import User
from apps.ledger.models import Leg
from apps.practice.roles import Role
from apps.remittances.services import post_remittances
from apps.worklist.models import WorkItem
from apps.x12 import read
from tests.claims.conftest import SignIn
from tests.factories.claims import AdjudicationAdjustmentFactory, AdjudicationFactory, ClaimFactory
from tests.factories.ledger import post_as_billed
from tests.factories.practice import PayerDeadlineFactory, UserFactory
from tests.factories.remittances import clp, payment, reversal_of, stored_file, submitted_claim, svc

pytestmark = pytest.mark.django_db
Clearinghouse = Callable[..., Connection]


@pytest.fixture
def person() -> User:
    return UserFactory(role=Role.BILLER)


def denied(size: int = 1, number: str = "P77", **payer: object) -> Claim:
    fields = {f"encounter__coverage__payer__{name}": value for name, value in payer.items()}
    claim = ClaimFactory(status=ClaimStatus.DENIED, payer_claim_number=number, encounter__charges__size=size, **fields)
    for line in claim.lines.all():
        AdjudicationFactory(claim=claim, line=line, denied=line.amount)
    return claim


def in_the_file(now: datetime) -> list:
    assert batch_claims(now=now).held == 0
    return [
        next(read(batch.transmission.payload).transactions).body.claims[0] for batch in Batch.objects.order_by("pk")
    ]


MADE = Change("claim.prior_authorization", "A-779", None)


@pytest.mark.long
def test_a_replacement_waits_for_its_change_and_leaves_with_the_payers_number(
    person: User, clearinghouse: Clearinghouse, now: datetime, nudges: list[tuple[str, str]]
) -> None:
    clearinghouse()
    claim = denied()
    held = correct_by_hand(
        claim_id=claim.public_id, way="replacement", note="Authorization missing", acting_user=person, now=now
    )
    assert (held.status, held.findings.get().rule) == (ClaimStatus.EXCEPTION, "RCV-CORRECT")
    assert scrub_claims(now=now).passed == 0
    assert batch_claims(now=now).claims == 0
    # Neither a click on "Scrub again" nor work on another claim of the patient makes the correction.
    assert edit_claim(claim_id=claim.public_id, changes=[], acting_user=person, now=now) == ClaimStatus.EXCEPTION
    scrub_siblings([ClaimFactory(encounter__patient=claim.patient, encounter__coverage=claim.coverage)], now=now)
    assert Claim.objects.get(pk=claim.pk).status == ClaimStatus.DRAFT
    scrub_claims(now=now)
    assert Claim.objects.get(pk=claim.pk).status == ClaimStatus.EXCEPTION
    changes = [Change("claim.prior_authorization", "A-778", None)]
    assert edit_claim(claim_id=claim.public_id, changes=changes, acting_user=person, now=now) == ClaimStatus.READY
    (sent,) = in_the_file(now)
    assert (sent.control_number, sent.frequency, sent.payer_claim_number) == (claim.control_number, "7", "P77")
    assert sent.prior_authorization == "A-778"
    assert Correction.objects.get().before["prior_authorization"] == ""
    assert AuditEvent.objects.filter(action="start_correction").count() == 1


@pytest.mark.long
def test_a_void_leaves_as_the_claim_was_and_frees_the_charges_once_the_payer_took_its_answer_back(
    person: User, clearinghouse: Clearinghouse, now: datetime, nudges: list[tuple[str, str]]
) -> None:
    clearinghouse()
    claim = submitted_claim("100.00")
    first = clp(claim, payer_claim_number="P77")
    stored_file(payment(first))
    post_remittances(now=now)
    void_at_payer(claim_id=claim.public_id, note="Wrong patient", acting_user=person, now=now)
    scrub_claims(now=now)
    (sent,) = in_the_file(now)
    assert (sent.control_number, sent.frequency, sent.payer_claim_number) == (claim.control_number, "8", "P77")
    with pytest.raises(Exception, match="batched"):
        void_claim(claim_id=claim.public_id, reason="Wrong patient", acting_user=person, now=now)
    stored_file(payment(reversal_of(first)))
    post_remittances(now=now)
    claim.refresh_from_db()
    assert (claim.status, claim.control_number) == (ClaimStatus.REVERSED, sent.control_number)
    void_claim(claim_id=claim.public_id, reason="Wrong patient", acting_user=person, now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.VOIDED
    owed = Leg.objects.filter(account="insurance_receivable").values_list("amount", flat=True)
    assert sum(owed, Decimal()) == 0


@pytest.mark.long
def test_a_line_refused_as_not_processable_goes_out_alone_as_a_new_claim(
    person: User, clearinghouse: Clearinghouse, now: datetime, nudges: list[tuple[str, str]]
) -> None:
    clearinghouse()
    claim = ClaimFactory(
        status=ClaimStatus.PARTLY_DENIED, payer_claim_number="P77", encounter__charges__size=2,
        encounter__coverage__payer__filing_indicator="MB",
    )  # fmt: skip
    one, other = claim.lines.all()
    AdjudicationFactory(claim=claim, line=one)
    refused = AdjudicationFactory(claim=claim, line=other, denied=other.amount, remark_codes=["MA130"])
    AdjudicationAdjustmentFactory(adjudication=refused, carc="16", amount=other.amount, adjustment_class="denial")
    correct_by_hand(claim_id=claim.public_id, way="new_claim", note="NPI missing", acting_user=person, now=now)
    assert edit_claim(claim_id=claim.public_id, changes=[MADE], acting_user=person, now=now) == ClaimStatus.READY
    (sent,) = in_the_file(now)
    assert (sent.frequency, sent.payer_claim_number, sent.charge) == ("1", "", other.amount)
    assert [line.control_number for line in sent.lines] == [other.control_number]
    claim.refresh_from_db()
    assert claim.total == one.amount + other.amount


def test_a_replacement_while_the_first_one_is_pending_is_refused(person: User, now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.ACCEPTED, payer_claim_number="P77")
    for verb, how in ((correct_by_hand, {"way": "replacement"}), (void_at_payer, {}), (start_reopening, {})):
        with pytest.raises(CorrectionRefusedError, match="pending"):
            verb(claim_id=claim.public_id, note="Wrong", acting_user=person, now=now, **how)


def test_a_way_that_the_payer_does_not_take_is_refused_with_its_reason(person: User, now: datetime) -> None:
    medicare = denied(filing_indicator="MB")
    with pytest.raises(CorrectionRefusedError, match="neither 7 nor 8"):
        void_at_payer(claim_id=medicare.public_id, note="Wrong", acting_user=person, now=now)
    with pytest.raises(CorrectionRefusedError, match="by its own number"):
        start_reopening(claim_id=denied().public_id, note="Wrong", acting_user=person, now=now)
    with pytest.raises(CorrectionRefusedError, match="few words"):
        void_at_payer(claim_id=denied().public_id, note=" ", acting_user=person, now=now)
    with pytest.raises(CorrectionRefusedError, match="Choose how"):
        correct_by_hand(claim_id=denied().public_id, way="void", note="Wrong", acting_user=person, now=now)


def test_a_reopening_is_a_persons_and_ends_with_the_payers_reference(person: User, now: datetime) -> None:
    claim = denied(filing_indicator="MB")
    start_reopening(claim_id=claim.public_id, note="Units 1 instead of 10", acting_user=person, now=now)
    item = WorkItem.objects.get()
    assert item.title == f"Ask {claim.payer.name} to reopen claim {claim.control_number}"
    with pytest.raises(CorrectionRefusedError, match="already"):
        start_reopening(claim_id=claim.public_id, note="Units", acting_user=person, now=now)
    with pytest.raises(CorrectionRefusedError, match="reference number"):
        close_reopening(claim_id=claim.public_id, channel="phone", reference=" ", acting_user=person, now=now)
    close_reopening(claim_id=claim.public_id, channel="phone", reference="CR-5521", acting_user=person, now=now)
    item.refresh_from_db()
    assert (item.state, item.outcome) == (WorkItem.State.DONE, "Reference CR-5521.")
    claim.refresh_from_db()
    assert (claim.status, claim.frequency) == (ClaimStatus.DENIED, "1")
    with pytest.raises(CorrectionRefusedError, match="waits"):
        close_reopening(claim_id=claim.public_id, channel="phone", reference="CR-1", acting_user=person, now=now)


def test_a_year_after_the_decision_medicare_reopens_nothing(person: User, now: datetime) -> None:
    claim = denied(filing_indicator="MB")
    claim.adjudications.update(remitted_on=date(2025, 1, 2))
    with pytest.raises(CorrectionRefusedError, match=r"until Jan 2, 2026 \(42 CFR 405\.980\(b\)\)\. An appeal"):
        start_reopening(claim_id=claim.public_id, note="Units", acting_user=person, now=now)


@pytest.mark.long
def test_the_payers_own_limit_of_reopening_counts_with_its_source(person: User, biller: Client, now: datetime) -> None:
    late, open_still = denied(correction_route="reopening"), denied(filing_indicator="MB", number="P78")
    for claim, days in ((late, 30), (open_still, 400)):
        PayerDeadlineFactory(payer=claim.payer, kind="reopening", days=days, source="Manual, page 12")
    late.adjudications.update(remitted_on=date(2026, 8, 1))
    open_still.adjudications.update(remitted_on=date(2025, 9, 10))
    with pytest.raises(CorrectionRefusedError, match=r"until Aug 31, 2026 \(Manual, page 12\)"):
        start_reopening(claim_id=late.public_id, note="Units", acting_user=person, now=now)
    assert "by reopening until Oct 15, 2026 (Manual, page 12)." in page(biller, open_still)
    start_reopening(claim_id=open_still.public_id, note="Units", acting_user=person, now=now)
    unknown = denied(correction_route="reopening", number="P79")
    unknown.adjudications.update(remitted_on=date(2020, 1, 2))
    start_reopening(claim_id=unknown.public_id, note="Units", acting_user=person, now=now)


@pytest.mark.parametrize("configured", [True, False])
def test_medicare_reopens_a_calendar_year_long(configured: bool, now: datetime) -> None:
    claim = denied(filing_indicator="MB")
    claim.adjudications.update(remitted_on=date(2023, 10, 15))
    if configured:
        PayerDeadlineFactory(payer=claim.payer, kind="reopening", days=365)
    limit = reopening_limit(claim)
    assert limit is not None
    assert limit.last == date(2024, 10, 15)


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        ({"filing": 30}, "The payer's filing limit was September 16, 2026."),
        ({"filing": 30, "reopening": 20}, "The payer's limit for corrected claims is October 18, 2026."),
        (
            {"filing": 30, "reopening": 20, "corrected_filing": 23},
            "The payer's limit for corrected claims is October 21, 2026.",
        ),
    ],
)
def test_a_correction_that_goes_as_a_new_claim_runs_by_the_clock_of_corrections(
    kinds: dict[str, int], told: str, person: User, now: datetime
) -> None:
    claim = denied(correction_route="new_claim")
    Claim.objects.update(service_date=date(2026, 8, 17))
    for kind, days in kinds.items():
        counted = "service" if kind == "filing" else "remittance"
        PayerDeadlineFactory(payer=claim.payer, kind=kind, days=days, counted_from=counted)
    when = now + timedelta(days=22)
    correct_by_hand(claim_id=claim.public_id, way="new_claim", note="Code", acting_user=person, now=when)
    edit_claim(claim_id=claim.public_id, changes=[MADE], acting_user=person, now=when)
    found = claim.findings.get(rule__startswith="TF-", state="open")
    assert (found.sentence, found.rule) == (told, "TF-PASSED" if " was " in told else "TF-LIMIT")
    item = WorkItem.objects.get(kind="claim_exception")
    assert f"{item.due_on:%B} {item.due_on.day}, 2026" in told


@pytest.mark.long
def test_a_corrected_claim_is_matched_whatever_version_its_payer_answers(
    person: User, clearinghouse: Clearinghouse, now: datetime, nudges: list[tuple[str, str]]
) -> None:
    clearinghouse()
    claim = submitted_claim("100.00")
    first = clp(claim, svc(claim.lines.get(), "0.00", ("CO-197", "100.00")), payer_claim_number="P77", status="4")
    stored_file(payment(first))
    post_remittances(now=now)
    correct_by_hand(claim_id=claim.public_id, way="replacement", note="Code", acting_user=person, now=now)
    edit_claim(claim_id=claim.public_id, changes=[MADE], acting_user=person, now=now)
    batch_claims(now=now)
    stored_file(payment(reversal_of(first), clp(claim, payer_claim_number="P78")))
    post_remittances(now=now + timedelta(days=20))
    claim.refresh_from_db()
    assert (claim.status, claim.payer_claim_number, claim.frequency) == (ClaimStatus.PAID, "P78", "7")


# ------------------------------------------------------------------ the page


def page(client: Client, claim: Claim) -> str:
    return client.get(reverse("workspace:claim", args=[claim.public_id])).content.decode()


def test_the_page_offers_what_the_payer_takes_and_says_why_not_the_rest(biller: Client) -> None:
    shown = page(biller, denied(filing_indicator="MB", phone="(512) 555-0140"))
    assert "takes no replacement claims: a clerical error is corrected by reopening" in shown
    assert "No void the claim (8): Original Medicare takes neither 7 nor 8." in shown
    assert "Begin the correction" not in shown


@pytest.mark.long
def test_a_reopening_from_the_page_shows_whom_to_call_and_what_to_say(biller: Client) -> None:
    claim = denied(filing_indicator="MB", phone="(512) 555-0140")
    told = biller.post(reverse("claims:reopen", args=[claim.public_id]), {"note": "Units 1, not 10."}, follow=True)
    text = told.content.decode()
    assert "Phone (512) 555-0140" in text
    assert "Please reopen claim P77" in text
    answer = {"channel": "portal", "reference": "CR-9"}
    told = biller.post(reverse("claims:reopened", args=[claim.public_id]), answer, follow=True)
    assert "Asked by portal on" in told.content.decode()
    assert "Reference CR-9." in told.content.decode()


@pytest.mark.long
def test_a_replacement_from_the_page_leads_to_where_it_is_changed(biller: Client) -> None:
    claim = denied()
    told = biller.post(
        reverse("claims:correct", args=[claim.public_id]), {"way": "replacement", "note": "NPI"}, follow=True
    )
    assert "Make the correction, then save: NPI" in told.content.decode()
    shown = page(biller, claim)
    assert "Frequency: <del>1</del> <ins>7</ins>" in shown


@pytest.mark.long
def test_a_void_from_the_page_and_here_once_the_payer_has_answered(biller: Client, now: datetime) -> None:
    claim = denied()
    post_as_billed(*(line.charge for line in claim.lines.all()), now=now)
    sent = biller.post(reverse("claims:void_at_payer", args=[claim.public_id]), {"note": "Twice"}, follow=True)
    assert "The void leaves with the next file" in sent.content.decode()
    claim.adjudications.update(reversed=True)
    apply_moves([Move(claim.pk, ClaimStatus.REVERSED, "Taken back.")], now=now)
    assert "Void here" in page(biller, claim)
    done = biller.post(reverse("claims:void_here", args=[claim.public_id]), {"note": "Twice"}, follow=True)
    assert "Voided. Its charges have left the receivables." in done.content.decode()


@pytest.mark.parametrize("verb", ["correct", "void_at_payer", "void_here", "reopen", "reopened"])
def test_only_who_may_submit_claims_corrects_them(signed_in: SignIn, verb: str) -> None:
    claim = denied()
    coder = signed_in(Role.CODER)
    assert coder.post(reverse(f"claims:{verb}", args=[claim.public_id]), {"note": "x"}).status_code == 403
    assert "Begin the correction" not in page(coder, claim)
    assert Correction.objects.count() == 0
