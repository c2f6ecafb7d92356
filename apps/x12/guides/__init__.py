"""One package a transaction: `records` (frozen dataclasses), `read` (segments -> records), `write` (records ->
bytes).
"""

from collections.abc import Sequence
from dataclasses import replace

from apps.x12.guides.parts import StructuralTransaction
from apps.x12.guides.x270 import EligibilityInquiry
from apps.x12.guides.x271 import EligibilityResponse
from apps.x12.guides.x277ca import ClaimAcknowledgment
from apps.x12.guides.x835 import Remittance, RemittedClaim
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
    | StructuralTransaction
)
# What of a transaction comes before its end: the heading of a remittance or claim file, each claim, each segment of a guide
# that is not read here.
Item = Remittance | RemittedClaim | ClaimBatch | Claim | RawSegment


def with_items(body: Body | None, items: Sequence[Item]) -> Body | None:
    """The body with what came before it in its place."""
    match body:
        case Remittance():
            return replace(body, claims=tuple(item for item in items if isinstance(item, RemittedClaim)))
        case ClaimBatch():
            return replace(body, claims=tuple(item for item in items if isinstance(item, Claim)))
        case StructuralTransaction():
            return replace(body, segments=tuple(item for item in items if isinstance(item, RawSegment)))
        case _:
            return body


__all__ = ["Body", "Item", "with_items"]
