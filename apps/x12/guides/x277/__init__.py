from apps.x12.guides.statuses import LineStatus, Status, StatusCode
from apps.x12.guides.x277.records import (
    ClaimStatus,
    ClaimStatusResponse,
    PatientStatus,
    ProviderStatus,
    ReceiverStatus,
    SourceStatus,
)
from apps.x12.guides.x277.write import write_277

__all__ = [
    "ClaimStatus",
    "ClaimStatusResponse",
    "LineStatus",
    "PatientStatus",
    "ProviderStatus",
    "ReceiverStatus",
    "SourceStatus",
    "Status",
    "StatusCode",
    "write_277",
]
