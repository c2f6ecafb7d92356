"""A note on a claim or a patient, for what no task is about."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.claims.models import Claim
from apps.core import clock
from apps.intake.models import Patient
from apps.practice.access import require, signed_in_user
from apps.practice.roles import Permission
from apps.worklist.forms import NoteForm
from apps.worklist.services import add_note_about


@require_POST
@require(Permission.EDIT_CLAIMS)
def note_claim(request: HttpRequest, public_id: str) -> HttpResponse:
    claim = get_object_or_404(Claim.objects.select_related("patient"), public_id=public_id)
    return _note(request, "claim", public_id, claim.patient.public_id)


@require_POST
@require(Permission.VIEW_ELIGIBILITY)
def note_patient(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(Patient.objects.only("pk"), public_id=public_id)
    return _note(request, "patient", public_id, public_id)


def _note(request: HttpRequest, kind: str, public_id: str, patient: str) -> HttpResponse:
    form = NoteForm(request.POST)
    if form.is_valid():
        add_note_about(
            kind=kind,
            public_id=public_id,
            patient=patient,
            text=form.cleaned_data["text"],
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
        messages.success(request, "Noted.")
    else:
        messages.error(request, "Write the note first.")
    return redirect(f"{reverse(f'workspace:{kind}', args=[public_id])}#notes")
