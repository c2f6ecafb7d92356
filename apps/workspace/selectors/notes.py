"""What people noted on the work about a claim or a patient, newest first; of each room only for a reader who may see that room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.claims.models import Claim
from apps.denials.models import Denial
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Patient
from apps.patient_balances.models import Balance, InboundMessage, MoneyReview
from apps.remittances.models import RemittanceException, Underpayment
from apps.worklist.models import WorkNote
from apps.worklist.notes import notes_about

LATEST, MOST = 20, 500


@dataclass(frozen=True, slots=True)
class Notes:
    """`is_cut`: there are older ones, and `number` is how many are shown at most."""

    rows: Sequence[WorkNote]
    number: int
    is_cut: bool

    @property
    def may_show_more(self) -> bool:
        return self.is_cut and self.number < MOST


def notes_of_claim(
    claim: Claim, *, with_denials: bool, with_balances: bool, with_remittances: bool, is_all: bool = False
) -> Notes:
    """The newest 20, or 500 where `is_all`; in one query."""
    subjects: list[QuerySet[Any]] = [Claim.objects.filter(pk=claim.pk)]
    if with_denials:
        subjects.append(Denial.objects.filter(claim=claim))
    if with_balances:
        subjects += [Balance.objects.filter(claim=claim), MoneyReview.objects.filter(claim=claim)]
    if with_remittances:
        subjects.append(RemittanceException.objects.filter(remitted_claim__claim=claim))
        subjects.append(Underpayment.objects.filter(claim=claim))
    return _notes(subjects, MOST if is_all else LATEST)


def notes_of_patient(
    patient: Patient,
    *,
    with_claims: bool,
    with_denials: bool,
    with_balances: bool,
    with_remittances: bool,
    is_all: bool = False,
) -> Notes:
    """The newest 20, or 500 where `is_all`; in one query. Checks of coverage are seen by everybody who sees the patient."""
    subjects: list[QuerySet[Any]] = [
        Patient.objects.filter(pk=patient.pk),
        EligibilityCheck.objects.filter(coverage__patient=patient),
    ]
    if with_claims:
        subjects.append(Claim.objects.filter(patient=patient))
    if with_denials:
        subjects.append(Denial.objects.filter(claim__patient=patient))
    if with_balances:
        subjects += [Balance.objects.filter(patient=patient), MoneyReview.objects.filter(claim__patient=patient)]
        subjects.append(InboundMessage.objects.filter(patient=patient))
    if with_remittances:
        subjects.append(RemittanceException.objects.filter(remitted_claim__claim__patient=patient))
        subjects.append(Underpayment.objects.filter(claim__patient=patient))
    return _notes(subjects, MOST if is_all else LATEST)


def _notes(subjects: list["QuerySet[Any]"], number: int) -> Notes:
    ids = [rows.order_by().values("public_id") for rows in subjects]
    notes = notes_about(ids[0].union(*ids[1:], all=True)).select_related("author", "item").order_by("-at", "-pk")
    rows = list(notes[: number + 1])
    return Notes(rows[:number], number, len(rows) > number)
