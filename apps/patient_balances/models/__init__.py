from apps.patient_balances.models.balances import LIVE, NOT_THE_PATIENTS, Balance, MoneyReview, PatientRequest
from apps.patient_balances.models.given_up import Refund, WriteOffRequest
from apps.patient_balances.models.links import MOST_TRIES, PaymentLink
from apps.patient_balances.models.messages import InboundMessage, Message, Outgoing, Reply, UnreachableAddress
from apps.patient_balances.models.payments import (
    LONGEST_REFERENCE,
    CardDispute,
    DisputeReturn,
    PatientPayment,
    StrayPayment,
)

__all__ = [
    "LIVE",
    "LONGEST_REFERENCE",
    "MOST_TRIES",
    "NOT_THE_PATIENTS",
    "Balance",
    "CardDispute",
    "DisputeReturn",
    "InboundMessage",
    "Message",
    "MoneyReview",
    "Outgoing",
    "PatientPayment",
    "PatientRequest",
    "PaymentLink",
    "Refund",
    "Reply",
    "StrayPayment",
    "UnreachableAddress",
    "WriteOffRequest",
]
