from apps.x12.guides.x270.records import (
    MOST_INQUIRIES,
    EligibilityInquiry,
    Inquiry,
    Member,
)
from apps.x12.guides.x270.write import write_270

__all__ = [
    "MOST_INQUIRIES",
    "EligibilityInquiry",
    "Inquiry",
    "Member",
    "write_270",
]
