"""One package a transaction: `records` (frozen dataclasses), `read` (segments -> records), `write` (records ->
bytes).
"""

from apps.x12.guides.parts import StructuralTransaction
from apps.x12.guides.x270 import EligibilityInquiry
from apps.x12.guides.x271 import EligibilityResponse
from apps.x12.guides.x277ca import ClaimAcknowledgment
from apps.x12.guides.x835 import Remittance
from apps.x12.guides.x837p import ClaimBatch
from apps.x12.guides.x999 import GroupAcknowledgment

Body = (
    ClaimBatch
    | Remittance
    | GroupAcknowledgment
    | ClaimAcknowledgment
    | EligibilityInquiry
    | EligibilityResponse
    | StructuralTransaction
)

__all__ = ["Body"]
