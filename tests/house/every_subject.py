"""A practice in which each address has something to show: the names that who_may_ask.txt gives to what its addresses are about."""

from datetime import datetime
from decimal import Decimal

from apps.automations.timetable import sync_schedule
from apps.claims.models import Finding
from apps.claims.services import keep_document, start_bulk_fix
from apps.claims.services.unread_answers import hand_over
from apps.connectors import journal
from apps.connectors.models import Connection
from apps.core.models import User
from apps.denials.models import Denial, RoutingRule
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import RefusedCharges
from apps.intake.services import open_in_emergency
from apps.patient_balances.models import CardDispute, MoneyReview, StrayPayment
from apps.practice.roles import Role
from apps.remittances.models import AdjustmentClass as ClassRow
from apps.remittances.models import BankFile, BankLine, DepositMatch, RemittanceException, RemittanceFile, SetAsideRule
from apps.remittances.services import (
    add_rule,
    book_difference,
    confirm_proposal,
    post_remittances,
    set_capitated,
    settle_as_not_ours,
)
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item
from tests.browser.world import World, build_world
from tests.claims.test_document_file import PDF
from tests.factories.claims import BatchFactory, FindingFactory, PayerRuleFactory
from tests.factories.connectors import (
    ClearinghouseConnectionFactory,
    ConnectionFactory,
    EhrConnectionFactory,
    MessagingConnectionFactory,
    PaymentsConnectionFactory,
)
from tests.factories.deposits import bank_row, banked, expected_of, posted_payment
from tests.factories.intake import AppointmentFactory, VisitConflictFactory
from tests.factories.patient_balances import (
    BalanceFactory,
    InboundMessageFactory,
    MessageFactory,
    PatientPaymentFactory,
    PaymentLinkFactory,
)
from tests.factories.practice import PayerDeadlineFactory, UserFactory
from tests.factories.remittances import clp, payment, stored_file, submitted_claim
from tests.factories.remittances import without_our_numbers as lost
from tests.remittances.contracts import underpaid

Subjects = dict[str, str]
# No row has it: what a mistyped or a guessed address names.
NOBODY = "0" * 16
# Of the payment link, as long as a true one.
TOKEN = "t" * 43
RECEIPT = "r" * 16


def every_subject(now: datetime) -> Subjects:
    """The public id of each, or what else an address calls it."""
    user: User = UserFactory(role=Role.ADMINISTRATOR)
    world = build_world()
    Connection.objects.filter(adapter="drchrono").update(settings={"time_zone": "US/Central", "webhook_secret": "s"})
    PaymentsConnectionFactory(settings={"secret_key": "sk_test_1", "webhook_secret": "whsec_1"})
    MessagingConnectionFactory(settings={"account_sid": "AC1", "auth_token": "secret", "from_number": "+15125550199"})
    sync_schedule(now=now)
    found: dict[str, object] = {
        **_work(world, user, now),
        **_changed_outside(now),
        **_sending(user, now),
        **_remittances(user, now),
        **_deposits(user, now),
        **_balances(world, now),
        **_settings(world, now),
    }
    return {f"@{name}": str(getattr(row, "public_id", row)) for name, row in found.items()}


def _work(world: World, user: User, now: datetime) -> dict[str, object]:
    event = world.paid.events.exclude(transmission=None).get()
    return {
        "paid": world.paid,
        "held": world.held,
        "denied": world.denied,
        "patient": world.patient,
        "coverage": world.paid.coverage,
        "document": keep_document(claim=world.paid, kind="eob", name="eob.pdf", payload=PDF, acting_user=user, now=now),
        "claim-file": event.transmission,
        "task": WorkItem.objects.filter(kind="claim_exception").first(),
        "denial": Denial.objects.first(),
        "check": EligibilityCheck.objects.filter(appointment=None).first(),
    }


def _refused(what: str, key: str, now: datetime) -> RefusedCharges:
    task = open_item(
        kind=f"{what}_refused",
        title="Look into it",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name=f"workspace:refused_{what}",
        subject_public_id=NOBODY,
        now=now,
    )
    return RefusedCharges.objects.create(
        connection=EhrConnectionFactory(name=f"Source of {what}"),
        key=key,
        name="a.csv",
        problem="Line 2 has no amount.",
        at=now,
        work_item=task,
    )


def _changed_outside(now: datetime) -> dict[str, object]:
    visit = AppointmentFactory()
    return {
        "refused": _refused("charges", "a.csv", now),
        "refused-visit": _refused("appointment", f"{RefusedCharges.APPOINTMENT}7", now),
        "conflict": VisitConflictFactory(),
        "visit": visit,
        "provider": visit.provider,
    }


