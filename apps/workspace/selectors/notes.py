"""What people noted on the work about a claim or a patient, newest first; of each room only for a reader who may see that room."""

from typing import Any

from django.db.models import QuerySet

from apps.claims.models import Claim
from apps.denials.models import Denial
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Patient
from apps.patient_balances.models import Balance, InboundMessage, Message, MoneyReview
from apps.remittances.models import RemittanceException, Underpayment
from apps.worklist.models import WorkNote

LATEST = 20


def notes_of_claim(
    claim: Claim, *, with_denials: bool, with_balances: bool, with_remittances: bool
) -> "QuerySet[WorkNote]":
    """The newest 20, in one query."""
    rooms: list[QuerySet[Any]] = [Claim.objects.filter(pk=claim.pk)]
    if with_denials:
        rooms.append(Denial.objects.filter(claim=claim))
    if with_balances:
        rooms += [Balance.objects.filter(claim=claim), MoneyReview.objects.filter(claim=claim)]
        rooms.append(Message.objects.filter(balance__claim=claim))
    if with_remittances:
        rooms.append(RemittanceException.objects.filter(remitted_claim__claim=claim))
        rooms.append(Underpayment.objects.filter(claim=claim))
    return _notes(rooms, Claim.objects.filter(pk=claim.pk))


def notes_of_patient(
    patient: Patient, *, with_claims: bool, with_denials: bool, with_balances: bool, with_remittances: bool
) -> "QuerySet[WorkNote]":
    """The newest 20, in one query. Checks of coverage are seen by everybody who sees the patient."""
    rooms: list[QuerySet[Any]] = [EligibilityCheck.objects.filter(coverage__patient=patient)]
    if with_claims:
        rooms.append(Claim.objects.filter(patient=patient))
    if with_denials:
        rooms.append(Denial.objects.filter(claim__patient=patient))
    if with_balances:
        rooms += [Balance.objects.filter(patient=patient), MoneyReview.objects.filter(claim__patient=patient)]
        rooms += [Message.objects.filter(balance__patient=patient), InboundMessage.objects.filter(patient=patient)]
    if with_remittances:
        rooms.append(RemittanceException.objects.filter(remitted_claim__claim__patient=patient))
        rooms.append(Underpayment.objects.filter(claim__patient=patient))
    subjects: list[QuerySet[Any]] = [Patient.objects.filter(pk=patient.pk)]
    if with_claims:
        subjects.append(Claim.objects.filter(patient=patient))
    return _notes(rooms, *subjects)


def _notes(rooms: list["QuerySet[Any]"], *subjects: "QuerySet[Any]") -> "QuerySet[WorkNote]":
    """Of tasks of the rooms' rows, and of `subjects` themselves. Unions: asked with OR, the database would read the notes of the whole
    practice.
    """
    items = [rows.order_by().filter(work_item__isnull=False).values("work_item") for rows in rooms]
    on_tasks = WorkNote.objects.filter(item__in=items[0].union(*items[1:], all=True))
    about = [rows.order_by().values("public_id") for rows in subjects]
    on_subjects = WorkNote.objects.filter(about__in=about[0].union(*about[1:], all=True)).exclude(about="")
    keys = on_tasks.order_by().values("pk").union(on_subjects.order_by().values("pk"), all=True)
    notes = WorkNote.objects.filter(pk__in=keys)
    return notes.select_related("author", "item").order_by("-at", "-pk")[:LATEST]
