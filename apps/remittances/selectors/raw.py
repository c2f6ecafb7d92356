"""The stored bytes as named segments: of a payment, or of one of its claims. Each is (name, text, whether it is meant)."""

from collections.abc import Iterator
from itertools import takewhile

from apps.connectors.payloads import opened
from apps.remittances.models import RemittanceFile, RemittancePayment, RemittedClaim
from apps.x12 import ExplainedSegment, explain

NamedSegment = tuple[str, str, bool]
_CLAIM_LOOP_ENDS = frozenset({"CLP", "LX", "PLB", "SE"})
_FIRST = 400


def claim_segments(row: RemittedClaim, meant: int | None = None) -> list[NamedSegment]:
    """From its CLP to the next claim. `meant` is the number of the segment that is asked for, without it the CLP."""
    start, *rest = _from(row.payment.file, row.segment)
    own = [start, *takewhile(lambda segment: segment.id not in _CLAIM_LOOP_ENDS, rest)]
    return [_named(segment, segment.number == (meant or row.segment)) for segment in own]


def payment_segments(payment: RemittancePayment, meant: int | None = None) -> list[NamedSegment]:
    """The payment's own: header, parties and PLB, without its claims. `meant` as in `claim_segments`, without it the BPR."""
    found = []
    inside_claims = False
    for segment in _from(payment.file, payment.segment):
        if segment.id == "SE":
            break
        inside_claims = (inside_claims or segment.id in {"CLP", "LX"}) and segment.id != "PLB"
        if not inside_claims:
            found.append(_named(segment, segment.number == (meant or payment.segment)))
    return found


def file_segments(file: RemittanceFile) -> list[NamedSegment]:
    """The first 400 of a file that was refused."""
    segments = explain(opened(file.transmission))
    return [_named(segment, False) for _, segment in zip(range(_FIRST), segments, strict=False)]


def _from(file: RemittanceFile, number: int) -> Iterator[ExplainedSegment]:
    return explain(opened(file.transmission), number)


def _named(segment: ExplainedSegment, meant: bool) -> NamedSegment:
    return segment.name, segment.raw, meant
