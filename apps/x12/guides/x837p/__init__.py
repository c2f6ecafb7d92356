from apps.x12.guides.x837p.records import (
    MOST_CLAIMS,
    BillingProvider,
    Claim,
    ClaimBatch,
    ClaimPayer,
    ClaimProvider,
    Patient,
    Receiver,
    ServiceLine,
    Submitter,
    Subscriber,
)
from apps.x12.guides.x837p.write import write_837p

__all__ = [
    "MOST_CLAIMS",
    "BillingProvider",
    "Claim",
    "ClaimBatch",
    "ClaimPayer",
    "ClaimProvider",
    "Patient",
    "Receiver",
    "ServiceLine",
    "Submitter",
    "Subscriber",
    "write_837p",
]
