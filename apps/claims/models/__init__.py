from apps.claims.models.adjudications import Adjudication, AdjudicationAdjustment
from apps.claims.models.batches import Batch, BatchClaim, BatchEvent
from apps.claims.models.claims import Claim, ClaimEvent, ClaimLine
from apps.claims.models.code_edits import CodePair, PairReason, UnitEdition, UnitLimit
from apps.claims.models.corrections import Correction
from apps.claims.models.findings import Finding
from apps.claims.models.inquiries import StatusInquiry
from apps.claims.models.payer_rules import PayerRule

__all__ = [
    "Adjudication",
    "AdjudicationAdjustment",
    "Batch",
    "BatchClaim",
    "BatchEvent",
    "Claim",
    "ClaimEvent",
    "ClaimLine",
    "CodePair",
    "Correction",
    "Finding",
    "PairReason",
    "PayerRule",
    "StatusInquiry",
    "UnitEdition",
    "UnitLimit",
]
