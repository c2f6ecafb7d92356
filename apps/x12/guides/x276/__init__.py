from apps.x12.guides.x276.records import (
    ClaimInquiry,
    ClaimStatusInquiry,
    Insured,
    LineInquiry,
    PatientInquiry,
    ProviderInquiry,
    ReceiverInquiry,
    SourceInquiry,
)
from apps.x12.guides.x276.write import write_276

__all__ = [
    "ClaimInquiry",
    "ClaimStatusInquiry",
    "Insured",
    "LineInquiry",
    "PatientInquiry",
    "ProviderInquiry",
    "ReceiverInquiry",
    "SourceInquiry",
    "write_276",
]
