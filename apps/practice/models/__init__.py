from apps.practice.models.agreements import VendorAgreement
from apps.practice.models.channels import PayerChannel
from apps.practice.models.deadlines import PayerDeadline
from apps.practice.models.enrollments import ProviderEnrollment
from apps.practice.models.payers import FeeScheduleLine, Payer
from apps.practice.models.people import Invitation, Membership
from apps.practice.models.places import Location, Practice, Provider
from apps.practice.models.requirements import AuthorizationRequirement, RequiredNumber
from apps.practice.models.telehealth import TelehealthPolicy

__all__ = [
    "AuthorizationRequirement",
    "FeeScheduleLine",
    "Invitation",
    "Location",
    "Membership",
    "Payer",
    "PayerChannel",
    "PayerDeadline",
    "Practice",
    "Provider",
    "ProviderEnrollment",
    "RequiredNumber",
    "TelehealthPolicy",
    "VendorAgreement",
]
