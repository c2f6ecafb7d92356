"""835: the payment and its parties here, the claims in `claims_read`."""

from itertools import pairwise

from apps.x12.errors import ErrorKind
from apps.x12.guides.parts_read import read_address, read_contacts, read_references, required_segment
from apps.x12.guides.x835.claims_read import ClaimReader
from apps.x12.guides.x835.records import (
    BankAccount,
    ProviderAdjustment,
    Remittance,
    RemittanceParty,
    RemittedClaim,
    UnreadableClaim,
)
from apps.x12.segments import Segment, Source, UnreadableError, first, segments_of, split_at, value_of

_OPENERS = ("LX", "CLP", "PLB", "SE")


def read_835(texts: list[str], number: int, source: Source) -> Remittance:
    """Raises UnreadableError where there is no readable payment (BPR02, TRN02); a claim that cannot be read is set
    apart.
    """
    bounds = [at for at, text in enumerate(texts) if text.startswith(_OPENERS)]
    bounds.append(len(texts))
    header = segments_of(texts[: bounds[0]], number, source)
    bpr = required_segment(header, "BPR")
    trn = required_segment(header, "TRN")
    claims, unreadable = _read_claims(texts, bounds, number, source)
    opening, parties = split_at(header, "N1")
    produced = first(opening, "DTM", "405")
    return Remittance(
        amount=bpr.money(2),
        trace_number=trn.required(2),
        payer=_read_party(parties, "PR", header),
        payee=_read_party(parties, "PE", header),
        claims=claims,
        provider_adjustments=_read_provider_adjustments(texts, bounds, number, source),
        unreadable=unreadable,
        payment_date=bpr.day(16),
        production_date=produced.day(2) if produced else None,
        method=bpr.text(4),
        handling=bpr.text(1),
        credit=bpr.text(3) != "D",
        payment_format=bpr.text(5),
        sender=_read_account(bpr, 6),
        receiver=_read_account(bpr, 12),
        payer_identifier=trn.text(3),
        originating_company=bpr.text(10),
        originating_supplement=bpr.text(11),
        payer_supplement=trn.text(4),
        receiver_id=value_of(opening, "REF", "EV"),
        segment=number,
    )


def _read_claims(
    texts: list[str], bounds: list[int], number: int, source: Source
) -> tuple[tuple[RemittedClaim, ...], tuple[UnreadableClaim, ...]]:
    reader = ClaimReader(source)
    claims: list[RemittedClaim] = []
    unreadable: list[UnreadableClaim] = []
    group_number = ""
    for start, end in pairwise(bounds):
        rows = [source.split(text) for text in texts[start:end]]
        opening = rows[0]
        if opening[0] == "LX":
            group_number = opening[1] if len(opening) > 1 else ""
        elif opening[0] == "CLP":
            try:
                claims.append(reader.claim(rows, number + start, group_number))
            except UnreadableError:
                unreadable.append(UnreadableClaim(opening[1] if len(opening) > 1 else "", number + start))
    return tuple(claims), tuple(unreadable)


def _read_account(bpr: Segment, at: int) -> BankAccount | None:
    if not bpr.text(at + 1) and not bpr.text(at + 3):
        return None
    return BankAccount(bpr.text(at + 1), bpr.text(at + 3), bpr.text(at), bpr.text(at + 2))


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


def _read_provider_adjustments(
    texts: list[str], bounds: list[int], number: int, source: Source
) -> tuple[ProviderAdjustment, ...]:
    """One whose amount cannot be read is left out; its error says so and the payment does not balance."""
    found: list[ProviderAdjustment] = []
    for at in bounds:
        if at < len(texts) and texts[at].startswith("PLB"):
            found.extend(_read_plb(Segment(source.split(texts[at]), number + at, source)))
    return tuple(found)


def _read_plb(plb: Segment) -> list[ProviderAdjustment]:
    """Up to six pairs of reason (with reference) and amount."""
    found = []
    fiscal_date = plb.day(2)
    for at in range(3, len(plb.elements), 2):
        if not plb.text(at):
            continue
        reason, reference = plb.components(at, 2)[:2]
        try:
            amount = plb.money(at + 1)
        except UnreadableError:
            continue
        found.append(ProviderAdjustment(plb.text(1), fiscal_date, reason, reference, amount, plb.number))
    return found
