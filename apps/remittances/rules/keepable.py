"""Whether what an 835 says can be kept in books of dollars and cents, whatever X12 allows. Pure."""

from collections.abc import Iterable
from decimal import Decimal

from apps.x12.guides.x835 import Adjustment, Remittance, RemittedClaim

CENT, ZERO = Decimal("0.01"), Decimal(0)
# The columns hold ten digits before the point; no claim, nor all amounts of one together, comes near.
TOO_MUCH = Decimal(10) ** 10
_LONGEST_CARC, _LONGEST_RARC = 5, 10
_CENTS = -2


def is_keepable(claim: RemittedClaim) -> bool:
    """False for parts of a cent, sums that no column holds, codes longer than any that is published, and NUL in a text: a claim
    with one of these is told as one that cannot be read, and holds up no other of its file.
    """
    adjustments = claim.all_adjustments
    if any(len(each.reason) > _LONGEST_CARC for each in adjustments):
        return False
    if any(len(code) > _LONGEST_RARC for code in _remarks(claim)):
        return False
    return _are_dollars(_amounts(claim, adjustments)) and "\0" not in "".join(_texts(claim))


def is_keepable_payment(heading: Remittance) -> bool:
    """The same of a payment's own words, its PLB among them."""
    adjusted = heading.provider_adjustments
    texts = [heading.trace_number, heading.method, heading.payer.name, heading.payer.id, heading.payer_identifier]
    texts += [heading.originating_company, *(each.value for each in heading.payer.references)]
    texts += [text for each in adjusted for text in (each.reason, each.reference)]
    return _are_dollars([heading.amount, *(each.amount for each in adjusted)]) and "\0" not in "".join(texts)


def _are_dollars(amounts: Iterable[Decimal]) -> bool:
    """A sum has as many places as the finest of its parts, so most are judged by one look."""
    amounts = list(amounts)
    total = sum(map(abs, amounts), ZERO)
    if total >= TOO_MUCH:
        return False
    exponent = total.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= _CENTS:
        return True
    return all(amount == amount.quantize(CENT) for amount in amounts)


def _amounts(claim: RemittedClaim, adjustments: Iterable[Adjustment]) -> Iterable[Decimal]:
    yield claim.charge
    yield claim.paid
    if claim.patient_responsibility is not None:
        yield claim.patient_responsibility
    for each in adjustments:
        yield each.amount
    for line in claim.lines:
        yield line.charge
        yield line.paid
        if line.allowed is not None:
            yield line.allowed


def _remarks(claim: RemittedClaim) -> Iterable[str]:
    yield from claim.remark_codes
    for line in claim.lines:
        yield from line.remark_codes


def _texts(claim: RemittedClaim) -> Iterable[str]:
    yield claim.control_number
    yield claim.payer_claim_number
    for person in (claim.patient, claim.insured, claim.corrected_insured):
        if person is not None:
            yield from (person.last_name, person.first_name, person.id)
    for line in claim.lines:
        yield from (line.procedure, line.control_number)
