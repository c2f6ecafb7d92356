from apps.claims.models.adjudications import Adjudication, AdjudicationAdjustment
from apps.claims.models.batches import Batch, BatchClaim, BatchEvent
from apps.claims.models.bulk_fixes import BulkFix, BulkFixItem
from apps.claims.models.claims import Claim, ClaimEvent, ClaimLine
from apps.claims.models.code_edits import CodePair, PairReason, UnitEdition, UnitLimit
from apps.claims.models.code_facts import CodeFact, DrugNumberPolicy
from apps.claims.models.corrections import Correction
from apps.claims.models.diagnoses import DiagnosisCode, DiagnosisExclusion, DiagnosisRelease
from apps.claims.models.documents import ClaimDocument
from apps.claims.models.field_changes import FieldChange
from apps.claims.models.findings import Finding
from apps.claims.models.inquiries import StatusInquiry
from apps.claims.models.lines_off import LineOff
from apps.claims.models.payer_rules import PayerRule
from apps.claims.models.rule_books import RuleBook

__all__ = [
    "Adjudication",
    "AdjudicationAdjustment",
    "Batch",
    "BatchClaim",
    "BatchEvent",
    "BulkFix",
    "BulkFixItem",
    "Claim",
    "ClaimDocument",
    "ClaimEvent",
    "ClaimLine",
    "CodeFact",
    "CodePair",
    "Correction",
    "DiagnosisCode",
    "DiagnosisExclusion",
    "DiagnosisRelease",
    "DrugNumberPolicy",
    "FieldChange",
    "Finding",
    "LineOff",
    "PairReason",
    "PayerRule",
    "RuleBook",
    "StatusInquiry",
    "UnitEdition",
    "UnitLimit",
]
