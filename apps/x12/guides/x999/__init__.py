from apps.x12.guides.x999.records import (
    ElementNote,
    GroupAcknowledgment,
    SegmentNote,
    TransactionAcknowledgment,
)
from apps.x12.guides.x999.write import write_999

__all__ = [
    "ElementNote",
    "GroupAcknowledgment",
    "SegmentNote",
    "TransactionAcknowledgment",
    "write_999",
]
