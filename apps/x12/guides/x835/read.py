"""835: the payment and its parties here, the claims in `claims_read`."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from apps.x12.errors import ErrorKind
from apps.x12.feed import Feed
from apps.x12.guides.extents import REMITTANCE, REMITTANCE_OPENING
from apps.x12.guides.levels import keep_unknown
from apps.x12.guides.parts_read import read_address, read_contacts, read_references, required_segment
from apps.x12.guides.x835.claims_read import ClaimReader, RemittanceItem
from apps.x12.guides.x835.records import (
    BankAccount,
    ProviderAdjustment,
    ProviderSummary,
    Remittance,
    RemittanceParty,
    RemittedClaim,
    UnreadableClaim,
)
from apps.x12.held import keep_more
from apps.x12.segments import Segment, UnreadableError, first, split_at, value_of

_Kind = TypeVar("_Kind")
_KNOWN = frozenset({"BPR", "NTE", "TRN", "CUR", "REF", "DTM", "N1", "N2", "N3", "N4", "PER", "RDM"})
_HEADING = frozenset({"BPR", "TRN", "REF*EV", "DTM*405"})
_ROLES = frozenset({"PR", "PE"})
_PARTY = frozenset({"N3", "N4", "REF", "PER"})
# Of which a party has one.
_PLACE = frozenset({"N3", "N4"})
# Two parties with their contacts and references are some dozens.
MOST_HEADING = 1000
_OPENERS = frozenset({"LX", "CLP", "PLB"})


def stream_835(st: Segment, feed: Feed) -> Generator[Remittance | RemittanceItem, None, Remittance]:
    """The payment with nothing in it, then each thing in it, and at the end the payment again. Raises UnreadableError where
    there is no readable payment (BPR02, BPR03, TRN02); a claim that cannot be read is set apart.
    """
    payment = _read_payment(_heading(st, feed))
    yield payment
    yield from ClaimReader(feed).items()
    return payment


def gather_835(payment: Remittance, items: Sequence[object]) -> Remittance:
    """The payment with the things in it."""

    def of(kind: type[_Kind]) -> tuple[_Kind, ...]:
        return tuple(item for item in items if isinstance(item, kind))

    return replace(
        payment,
        claims=of(RemittedClaim),
        unreadable=of(UnreadableClaim),
        summaries=of(ProviderSummary),
        provider_adjustments=of(ProviderAdjustment),
    )


def _heading(st: Segment, feed: Feed) -> list[Segment]:
    """Raises UnreadableError where it does not end."""
    segments = [st]
    for segment in feed.body():
        if segment.id in _OPENERS:
            feed.back_to(segment.number)
            break
        segments.append(segment)
        if len(segments) > MOST_HEADING:
            st.note_segment(ErrorKind.TOO_LONG, "The heading is longer than its guide allows.", "fewer segments")
            raise UnreadableError
    return segments


def _read_payment(header: list[Segment]) -> Remittance:
    keep_unknown(header, _KNOWN)
    _keep_unread(header)
    bpr = required_segment(header, "BPR")
    trn = required_segment(header, "TRN")
    opening, parties = split_at(header, "N1")
    produced = first(opening, "DTM", "405")
    amount = bpr.money(2)
    return Remittance(
        amount=amount,
        trace_number=trn.required(2),
        payer=_read_party(parties, "PR", header),
        payee=_read_party(parties, "PE", header),
        payment_date=bpr.day(16),
        production_date=produced.day(2) if produced else None,
        method=bpr.text(4),
        handling=bpr.text(1),
        credit=_is_credit(bpr, amount),
        payment_format=bpr.text(5),
        sender=_read_account(bpr, 6),
        receiver=_read_account(bpr, 12),
        payer_identifier=trn.text(3),
        originating_company=bpr.text(10),
        originating_supplement=bpr.text(11),
        payer_supplement=trn.text(4),
        receiver_id=value_of(opening, "REF", "EV"),
        segment=header[0].number,
    )


def _is_credit(bpr: Segment, amount: Decimal) -> bool:
    """Raises UnreadableError where nobody can tell who owes the amount; where it is zero, nobody does."""
    flag = bpr.text(3)
    if flag not in ("C", "D"):
        bpr.note(ErrorKind.NOT_A_CODE if flag else ErrorKind.MISSING_ELEMENT, 3, "C or D")
        if amount:
            raise UnreadableError
    return flag != "D"


def _keep_unread(header: list[Segment]) -> None:
    """What stands in the heading, or as a party, and is not among the payment's fields."""
    opening, parties = split_at(header, "N1")
    seen: set[str] = set()
    for segment in opening[1:]:
        keep_more(segment, REMITTANCE_OPENING)
        field = _qualified(segment)
        if segment.id in _KNOWN and (field not in _HEADING or field in seen):
            segment.source.notes.keep_silently(segment)
        seen.add(field)
    roles: set[str] = set()
    for n1, *block in parties:
        role = n1.text(1)
        if role not in _ROLES or role in roles:
            for segment in (n1, *block):
                segment.source.notes.keep(segment)
        else:
            places: set[str] = set()
            keep_more(n1, REMITTANCE)
            for segment in block:
                keep_more(segment, REMITTANCE)
                if segment.id in _KNOWN - _PARTY or segment.id in places:
                    segment.source.notes.keep_silently(segment)
                places |= {segment.id} & _PLACE
        roles.add(role)


def _qualified(segment: Segment) -> str:
    return f"{segment.id}*{segment.text(1)}" if segment.id in ("REF", "DTM") else segment.id


def _read_account(bpr: Segment, at: int) -> BankAccount | None:
    if not bpr.text(at + 1) and not bpr.text(at + 3):
        return None
    return BankAccount(bpr.text(at + 1), bpr.text(at + 3), bpr.text(at), bpr.text(at + 2), bpr.number)


def _read_party(blocks: list[list[Segment]], role: str, header: list[Segment]) -> RemittanceParty:
    block = next((block for block in blocks if block[0].text(1) == role), None)
    if block is None:
        header[0].note_segment(ErrorKind.MISSING_SEGMENT, f"N1*{role} is missing.", f"N1*{role}")
        return RemittanceParty()
    n1 = block[0]
    return RemittanceParty(
        name=n1.text(2),
        id_qualifier=n1.text(3),
        id=n1.text(4),
        address=read_address(block),
        references=read_references(block),
        contacts=read_contacts(block),
        segment=n1.number,
    )
