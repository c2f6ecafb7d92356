"""X12 for a medical practice: pure, standard library only, bytes in and records out.

Reading
    Each takes bytes or a binary file and never raises.
    `read(source) -> Document`: interchanges -> groups -> transactions, each with a typed `body` and its `errors`.
    `transactions(source)`: the same transactions one at a time.
    `stream(source)`: the same in pieces, a remittance's and a claim file's claims one by one, in memory that does not grow with
    the file.
    `explain(source)`: each segment with a name for people.
Writing: records and an `Envelope` (ids, control numbers, time) in, one interchange out; `WriteError` if that is
impossible.
    `write_837p(batch, envelope)`, `write_835(remittances, envelope)`, `write_999(acknowledgments, envelope)`,
    `write_277ca(acknowledgments, envelope)`, `write_270(inquiry, envelope)`, `write_271(response, envelope)`,
    `write_276(inquiry, envelope)`, `write_277(response, envelope)`,
    `write_ta1(acknowledgments, envelope)`.
Records: `guides.x837p` ClaimBatch > Claim > ServiceLine and the balance check `other_payer_imbalances`;
    `guides.x835` Remittance > RemittedClaim > ServiceLine > Adjustment, ProviderAdjustment
    and the balance checks `imbalances`, `claim_imbalances`; `guides.x999` GroupAcknowledgment >
    TransactionAcknowledgment > SegmentNote;
    `guides.x277ca` ClaimAcknowledgment > ReceiverStatus > ProviderStatus > ClaimStatus; `guides.x270`
    EligibilityInquiry > Inquiry;
    `guides.x271` EligibilityResponse > Answers > Answer > Benefit;
    `guides.x276` ClaimStatusInquiry > SourceInquiry > ReceiverInquiry > ProviderInquiry > PatientInquiry > ClaimInquiry;
    `guides.x277` ClaimStatusResponse > SourceStatus > ReceiverStatus > ProviderStatus > PatientStatus > ClaimStatus >
    LineStatus; `guides.ta1` InterchangeAcknowledgment
    (`Interchange.acknowledgments`).
What is written and read again is equal; `segment`, a record's 1-based place in the file, does not take part in
equality.
Command line: `python -m apps.x12 read FILE... [--jsonl]`, `python -m apps.x12 explain FILE`.
"""

from apps.x12.delimiters import Delimiters
from apps.x12.envelope import Document, Envelope, Group, Interchange, Transaction, TransactionStart
from apps.x12.errors import ErrorKind, ReadError, WriteError
from apps.x12.explain import ExplainedSegment, explain
from apps.x12.guides.ta1 import InterchangeAcknowledgment, write_ta1
from apps.x12.guides.x270 import write_270
from apps.x12.guides.x271 import write_271
from apps.x12.guides.x276 import write_276
from apps.x12.guides.x277 import write_277
from apps.x12.guides.x277ca import write_277ca
from apps.x12.guides.x835 import write_835
from apps.x12.guides.x837p import write_837p
from apps.x12.guides.x999 import write_999
from apps.x12.reader import read, transactions
from apps.x12.walk import stream

__all__ = [
    "Delimiters",
    "Document",
    "Envelope",
    "ErrorKind",
    "ExplainedSegment",
    "Group",
    "Interchange",
    "InterchangeAcknowledgment",
    "ReadError",
    "Transaction",
    "TransactionStart",
    "WriteError",
    "explain",
    "read",
    "stream",
    "transactions",
    "write_270",
    "write_271",
    "write_276",
    "write_277",
    "write_277ca",
    "write_835",
    "write_837p",
    "write_999",
    "write_ta1",
]
