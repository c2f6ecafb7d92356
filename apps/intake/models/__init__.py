from apps.intake.models.appointments import Appointment, NotCharged
from apps.intake.models.authorizations import Authorization
from apps.intake.models.charges import Charge, DrugGiven, Encounter
from apps.intake.models.conflicts import VisitConflict
from apps.intake.models.disputes import CoverageDispute
from apps.intake.models.emergencies import EmergencyAccess
from apps.intake.models.hospice import HospiceElection
from apps.intake.models.imports import ChargeFile, ColumnMapping, RefusedCharges
from apps.intake.models.patients import Consent, Coverage, Patient
from apps.intake.models.visit_facts import ACCIDENT, OF_EVERY_PAYER, OTHER_PROVIDERS, VISIT_FACTS, VisitFacts, facts_of

__all__ = [
    "ACCIDENT",
    "OF_EVERY_PAYER",
    "OTHER_PROVIDERS",
    "VISIT_FACTS",
    "Appointment",
    "Authorization",
    "Charge",
    "ChargeFile",
    "ColumnMapping",
    "Consent",
    "Coverage",
    "CoverageDispute",
    "DrugGiven",
    "EmergencyAccess",
    "Encounter",
    "HospiceElection",
    "NotCharged",
    "Patient",
    "RefusedCharges",
    "VisitConflict",
    "VisitFacts",
    "facts_of",
]
