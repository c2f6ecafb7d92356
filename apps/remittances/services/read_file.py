"""A stored file read twice, claim by claim, so that memory does not grow with it: what its payments say, then their claims.

The first reading gives each payment's header, sums, checksum and PLB, which stands at its end, and a sentence about all that we do
not post. The second gives the claims, a chunk at a time. Of a file that is not large the claims are kept from the first one.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import BinaryIO

from apps.remittances.rules.keepable import is_keepable, is_keepable_payment
from apps.remittances.rules.wholeness import doubts, envelope_gaps, trailer_gaps
from apps.x12 import ErrorKind, Interchange, ReadError, Transaction, TransactionStart, stream
from apps.x12.guides.x835 import ProviderAdjustment, Remittance, RemittedClaim, UnreadableClaim

GUIDE = "005010X221A1"
_NAMES = {
    "835": "a remittance",
    "837": "a claim file",
    "999": "an acknowledgement",
    "997": "an acknowledgement",
    "277": "a claim status",
    "271": "an eligibility answer",
    "270": "an eligibility inquiry",
}
# A 4010 envelope still says 835; these can be told without looking at a claim.
_ENVELOPE = frozenset({ErrorKind.BAD_ENVELOPE, ErrorKind.COUNT_MISMATCH, ErrorKind.CONTROL_MISMATCH})
Item = RemittedClaim | UnreadableClaim
# (which ST of the file, which CLP of it, the CLP), both from 1.
Place = tuple[int, int, Item]
# So many CLPs are some 60 MB; of a file with more none are kept.
MOST_KEPT = 12_000


@dataclass(frozen=True, slots=True)
class PaymentSummary:
    """One payment without its claims. `heading` has the PLB; `claims` counts the CLPs, those that cannot be read among them;
    `paid` is the sum of CLP04, dollars. `transaction`: which ST of the file, from 1.

    `is_test`: its interchange is marked as a test (ISA15). `content_checksum` is over what the payment says of claims and PLB. Places
    in the file, order, and how an amount is written are no part of it. `outline` is over less: the claims' numbers, what was charged
    and what was paid.
    """

    transaction: int
    heading: Remittance
    claims: int
    paid: Decimal
    content_checksum: str
    outline: str
    is_test: bool = False

    @property
    def explained(self) -> Decimal:
        """sum(CLP04) - sum(PLB): what BPR02 should be."""
        return self.paid - sum((item.amount for item in self.heading.provider_adjustments), Decimal())


@dataclass(frozen=True, slots=True)
class FileSummary:
    """`problem` is empty for a file that holds remittances only, `doubts` for one that came whole. They name versions and places, no
    patient. `kept`: its CLPs, unless they are too many.
    """

    payments: tuple[PaymentSummary, ...]
    problem: str
    doubts: str = ""
    kept: tuple[Place, ...] | None = None


def summarize_file(source: bytes | BinaryIO) -> FileSummary:
    """Never raises but what the source raises. Transactions of another guide or version, and remittances without a readable
    payment, are refused by name.
    """
    payments: list[PaymentSummary] = []
    refused: list[str] = []
    gaps: list[ReadError] = []
    number = 0
    told = _Told()
    kept: list[Place] | None = []
    for event in stream(source):
        if isinstance(event, RemittedClaim | UnreadableClaim):
            item = _item(event)
            told.add(item)
            kept = _kept(kept, number, told.claims + len(told.unreadable), item)
        elif isinstance(event, ProviderAdjustment):
            told.add(event)
        elif isinstance(event, Interchange | TransactionStart):
            number += isinstance(event, TransactionStart)
            told = _Told(event.usage.upper() == "T" if isinstance(event, Interchange) else told.is_test)
        elif isinstance(event, ReadError):
            gaps += envelope_gaps([event])
        elif isinstance(event, Transaction):
            gaps += trailer_gaps(event.errors)
            _sort(event, told.payment(number, event.body), payments, refused)
    if not payments and not refused:
        refused.append("This is not X12: the file holds no interchange with a transaction.")
    problem = " ".join(dict.fromkeys(refused))
    return FileSummary(tuple(payments), problem, doubts(gaps), None if kept is None else tuple(kept))


def _sort(
    transaction: Transaction, payment: PaymentSummary | None, payments: list[PaymentSummary], refused: list[str]
) -> None:
    if payment:
        payments.append(payment)
    else:
        refused.append(_refusal(transaction))


def _item(event: Item) -> Item:
    """A claim that no book can keep is one that cannot be read."""
    if isinstance(event, RemittedClaim):
        if is_keepable(event):
            return event
        event = UnreadableClaim(event.control_number, event.segment)
    return replace(event, control_number=event.control_number.replace("\0", ""))


def _kept(kept: list[Place] | None, transaction: int, number: int, item: Item) -> list[Place] | None:
    if kept is None or len(kept) == MOST_KEPT:
        return None
    kept.append((transaction, number, item))
    return kept


@dataclass(slots=True)
class _Told:
    """What one transaction has said so far. The claims are in its checksum and its sum, and else forgotten."""

    is_test: bool = False
    claims: int = 0
    paid: Decimal = Decimal()
    adjustments: list[ProviderAdjustment] = field(default_factory=list)
    unreadable: list[UnreadableClaim] = field(default_factory=list)
    _said: int = 0
    _outlined: int = 0

    def add(self, item: RemittedClaim | UnreadableClaim | ProviderAdjustment) -> None:
        match item:
            case RemittedClaim():
                self.claims += 1
                self.paid += item.paid
                self._say(_claim_content(item))
                self._outlined = _plus(self._outlined, (item.control_number, f"{item.charge:.2f} {item.paid:.2f}"))
            case UnreadableClaim():
                self.unreadable.append(item)
            case ProviderAdjustment():
                self.adjustments.append(item)

    def payment(self, number: int, body: object) -> PaymentSummary | None:
        """None where the transaction is no remittance, or one whose payment no book can keep."""
        found = self._summary(number, body) if isinstance(body, Remittance) else None
        return found if found and is_keepable_payment(found.heading) else None

    def _summary(self, number: int, heading: Remittance) -> PaymentSummary:
        for item in self.adjustments:
            self._say((item.reason, item.reference, f"{item.amount:.2f}"))
        for spoilt in self.unreadable:
            self._say((spoilt.control_number,))
            self._outlined = _plus(self._outlined, (spoilt.control_number,))
        heading = replace(heading, provider_adjustments=tuple(self.adjustments))
        claims = self.claims + len(self.unreadable)
        said, outlined = f"{self._said:064x}", f"{self._outlined:064x}"
        return PaymentSummary(number, heading, claims, self.paid, said, outlined, self.is_test)

    def _say(self, content: tuple[object, ...]) -> None:
        self._said = _plus(self._said, content)


def _plus(said: int, content: tuple[object, ...]) -> int:
    """A sum does not know in which order its parts came."""
    part = int.from_bytes(hashlib.sha256(repr(content).encode()).digest())
    return (said + part) % 2**256


def _claim_content(claim: RemittedClaim) -> tuple[object, ...]:
    return (
        claim.control_number,
        claim.payer_claim_number,
        claim.status,
        f"{claim.charge:.2f} {claim.paid:.2f}",
        [f"{item.group}-{item.reason} {item.amount:.2f}" for item in claim.all_adjustments],
        [f"{line.procedure} {line.control_number} {line.charge:.2f} {line.paid:.2f}" for line in claim.lines],
    )


def _refusal(transaction: Transaction) -> str:
    if transaction.code == "835" and transaction.version.startswith("005010"):
        reasons = [error for error in transaction.errors if error.kind not in _ENVELOPE]
        place = f" ({reasons[0].place})" if reasons else ""
        return f"The payment of remittance {transaction.control_number} cannot be read{place}."
    name = _NAMES.get(transaction.code, "a transaction")
    version = transaction.version or "no version"
    return f"It holds {name} ({transaction.code} {version}); remittances are read in version {GUIDE}."


class ClaimReader:
    """The CLPs of a file, forwards; asked for one that it has passed, it begins again. `open_file` gives the file from its start;
    `kept` are all of its CLPs, where the caller has them.
    """

    def __init__(self, open_file: Callable[[], BinaryIO], kept: Iterable[Place] | None = None) -> None:
        self._open_file = open_file
        self._kept = kept
        self._items: Iterator[Place] = iter(())
        self._begin()

    def _begin(self) -> None:
        self._items = iter(self._kept) if self._kept is not None else _numbered(self._open_file())
        self._passed = (0, 0)

    def take(self, payment: PaymentSummary, after: int, most: int) -> Sequence[Item]:
        """The payment's CLPs that follow its CLP number `after` (0: from the first), at most so many, in the order of the file."""
        wanted = (payment.transaction, after)
        until = min(after + most, payment.claims)
        if after >= until:
            return ()
        if self._passed > wanted:
            self._begin()
        found: list[Item] = []
        for transaction, number, item in self._items:
            self._passed = (transaction, number)
            if self._passed > wanted:
                found.append(item)
            if self._passed >= (payment.transaction, until):
                break
        return found


