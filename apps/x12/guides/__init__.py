"""One package a transaction: `records` (frozen dataclasses), `read` (segments -> records), `write` (records ->
bytes).
"""

from apps.x12.guides.parts import StructuralTransaction
from apps.x12.guides.x270 import EligibilityInquiry
from apps.x12.guides.x271 import EligibilityResponse
from apps.x12.guides.x276 import ClaimStatusInquiry
from apps.x12.guides.x277 import ClaimStatusResponse
from apps.x12.guides.x277ca import ClaimAcknowledgment
from apps.x12.guides.x835 import ProviderAdjustment, ProviderSummary, Remittance, RemittedClaim, UnreadableClaim
from apps.x12.guides.x837p import Claim, ClaimBatch
from apps.x12.guides.x999 import GroupAcknowledgment
from apps.x12.raw import RawSegment

Body = (
    ClaimBatch
    | Remittance
    | GroupAcknowledgment
    | ClaimAcknowledgment
    | EligibilityInquiry
    | EligibilityResponse
    | ClaimStatusInquiry
    | ClaimStatusResponse
    | StructuralTransaction
)
# What of a transaction comes before its end: the heading of a remittance or claim file, each claim and whatever else a payment
# is made of, each segment of a guide that is not read here.
Item = (
    Remittance
    | RemittedClaim
    | UnreadableClaim
    | ProviderSummary
    | ProviderAdjustment
    | ClaimBatch
    | Claim
    | RawSegment
)


__all__ = ["Body", "Item"]
