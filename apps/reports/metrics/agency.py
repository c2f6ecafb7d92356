"""Which charge lines a collection agency is asked to collect: the patient's part of them stands apart."""

from apps.intake.models import Charge
from apps.patient_balances.models import Balance

# By the visit: a self-pay balance has no claim, and NOT IN over a list with a NULL in it is true of nothing.
AGENCY_CHARGES = Charge.objects.filter(encounter__balances__stopped_reason=Balance.Stop.AGENCY).order_by().values("pk")