def _sending(user: User, now: datetime) -> dict[str, object]:
    answer, _ = journal.receive(
        b"ISA", kind="999", now=now, name="odd.999", connection=ClearinghouseConnectionFactory(name="Folder")
    )
    hand_over(answer, "It is odd.", now=now)
    FindingFactory(fix={"field": "coverage.member_id", "line": None, "value": "LP000000001", "clinical": False})
    batch = BatchFactory()
    return {
        "bulk": start_bulk_fix(findings=Finding.objects.all(), acting_user=user, now=now),
        "batch": batch,
        "batch-file": batch.transmission,
        "answer": answer,
        "rule": PayerRuleFactory(),
    }


def _remittances(user: User, now: datetime) -> dict[str, object]:
    for trace in ("EFT7", "EFT8"):
        claim = submitted_claim("100.00")
        unknown = clp(claim, charge=Decimal(130), paid=Decimal(130), lines=(), payer_claim_number="")
        stored_file(payment(lost(unknown, f"LOST{trace}"), payer=claim.payer, trace=trace))
        post_remittances(now=now)
    parked, waiting = RemittanceException.objects.filter(payment__trace_number__in=("EFT7", "EFT8")).order_by("pk")
    settle_as_not_ours(exception_id=parked.public_id, note="Whose?", acting_user=user, now=now)
    posted = RemittanceFile.objects.get(pk=posted_payment("EFT9").file_id)
    set_capitated(payer=claim.payer, source="Agreement", acting_user=user, now=now)
    return {
        "parked": parked,
        "exception": waiting,
        "remittance": posted,
        "underpayment": underpaid(now),
        "capitated": claim.payer,
        "class": ClassRow.objects.filter(payer=claim.payer).first(),
    }


def _deposits(user: User, now: datetime) -> dict[str, object]:
    short, whole = posted_payment("EFT42"), posted_payment("EFT43")
    banked(bank_row("ACME HCCLAIMPMT TRN*1*EFT42*", "98.00"), bank_row("SLIP", "95.00"))
    confirm_proposal(match_id=DepositMatch.objects.get().public_id, acting_user=user, now=now)
    difference = book_difference(
        subject=expected_of(short), reason="fee", note="Wire fee", approves=False, acting_user=user, now=now
    )
    add_rule(text="STRIPE TRANSFER", reason="card", acting_user=user, now=now)
    return {
        "match": DepositMatch.objects.get(),
        "difference": difference or expected_of(short).differences.get(),
        "deposit": expected_of(whole),
        "credit": BankLine.objects.get(text="SLIP"),
        "bank-file": BankFile.objects.get(),
        "set-aside-rule": SetAsideRule.objects.get(),
    }


def _balances(world: World, now: datetime) -> dict[str, object]:
    balance = BalanceFactory()
    link = PaymentLinkFactory(balance=balance, token=TOKEN)
    PatientPaymentFactory(balance=balance, state="paid", paid_at=now, reference=RECEIPT)
    return {
        "balance": balance,
        "link": link,
        "message": MessageFactory(balance=balance),
        "inbound": InboundMessageFactory(),
        "stray": StrayPayment.objects.create(
            kind="unmatched", event_id="evt_1", processor_id="cs_1", amount=Decimal("64.20"), at=now
        ),
        "dispute": CardDispute.objects.create(
            dispute_id="dp_1", amount=Decimal("64.20"), opened_at=now, told_at=now, reason="fraudulent"
        ),
        "money": MoneyReview.objects.create(claim=world.denied, reason="payer_credit", opened_at=now),
        "token": TOKEN,
        "receipt": RECEIPT,
    }


def _settings(world: World, now: datetime) -> dict[str, object]:
    deadline = PayerDeadlineFactory(payer=world.paid.payer)
    return {
        "payer": world.paid.payer,
        "deadline-row": deadline.pk,
        "route": RoutingRule.objects.create(
            place=10, carc="22", lane="coordination", owner_role="biller", first_action="Ask the other plan"
        ).pk,
        "place": world.paid.encounter.location,
        "provider": world.paid.provider,
        # A folder that is not there: to try it out asks nobody.
        "connection": ConnectionFactory(name="Dropped files"),
        "person": UserFactory(role=Role.BILLER),
        "emergency": open_in_emergency(
            patient_id=world.patient.public_id,
            reason="A letter from a lawyer",
            acting_user=UserFactory(role=Role.FRONT_DESK),
            now=now,
        ),
    }
