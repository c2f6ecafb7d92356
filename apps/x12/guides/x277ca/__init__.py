from apps.x12.guides.x277ca.records import (
    ClaimAcknowledgment,
    ClaimStatus,
    LineStatus,
    ProviderStatus,
    ReceiverStatus,
    Status,
    StatusCode,
    Totals,
)
from apps.x12.guides.x277ca.write import write_277ca

__all__ = [
    "ClaimAcknowledgment",
    "ClaimStatus",
    "LineStatus",
    "ProviderStatus",
    "ReceiverStatus",
    "Status",
    "StatusCode",
    "Totals",
    "write_277ca",
]
