from apps.practice.models.agreements import VendorAgreement
from apps.practice.models.payers import FeeScheduleLine, Payer, PayerDeadline
from apps.practice.models.people import Membership
from apps.practice.models.places import Location, Practice, Provider
from apps.practice.models.telehealth import TelehealthPolicy

__all__ = [
    "FeeScheduleLine",
    "Location",
    "Membership",
    "Payer",
    "PayerDeadline",
    "Practice",
    "Provider",
    "TelehealthPolicy",
    "VendorAgreement",
]
