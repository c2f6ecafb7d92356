"""A small practice in which something waits at every hand-off."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from apps.claims.models import Claim, ClaimEvent
from apps.claims.states import ClaimStatus
from apps.core import clock
from apps.core.models import JobRun
from apps.denials.models import Denial, Lane, RoutingRule
from apps.intake.models import Patient
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.models import Balance
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item
from tests.factories.claims import AdjudicationAdjustmentFactory, AdjudicationFactory, ClaimFactory, FindingFactory
from tests.factories.connectors import ClearinghouseConnectionFactory, EhrConnectionFactory, TransmissionFactory
from tests.factories.eligibility import AnsweredCheckFactory, FailedCheckFactory
from tests.factories.intake import AppointmentFactory, ConsentFactory
from tests.factories.ledger import post_as_billed
from tests.factories.practice import PayerFactory

REMITTANCE = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PRACTICE       *260928*1200*^*00501*000000001*0*P*:~"
    "GS*HP*PAYER*PRACTICE*20260928*1200*1*X*005010X221A1~ST*835*0001~BPR*I*72*C*ACH~TRN*1*8841207733*1999999999~LX*1~"
    "CLP*{number}*1*148*72*20*12*SN262510093417*11*1~SVC*HC:99213*148*72**1~CAS*CO*45*56~CAS*PR*2*20~"
    "SE*8*0001~GE*1*1~IEA*1*000000001~"
)
PEOPLE = (("Marta", "Lindqvist"), ("Alan", "Whitcomb"), ("Celia", "Ibarra"), ("Peter", "Nolan"), ("Grace", "Okafor"))


@dataclass(frozen=True)
class World:
    paid: Claim
    held: Claim
    denied: Claim
    patient: Patient


def _claim(place: int, status: ClaimStatus, payer: str) -> Claim:
    first, last = PEOPLE[place % len(PEOPLE)]
    return ClaimFactory(
        status=status,
        encounter__patient__first_name=first,
        encounter__patient__last_name=last,
        encounter__coverage__payer=PayerFactory(name=payer),
        encounter__service_date=clock.today() - timedelta(days=20),
        encounter__charges__size=2,
    )


def _work(claim: Claim, title: str, days: int | None, *, url_name: str, subject: str, kind: str) -> WorkItem:
    return open_item(
        kind=kind,
        title=title,
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name=url_name,
        subject_public_id=subject,
        now=clock.now(),
        due_on=None if days is None else clock.today() + timedelta(days=days),
        amount_at_stake=claim.total,
    )


def _held(place: int, title: str, days: int | None) -> Claim:
    claim = _claim(place, ClaimStatus.EXCEPTION, f"Bluebonnet {place}")
    FindingFactory(claim=claim, rule="COV-MEMBER-ID", sentence="The member ID does not fit the payer's pattern.")
    claim.work_item = _work(
        claim, title, days, url_name="claims:exception", subject=claim.public_id, kind="claim_exception"
    )
    claim.save()
    return claim


def _denied(place: int, days: int) -> Claim:
    claim = _claim(place, ClaimStatus.PARTLY_DENIED, f"Summit National {place}")
    first, second = claim.lines.all()
    answer = AdjudicationFactory(claim=claim, line=first, denied=Decimal("148.00"), remark_codes=["N519"])
    AdjudicationAdjustmentFactory(adjudication=answer, carc="4", amount=Decimal("148.00"), adjustment_class="denial")
    AdjudicationFactory(claim=claim, line=second, contractual=Decimal("56.00"), cost_share=Decimal("20.00"))
    rule, _ = RoutingRule.objects.get_or_create(
        place=9_000, defaults={"lane": Lane.MODIFIER, "owner_role": "biller", "first_action": "Read it"}
    )
    denial = Denial.objects.create(
        claim=claim,
        line=first,
        adjudication=answer,
        payer=claim.payer,
        group="CO",
        carc="4",
        amount=Decimal("148.00"),
        lane=Lane.MODIFIER,
        rule=rule,
        received_at=clock.now(),
        routed_at=clock.now(),
        due_on=clock.today() + timedelta(days=days),
        appeal_deadline=clock.today() + timedelta(days=days + 60),
    )
    denial.work_item = _work(
        claim,
        "Send the corrected claim with modifier 25",
        days,
        url_name="denials:card",
        subject=denial.public_id,
        kind="denial",
    )
    denial.save()
    return claim


def _paid() -> Claim:
    claim = _claim(0, ClaimStatus.PATIENT_BALANCE, "Harbor Mutual")
    now = clock.now()
    file = TransmissionFactory(
        kind="835", name="era-0928.835", payload=REMITTANCE.format(number=claim.control_number).encode()
    )
    for line in claim.lines.all():
        answer = AdjudicationFactory(
            claim=claim,
            line=line,
            contractual=Decimal("56.00"),
            cost_share=Decimal("20.00"),
            transmission=file,
            segment=7,
        )
        AdjudicationAdjustmentFactory(adjudication=answer)
    charges = [line.charge for line in claim.lines.all()]
    post_as_billed(*charges, now=now - timedelta(days=20))
    amounts = (
        (Account.PAYER_CLEARING, "72.00"),
        (Account.CONTRACTUAL, "56.00"),
        (Account.PATIENT_RECEIVABLE, "20.00"),
        (Account.INSURANCE_RECEIVABLE, "-148.00"),
    )
    legs = tuple(
        NewLeg(account, Decimal(amount), claim.patient_id, charge.pk)
        for charge in charges
        for account, amount in amounts
    )
    post_entries([NewEntry(Entry.Kind.REMITTANCE, "era:1", clock.today(), legs, file.pk, 7)], now=now)
    for days, status, what, transmission in (
        (20, ClaimStatus.READY, "Built and scrubbed: nothing found.", None),
        (20, ClaimStatus.SUBMITTED, "Sent to the clearinghouse.", None),
        (19, ClaimStatus.ACCEPTED, "Accepted by the payer.", None),
        (1, ClaimStatus.PAID, "Remittance posted: $144.00 paid, $40.00 to the patient.", file),
    ):
        ClaimEvent.objects.create(
            claim=claim,
            at=now - timedelta(days=days),
            new_status=status,
            what=what,
            transmission=transmission,
            segment=9 if transmission else None,
        )
    Balance.objects.create(
        patient=claim.patient, encounter=claim.encounter, claim=claim, opened_amount=Decimal("40.00"), opened_at=now
    )
    ConsentFactory(patient=claim.patient)
    AppointmentFactory(patient=claim.patient, starts_at=now + timedelta(days=1))
    AnsweredCheckFactory(coverage=claim.coverage, appointment=None, service_date=claim.service_date)
    return claim


def build_world() -> World:
    EhrConnectionFactory(name="EHR")
    ClearinghouseConnectionFactory(name="Clearinghouse")
    FailedCheckFactory(service_date=clock.today() + timedelta(days=1))
    paid = _paid()
    held = _held(1, "Correct the member ID; it does not fit the payer's pattern", 0)
    _held(2, "Ask coding whether modifier 25 is documented", 0)
    denied = _denied(3, 4)
    _denied(4, 20)
    _held(4, "Name the referring provider", None)
    for hours, step, counts in (
        (20, "pull_charges", {"visits": 53}),
        (19, "scrub_claims", {"passed": 49, "held": 3}),
        (9, "post_remittances", {"claims": 41, "exceptions": 1}),
        (8, "open_denials", {"denials": 4}),
    ):
        at = clock.now() - timedelta(hours=hours)
        JobRun.objects.create(step=step, state=JobRun.State.DONE, started_at=at, finished_at=at, counts=counts)
    return World(paid=paid, held=held, denied=denied, patient=paid.patient)
