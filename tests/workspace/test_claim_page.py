"""One page a claim: its life, its lines, its money, its files."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.audit.models import AuditEvent
from apps.claims.models import Claim, ClaimEvent
from apps.claims.services import build_secondaries, move_claims
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.denials.models import Denial, Lane, RoutingRule
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.models import Balance
from apps.practice.roles import Role
from tests.claims.secondaries import medicare_paid_a_part, with_second_plan
from tests.factories.claims import (
    AdjudicationAdjustmentFactory,
    AdjudicationFactory,
    BatchFactory,
    ClaimFactory,
    FindingFactory,
)
from tests.factories.connectors import TransmissionFactory
from tests.factories.eligibility import AnsweredCheckFactory
from tests.factories.ledger import post_as_billed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)
LATER = datetime(2026, 9, 28, 14, 0, tzinfo=UTC)
REMITTANCE = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PRACTICE       *260928*1200*^*00501*000000001*0*P*:~"
    "GS*HP*PAYER*PRACTICE*20260928*1200*1*X*005010X221A1~ST*835*0001~BPR*I*72*C*ACH~TRN*1*8841207733*1999999999~LX*1~"
    "CLP*{mine}*1*148*72*20*12*SN2625~CAS*CO*45*56~CLP*{other}*1*95*60*0*12*SN2626~SE*8*0001~GE*1*1~IEA*1*000000001~"
)


def page_of(claim: Claim) -> str:
    return reverse("workspace:claim", args=[claim.public_id])


def paid_claim(**fields: object) -> Claim:
    """Charged 148.00: contract 56.00, payer 72.00, patient 20.00."""
    claim = ClaimFactory(status=ClaimStatus.PATIENT_BALANCE, **fields)
    file = TransmissionFactory(
        kind="835", name="era.835", payload=REMITTANCE.format(mine=claim.control_number, other="T9999999").encode()
    )
    answer = AdjudicationFactory(
        claim=claim, contractual=Decimal("56.00"), cost_share=Decimal("20.00"), transmission=file, segment=7
    )
    AdjudicationAdjustmentFactory(adjudication=answer)
    AdjudicationAdjustmentFactory(adjudication=answer, group="PR", carc="2", amount=Decimal("20.00"))
    charge = claim.lines.get().charge
    post_as_billed(charge, now=NOW)
    amounts = [
        (Account.PAYER_CLEARING, "72.00"),
        (Account.CONTRACTUAL, "56.00"),
        (Account.PATIENT_RECEIVABLE, "20.00"),
        (Account.INSURANCE_RECEIVABLE, "-148.00"),
    ]
    legs = tuple(NewLeg(account, Decimal(amount), claim.patient_id, charge.pk) for account, amount in amounts)
    post_entries([NewEntry(Entry.Kind.REMITTANCE, f"era:{claim.pk}", date(2026, 9, 28), legs, file.pk, 7)], now=LATER)
    ClaimEvent.objects.create(
        claim=claim, at=LATER, new_status=ClaimStatus.PAID, what="Remittance posted.", transmission=file, segment=8
    )
    return claim


def denied_claim() -> Claim:
    claim = ClaimFactory(status=ClaimStatus.DENIED)
    answer = AdjudicationFactory(claim=claim, denied=Decimal("148.00"), remark_codes=["N519"])
    AdjudicationAdjustmentFactory(adjudication=answer, carc="4", amount=Decimal("148.00"), adjustment_class="denial")
    rule, _ = RoutingRule.objects.get_or_create(
        place=9_000, defaults={"lane": Lane.MODIFIER, "owner_role": "biller", "first_action": "Read it"}
    )
    Denial.objects.create(
        claim=claim,
        line=claim.lines.get(),
        adjudication=answer,
        payer=claim.payer,
        group="CO",
        carc="4",
        amount=Decimal("148.00"),
        lane=Lane.MODIFIER,
        rule=rule,
        received_at=LATER,
        routed_at=LATER,
    )
    return claim


def test_the_page_shows_the_whole_life_of_a_paid_claim_without_a_gap(biller: Client) -> None:
    claim = paid_claim()
    AnsweredCheckFactory(coverage=claim.coverage, appointment=None, service_date=claim.service_date)
    BatchFactory(claims=[claim])
    balance = Balance.objects.create(
        patient=claim.patient, encounter=claim.encounter, claim=claim, opened_amount=Decimal("20.00"), opened_at=LATER
    )
    page = biller.get(page_of(claim))
    text = page.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    for words in (
        "Coverage checked before the visit",
        "Visit, charges captured",
        "Remittance posted.",
        "The patient pays.",
    ):
        assert words in text
    assert reverse("balances:detail", args=[balance.public_id]) in text
    view = page.context["view"]
    assert (view.paid, view.contractual, view.payer_owes, view.patient_owes) == (
        Decimal("72.00"),
        Decimal("56.00"),
        Decimal("0.00"),
        Decimal("20.00"),
    )
    assert [row.words for row in view.ledger] == [
        "Charges",
        "Contract write-off",
        "Payment of the payer",
        "Share of the patient",
    ]


@pytest.mark.parametrize("status", ClaimStatus)
def test_a_claim_in_any_state_has_a_page(biller: Client, status: ClaimStatus) -> None:
    text = biller.get(page_of(ClaimFactory(status=status))).content.decode()
    assert "UNDEFINED_VARIABLE" not in text


def test_the_charges_of_a_visit_are_one_row_of_the_ledger(biller: Client) -> None:
    claim = ClaimFactory(encounter__charges__size=3)
    post_as_billed(*[line.charge for line in claim.lines.all()], now=NOW)
    view = biller.get(page_of(claim)).context["view"]
    assert [(row.words, row.payer) for row in view.ledger] == [("Charges", Decimal("444.00"))]


def test_a_denied_line_says_why_in_words_and_leads_to_its_card(biller: Client) -> None:
    claim = denied_claim()
    page = biller.get(page_of(claim))
    text = page.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    assert "Modifier missing or does not fit" in text
    assert "Modifier missing or wrong" in text
    assert "Line 1 denied, CO-4" in text
    assert page.context["step_href"] == reverse("denials:card", args=[claim.denials.get().public_id])


def test_who_may_not_see_balances_gets_no_link_to_them(signed_in: Callable[[Role | None], Client]) -> None:
    claim = paid_claim()
    balance = Balance.objects.create(
        patient=claim.patient, encounter=claim.encounter, claim=claim, opened_amount=Decimal("20.00"), opened_at=LATER
    )
    text = signed_in(Role.CODER).get(page_of(claim)).content.decode()
    assert f'<a class="n" href="{reverse("balances:detail", args=[balance.public_id])}"' not in text


def test_a_held_claim_leads_to_its_findings(biller: Client) -> None:
    finding = FindingFactory()
    page = biller.get(page_of(finding.claim))
    assert finding.sentence in page.content.decode()
    assert page.context["step_href"] == reverse("claims:exception", args=[finding.claim.public_id])


def test_a_persons_step_is_a_ring_with_a_name(biller: Client) -> None:
    claim = ClaimFactory(status=ClaimStatus.EXCEPTION)
    person = User.objects.get()
    move_claims([claim], ClaimStatus.DRAFT, what="Released by hand.", now=NOW, acting_user=person)
    bead = next(bead for bead in biller.get(page_of(claim)).context["beads"] if bead.what == "Released by hand.")
    assert (bead.state, bead.by) == ("person", person.display_name)


def test_reading_a_claim_leaves_one_audit_row(biller: Client) -> None:
    claim = ClaimFactory()
    biller.get(page_of(claim))
    event = AuditEvent.objects.get(subject_kind="claim")
    assert (event.action, event.subject_kind, event.subject_public_id) == ("view", "claim", claim.public_id)
    assert event.patients == [claim.patient.public_id]


def test_the_front_desk_may_not_read_claims(signed_in: Callable[[Role | None], Client]) -> None:
    assert signed_in(Role.FRONT_DESK).get(page_of(ClaimFactory())).status_code == 403


def test_a_claim_that_does_not_exist_is_not_found(biller: Client) -> None:
    assert biller.get(reverse("workspace:claim", args=["0000000000000000"])).status_code == 404


@pytest.mark.long
def test_the_payers_of_a_visit_stand_in_their_order_each_with_what_it_owes(biller: Client) -> None:
    first = medicare_paid_a_part()
    plan = with_second_plan(first)
    assert "Payers of this visit" not in biller.get(page_of(first)).content.decode()
    build_secondaries(now=LATER)
    second = Claim.objects.get(encounter=first.encounter, payer_rank=2)
    page = biller.get(page_of(second))
    text = page.content.decode()
    assert [(row.claim.payer, row.place, row.owes, row.is_this) for row in page.context["view"].payers] == [
        (first.payer, "first", Decimal("0.00"), False),
        (plan.payer, "second", Decimal("75.00"), True),
    ]
    assert f'<a class="who" href="{page_of(first)}">{first.payer.name}</a>' in text
    assert f"Pays second, claim {second.control_number}, this one; $75.00 in its name" in text
    assert "To the next payer" in text
    before = biller.get(page_of(first)).content.decode()
    assert f'<a class="who" href="{page_of(second)}">' in before
    assert "Next: What is left is with the claim to the next payer." in before


@pytest.mark.long
def test_a_denial_that_is_decided_is_not_asked_to_be_answered(biller: Client) -> None:
    claim = denied_claim()
    assert "Next: Answer the denial." in biller.get(page_of(claim)).content.decode()
    Denial.objects.update(state=Denial.State.WRITTEN_OFF)
    decided = biller.get(page_of(claim)).content.decode()
    assert "Answer the denial" not in decided
    assert "What becomes of what the payer refused is decided." in decided
    second = ClaimFactory(encounter=claim.encounter, payer_rank=2, status=ClaimStatus.SUBMITTED)
    assert "with the claim to the next payer" in biller.get(page_of(claim)).content.decode()
    Claim.objects.filter(pk=second.pk).update(status=ClaimStatus.VOIDED)
    assert "with the claim to the next payer" not in biller.get(page_of(claim)).content.decode()


@pytest.mark.long
def test_the_number_of_queries_does_not_grow_with_the_claim(
    biller: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    small, large = paid_claim(), paid_claim(encounter__charges__size=1)
    for number in range(5):
        FindingFactory(claim=large, rule=f"rule_{number}")
        ClaimEvent.objects.create(
            claim=large, at=LATER, what=f"Something {number}", transmission=TransmissionFactory(kind="999")
        )
        BatchFactory(claims=[large])
        large.memberships.update(in_flight=False)
    biller.get(page_of(small))
    for claim in (small, large):
        with django_assert_num_queries(QUERIES):
            biller.get(page_of(claim))


QUERIES = 36


def test_the_file_of_an_event_shows_this_claims_segments_and_no_others(biller: Client) -> None:
    claim = paid_claim()
    bead = next(bead for bead in biller.get(page_of(claim)).context["beads"] if bead.file_href)
    text = biller.get(bead.file_href).content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    assert f"CLP*{claim.control_number}*1*148*72*20*12*SN2625" in text
    assert "T9999999" not in text
    assert '<div class="hit"><dt>CAS' in text


def test_the_file_comes_as_a_fragment_for_the_fold_in_the_page(biller: Client) -> None:
    claim = paid_claim()
    bead = next(bead for bead in biller.get(page_of(claim)).context["beads"] if bead.file_href)
    text = biller.get(bead.file_href, headers={"HX-Request": "true"}).content.decode()
    assert text.strip().startswith('<div class="identity"><dl class="segments">')
    assert "<html" not in text


def test_what_an_ehr_sent_offers_no_segments(biller: Client) -> None:
    claim = ClaimFactory()
    ClaimEvent.objects.create(
        claim=claim, at=NOW, new_status=ClaimStatus.DRAFT, what="Built.", transmission=TransmissionFactory(kind="ehr")
    )
    beads = biller.get(page_of(claim)).context["beads"]
    assert [bead.file_href for bead in beads if bead.what == "Built."] == [""]


def test_a_file_of_another_claim_is_not_found(biller: Client) -> None:
    other = paid_claim()
    file = other.events.get(what="Remittance posted.").transmission
    assert file is not None
    address = reverse("workspace:claim_file", args=[ClaimFactory().public_id, file.public_id])
    assert biller.get(address).status_code == 404
