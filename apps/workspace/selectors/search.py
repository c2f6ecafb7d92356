"""One field for everything: a patient's name, our claim number, the payer's claim number, a check or trace number."""

from dataclasses import dataclass, field

from django.db.models import Q

from apps.claims.models import Claim
from apps.intake.models import Patient
from apps.intake.selectors.patients import SHORTEST, patients_named
from apps.practice.roles import Permission, Role, may
from apps.remittances.models import RemittancePayment

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Found:
    patients: list[Patient] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    payments: list[RemittancePayment] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.patients) + len(self.claims) + len(self.payments)


def search(words: str, role: Role) -> Found:
    """What a role may see of what begins with `words`; at most 20 of a kind, three queries, none for a single letter."""
    words = " ".join(words.split())
    if len(words) < SHORTEST:
        return Found()
    return Found(
        patients=patients_named(words, most=SHOWN) if may(role, Permission.VIEW_ELIGIBILITY) else [],
        claims=_claims(words) if may(role, Permission.VIEW_CLAIMS) else [],
        payments=_payments(words) if may(role, Permission.VIEW_REMITTANCES) else [],
    )


def _claims(words: str) -> list[Claim]:
    numbers = Q(control_number__istartswith=words) | Q(payer_claim_number__istartswith=words)
    return list(
        Claim.objects.filter(numbers).select_related("patient", "payer").order_by("-service_date", "-pk")[:SHOWN]
    )


def _payments(words: str) -> list[RemittancePayment]:
    payments = RemittancePayment.objects.filter(trace_number__istartswith=words).select_related("file")
    return list(payments.order_by("-paid_on", "-pk")[:SHOWN])
