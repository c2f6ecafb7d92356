"""What the seed alone does not give: what was received, promised and delivered. In memory, snapshot on disk."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

IN_FLIGHT = frozenset({"received", "forwarded", "accepted"})


@dataclass
class Item:
    """Something due. Ties in time are broken by kind and key, never by arrival."""

    when: datetime
    kind: str
    key: str
    payload: dict[str, str]

    def __lt__(self, other: "Item") -> bool:
        return (self.when, self.kind, self.key) < (other.when, other.kind, other.key)


@dataclass
class ClaimLine:
    number: str
    control: str
    procedure: str
    modifiers: list[str]
    charge: Decimal
    units: str
    prior_paid: Decimal | None = None  # SVD02 of the payers before; None: they did not say
    prior_share: Decimal = Decimal(0)  # what they left to the patient (CAS PR)


@dataclass
class Adjustment:
    group: str
    code: str
    amount: Decimal


@dataclass
class LineResult:
    """What the payer said of one service line. Its charge less its adjustments is what it paid."""

    line: ClaimLine
    paid: Decimal
    allowed: Decimal
    adjustments: list[Adjustment]
    remarks: list[str] = field(default_factory=list)

    def share(self, group: str) -> Decimal:
        return sum((each.amount for each in self.adjustments if each.group == group), Decimal(0))


@dataclass
class Offset:
    """A PLB pair that a payer still owes the practice or the practice the payer."""

    code: str
    reference: str
    amount: Decimal


@dataclass
class Claim:
    """One submission of a claim, as the clearinghouse read it from the 837."""

    key: str
    control: str
    frequency: str
    original_reference: str
    interchange: str
    batch: str  # BHT03
    payer_id: str
    payer_name: str
    charge: Decimal
    subscriber: list[str]  # last, first, member ID
    patient: list[str]  # last, first
    billing: list[str]  # name, NPI, tax ID
    rendering: str
    service_date: date
    diagnoses: list[str]
    lines: list[ClaimLine]
    received: datetime
    responsibility: str = "P"  # SBR01
    place: str = "11"
    prior_paid: Decimal = Decimal(0)  # AMT*D of the other payers
    clearinghouse_trace: str = ""  # REF*D9
    claim_number: str = ""  # the payer's
    status: str = "received"
    paid: Decimal = Decimal(0)
    denials: list[str] = field(default_factory=list)
    attempt: int = 1
    results: list[LineResult] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)  # claim level
    outcome: str = ""  # CLP02

    @property
    def identity(self) -> str:
        """The same visit whatever its claim is numbered, so that chance does not hang on the sender's numbers."""
        codes = " ".join(sorted(line.procedure for line in self.lines))
        return f"{' '.join(self.patient)} {self.service_date} {codes}".upper()

    @property
    def in_flight(self) -> bool:
        return self.status in IN_FLIGHT


@dataclass
class Deposit:
    trace: str
    payer_id: str
    payer_name: str
    amount: Decimal
    day: date
    delivered: bool = True  # False where the 835 that explains it was lost


@dataclass
class Session:
    id: str
    payment_intent: str
    amount: int
    currency: str
    success_url: str
    cancel_url: str
    reference: str
    metadata: dict[str, str]
    created: int
    expires: int
    status: str = "open"
    payment_status: str = "unpaid"
    refunded: int = 0


@dataclass
class Refund:
    id: str
    payment_intent: str
    amount: int
    created: int


@dataclass
class Dispute:
    id: str
    session: str
    payment_intent: str
    amount: int
    created: int
    due: int
    status: str = "needs_response"


@dataclass
class Event:
    id: str
    kind: str
    created: int
    body: str  # the object as JSON, as it stood


@dataclass
class Message:
    sid: str
    to: str
    sender: str
    body: str
    callback: str
    created: datetime
    updated: datetime
    status: str = "queued"
    error: int = 0
    direction: str = "outbound-api"


@dataclass
class State:
    now: datetime
    began: datetime
    planned_until: datetime
    agenda: list[Item] = field(default_factory=list)
    knobs: str = "{}"
    counts: Counter[str] = field(default_factory=Counter)
    serials: Counter[str] = field(default_factory=Counter)
    patient_changes: dict[str, str] = field(default_factory=dict)
    patient_changed_at: dict[str, datetime] = field(default_factory=dict)
    patient_payments: list[dict[str, str]] = field(default_factory=list)
    interchanges: dict[str, str] = field(default_factory=dict)  # sender + ISA13 -> when it came
    attempts: Counter[str] = field(default_factory=Counter)  # claim identity -> times submitted
    claims: dict[str, Claim] = field(default_factory=dict)
    accepted: dict[str, str] = field(default_factory=dict)  # payer + claim control -> claim key
    settled: dict[str, str] = field(default_factory=dict)  # payer + claim identity -> key of the claim that was paid
    by_claim_number: dict[str, str] = field(default_factory=dict)
    paydays: dict[str, list[str]] = field(default_factory=dict)  # payer + day -> claim keys
    carried: dict[str, list[Offset]] = field(default_factory=dict)  # payer -> what its next remittance settles
    deductible_met: dict[str, Decimal] = field(default_factory=dict)  # member + year -> dollars, beyond the start's
    chosen: dict[str, str] = field(default_factory=dict)  # claim control -> the CARC under which its payer will deny it
    losing: Counter[str] = field(default_factory=Counter)  # kind of file -> how many of the next are lost
    remittances: dict[str, Decimal] = field(default_factory=dict)
    deposits: list[Deposit] = field(default_factory=list)
    denials_told: Counter[str] = field(
        default_factory=Counter
    )  # claim control + CARC, of remittances that were delivered
    public_keys: list[str] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    idempotency: dict[str, str] = field(default_factory=dict)
    references_paid: Counter[str] = field(default_factory=Counter)
    messages: dict[str, Message] = field(default_factory=dict)
    texts_seen: Counter[str] = field(default_factory=Counter)
    texts_by_number: Counter[str] = field(default_factory=Counter)
    touches: Counter[str] = field(default_factory=Counter)  # number + link-bearing texts delivered
    opted_out: list[str] = field(default_factory=list)
    behaviour: dict[str, str] = field(default_factory=dict)
