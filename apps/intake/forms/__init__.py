"""What a person types of a visit, and of a patient whom the EHR does not tell."""

from apps.intake.forms.patients import SEXES, CardForm, PatientForm
from apps.intake.forms.visits import SELF_PAY, LineForm, NotChargedForm, VisitForm

__all__ = ["SELF_PAY", "SEXES", "CardForm", "LineForm", "NotChargedForm", "PatientForm", "VisitForm"]
