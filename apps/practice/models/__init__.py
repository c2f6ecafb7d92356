from apps.practice.models.agreements import VendorAgreement
from apps.practice.models.payers import FeeScheduleLine, Payer, PayerDeadline
from apps.practice.models.people import Membership
from apps.practice.models.places import Location, Practice, Provider
from apps.practice.models.requirements import AuthorizationRequirement, RequiredNumber

__all__ = [
    "AuthorizationRequirement",
    "FeeScheduleLine",
    "Location",
    "Membership",
    "Payer",
    "PayerDeadline",
    "Practice",
    "Provider",
    "RequiredNumber",
    "VendorAgreement",
]
