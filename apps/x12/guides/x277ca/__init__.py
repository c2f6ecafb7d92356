from apps.x12.guides.statuses import LineStatus, Status, StatusCode
from apps.x12.guides.x277ca.records import (
    ClaimAcknowledgment,
    ClaimStatus,
    ProviderStatus,
    ReceiverStatus,
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