@dataclass(frozen=True, slots=True)
class PaymentClaims:
    """One payment's CLPs, to be read chunk by chunk."""

    payment: PaymentSummary
    reader: ClaimReader

    def __len__(self) -> int:
        return self.payment.claims

    def after(self, number: int, most: int) -> Sequence[Item]:
        return self.reader.take(self.payment, number, most)


def _numbered(source: BinaryIO) -> Iterator[Place]:
    transaction = number = 0
    for event in stream(source):
        if isinstance(event, RemittedClaim | UnreadableClaim):
            number += 1
            yield transaction, number, _item(event)
        elif isinstance(event, TransactionStart):
            transaction += 1
            number = 0


def claims_at(source: BinaryIO, segments: Collection[int]) -> dict[int, Item]:
    """The CLPs that stand at these segments of the file, by segment; the file is read no further than the last of them."""
    found: dict[int, Item] = {}
    for event in stream(source):
        if len(found) == len(segments):
            break
        if isinstance(event, RemittedClaim | UnreadableClaim) and event.segment in segments:
            found[event.segment] = _item(event)
    return found


def claim_at(source: BinaryIO, segment: int) -> Item:
    """The CLP that stands at this segment of the file. Raises LookupError where none does."""
    found = claims_at(source, {segment})
    if segment not in found:
        raise LookupError(f"No CLP stands at segment {segment}.")
    return found[segment]
