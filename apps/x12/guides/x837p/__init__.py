from apps.x12.guides.x835.records import Adjustment, OutpatientAdjudication
from apps.x12.guides.x837p.balance import OtherPayerImbalance, other_payer_imbalances
from apps.x12.guides.x837p.coordination import LineDecision, OtherCoverage, OtherInsured
from apps.x12.guides.x837p.parties import (
    BillingProvider,
    ClaimPayer,
    ClaimProvider,
    Patient,
    Receiver,
    Submitter,
    Subscriber,
)
from apps.x12.guides.x837p.records import MOST_CLAIMS, Claim, ClaimBatch, Drug, Paperwork, PurchasedService, ServiceLine
from apps.x12.guides.x837p.write import write_837p

__all__ = [
    "MOST_CLAIMS",
    "Adjustment",
    "BillingProvider",
    "Claim",
    "ClaimBatch",
    "ClaimPayer",
    "ClaimProvider",
    "Drug",
    "LineDecision",
    "OtherCoverage",
    "OtherInsured",
    "OtherPayerImbalance",
    "OutpatientAdjudication",
    "Paperwork",
    "Patient",
    "PurchasedService",
    "Receiver",
    "ServiceLine",
    "Submitter",
    "Subscriber",
    "other_payer_imbalances",
    "write_837p",
]
