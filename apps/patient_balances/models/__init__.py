from apps.patient_balances.models.balances import Balance
from apps.patient_balances.models.links import PaymentLink
from apps.patient_balances.models.messages import InboundMessage, Message
from apps.patient_balances.models.payments import PatientPayment

__all__ = ["Balance", "InboundMessage", "Message", "PatientPayment", "PaymentLink"]
