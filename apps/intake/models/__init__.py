from apps.intake.models.appointments import Appointment
from apps.intake.models.charges import Charge, DrugGiven, Encounter
from apps.intake.models.hospice import HospiceElection
from apps.intake.models.imports import ChargeFile, ColumnMapping, RefusedCharges
from apps.intake.models.patients import Consent, Coverage, Patient

__all__ = [
    "Appointment",
    "Charge",
    "ChargeFile",
    "ColumnMapping",
    "Consent",
    "Coverage",
    "DrugGiven",
    "Encounter",
    "HospiceElection",
    "Patient",
    "RefusedCharges",
]
