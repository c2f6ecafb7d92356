"""What staff see of one patient: coverages with their latest answer, visits, claims, balances, consents, messages."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce

from apps.claims.models import Claim
from apps.core.money import ZERO
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Appointment, Consent, Coverage, HospiceElection, Patient
from apps.ledger.models import Account, Leg
from apps.patient_balances.models import Balance, InboundMessage, Message, PatientPayment

LATEST = 20


@dataclass(frozen=True, slots=True)
class CoverageView:
    coverage: Coverage
    check: EligibilityCheck | None


@dataclass(frozen=True, slots=True)
class PatientAccount:
    """What only those see who may see balances; amounts in dollars."""

    owes: Decimal
    payers_owe: Decimal
    balances: list[Balance]
    payments: list[PatientPayment]
    messages: list[Message]
    replies: list[InboundMessage]


@dataclass(frozen=True, slots=True)
class PatientView:
    """`claims` and `account` are None for a reader who may not see them."""

    patient: Patient
    coverages: list[CoverageView]
    upcoming: list[Appointment]
    past: list[Appointment]
    consents: list[Consent]
    hospice: list[HospiceElection]
    claims: list[Claim] | None
    account: PatientAccount | None


def find_patient(public_id: str) -> Patient | None:
    return Patient.objects.filter(public_id=public_id).first()


def patient_view(patient: Patient, now: datetime, *, with_claims: bool, with_account: bool) -> PatientView:
    """The newest 20 of what grows; the same number of queries for every patient. What is not to be seen is not asked for."""
    appointments = Appointment.objects.filter(patient=patient).select_related("provider", "location")
    return PatientView(
        patient=patient,
        coverages=_coverages(patient),
        upcoming=list(appointments.filter(starts_at__gte=now).order_by("starts_at")[:LATEST]),
        past=list(appointments.filter(starts_at__lt=now).order_by("-starts_at")[:LATEST]),
        consents=list(patient.consents.order_by("channel", "-given_on")),
        hospice=list(patient.hospice_elections.all()[:LATEST]),
        claims=_claims(patient) if with_claims else None,
        account=_account(patient) if with_account else None,
    )


def _claims(patient: Patient) -> list[Claim]:
    return list(patient.claims.select_related("payer").order_by("-service_date", "-pk")[:LATEST])


def _account(patient: Patient) -> PatientAccount:
    owed = _owed(patient)
    return PatientAccount(
        owes=owed.get(Account.PATIENT_RECEIVABLE, ZERO),
        payers_owe=owed.get(Account.INSURANCE_RECEIVABLE, ZERO),
        balances=list(patient.balances.select_related("encounter").order_by("-opened_at")[:LATEST]),
        payments=list(
            PatientPayment.objects.filter(balance__patient=patient)
            .exclude(state=PatientPayment.State.STARTED)
            .order_by("-started_at")[:LATEST]
        ),
        messages=list(Message.objects.filter(balance__patient=patient).order_by("-due_at")[:LATEST]),
        replies=list(patient.inbound_messages.order_by("-at")[:LATEST]),
    )


def _coverages(patient: Patient) -> list[CoverageView]:
    coverages = list(patient.coverages.select_related("payer").order_by("ends_on", "rank", "pk"))
    checks = (
        EligibilityCheck.objects.filter(coverage__in=coverages, state=EligibilityCheck.State.ANSWERED)
        .order_by("coverage", "-answered_at")
        .distinct("coverage")
    )
    latest = {check.coverage_id: check for check in checks}
    current = [coverage for coverage in coverages if coverage.ends_on is None]
    ended = [coverage for coverage in coverages if coverage.ends_on is not None]
    return [CoverageView(coverage, latest.get(coverage.pk)) for coverage in (*current, *reversed(ended))]


def _owed(patient: Patient) -> dict[str, Decimal]:
    receivables = [Account.PATIENT_RECEIVABLE, Account.INSURANCE_RECEIVABLE]
    legs = Leg.objects.filter(patient=patient, account__in=receivables)
    return dict(legs.values_list("account").annotate(total=Coalesce(Sum("amount"), ZERO)).order_by())
