from apps.intake.models.appointments import Appointment, NotCharged
from apps.intake.models.charges import Charge, Encounter
from apps.intake.models.conflicts import VisitConflict
from apps.intake.models.imports import ChargeFile, ColumnMapping, RefusedCharges
from apps.intake.models.patients import Consent, Coverage, Patient

__all__ = [
    "Appointment",
    "Charge",
    "ChargeFile",
    "ColumnMapping",
    "Consent",
    "Coverage",
    "Encounter",
    "NotCharged",
    "Patient",
    "RefusedCharges",
    "VisitConflict",
]
