"""A record that is opened in an emergency, and the page as its reader has it."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.core.models import User
from apps.intake.models import EmergencyAccess, Patient
from apps.intake.services import open_in_emergency

NOW = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)
WHY = "The patient is at the desk with a letter"
SetClock = Callable[[datetime], None]


def opens(browser: Client, patient: Patient, reason: str = WHY) -> HttpResponse:
    answer: HttpResponse = browser.post(
        reverse("workspace:open_emergency", args=[patient.public_id]), {"reason": reason}
    )
    return answer


def text(browser: Client, address: str) -> str:
    words: str = browser.get(address).content.decode()
    assert "UNDEFINED_VARIABLE" not in words
    return words


def patient_page(patient: Patient) -> str:
    return reverse("workspace:patient", args=[patient.public_id])


def opened_by(user: User, patient: Patient, now: datetime = NOW) -> EmergencyAccess:
    return open_in_emergency(patient_id=patient.public_id, reason=WHY, acting_user=user, now=now)
