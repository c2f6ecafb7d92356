"""Whether what an 835 says can be kept in books of dollars and cents, whatever X12 allows. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from apps.x12.guides.x835 import Remittance, RemittedClaim

CENT, ZERO = Decimal("0.01"), Decimal(0)
# The columns hold ten digits before the point; no claim, nor all amounts of one together, comes near.
TOO_MUCH = Decimal(10) ** 10
_LONGEST_CARC, _LONGEST_RARC = 5, 10
_CENTS = -2


def is_keepable(claim: RemittedClaim) -> bool:
    """False for parts of a cent, sums that no column holds, codes longer than any that is published, and NUL in a text: a claim
    with one of these is told as one that cannot be read, and holds up no other of its file.
    """
    # Each claim of each file passes here, so there is one loop and no generator.
    amounts, texts = [claim.charge, claim.paid], [claim.control_number, claim.payer_claim_number]
    adjustments, remarks = list(claim.adjustments), list(claim.remark_codes)
    if claim.patient_responsibility is not None:
        amounts.append(claim.patient_responsibility)
    for line in claim.lines:
        amounts += (line.charge, line.paid)
        texts += (line.procedure, line.control_number)
        adjustments += line.adjustments
        remarks += line.remark_codes
        if line.amounts and line.allowed is not None:
            amounts.append(line.allowed)
    for person in (claim.patient, claim.insured, claim.corrected_insured):
        if person is not None:
            texts += (person.last_name, person.first_name, person.id)
    amounts += [each.amount for each in adjustments]
    fits = max([len(each.reason) for each in adjustments], default=0) <= _LONGEST_CARC
    fits = fits and max(map(len, remarks), default=0) <= _LONGEST_RARC
    return fits and "\0" not in "".join(texts) and _are_dollars(amounts)


def is_keepable_payment(heading: Remittance) -> bool:
    """The same of a payment's own words, its PLB among them."""
    adjusted = heading.provider_adjustments
    texts = [heading.trace_number, heading.method, heading.payer.name, heading.payer.id, heading.payer_identifier]
    texts += [heading.originating_company, *(each.value for each in heading.payer.references)]
    texts += [text for each in adjusted for text in (each.reason, each.reference)]
    return _are_dollars([heading.amount, *(each.amount for each in adjusted)]) and "\0" not in "".join(texts)


def _are_dollars(amounts: Sequence[Decimal]) -> bool:
    """A sum has as many places as the finest of its parts, so most are judged by one look."""
    total = sum(map(abs, amounts), ZERO)
    if total >= TOO_MUCH:
        return False
    exponent = total.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= _CENTS:
        return True
    return all(amount == amount.quantize(CENT) for amount in amounts)
