from apps.x12.guides.eligibility import CoveredPerson
from apps.x12.guides.x270.records import (
    MOST_INQUIRIES,
    BenefitAsked,
    EligibilityInquiry,
    FurtherInquiries,
    Inquiry,
)
from apps.x12.guides.x270.write import write_270

__all__ = [
    "MOST_INQUIRIES",
    "BenefitAsked",
    "CoveredPerson",
    "EligibilityInquiry",
    "FurtherInquiries",
    "Inquiry",
    "write_270",
]
