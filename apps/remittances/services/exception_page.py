"""One exception with all that a person needs to settle it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from apps.claims.models import Claim
from apps.core.money import ZERO
from apps.remittances.models import HandRemittance, RemittanceException, RemittedClaim
from apps.remittances.selectors import pages
from apps.remittances.selectors.candidates import Candidate, candidates
from apps.remittances.selectors.parked import ParkedMoney, parked_item
from apps.remittances.selectors.raw import NamedSegment, claim_segments, file_segments, payment_segments
from apps.remittances.services.clearing_rest import clearing_rest, unexplained
from apps.remittances.services.preview import Preview, preview_posting
from apps.remittances.services.replan import item_of
from apps.remittances.services.split_exception import why_not_to_split
from apps.x12.guides import x835


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """`item` is the CLP as the file says it; nothing for a file, a payment, or a claim that cannot be read.

    `unexplained`: dollars of its payment that no claim explains, for a claim that cannot be read.
    """

    segments: list[NamedSegment]
    item: x835.RemittedClaim | None = None
    candidates: tuple[Candidate, ...] = ()
    chosen: Claim | None = None
    preview: Preview | None = None
    number_unknown: bool = False
    unexplained: Decimal = ZERO
    in_segments: tuple[str, ...] = ()
    may_split: bool = False
    parked: ParkedMoney | None = None
    by_hand: tuple[HandRemittance, ...] = ()

    @property
    def chosen_id(self) -> str:
        return self.chosen.public_id if self.chosen else ""

    @property
    def patients(self) -> list[str]:
        """Public ids of all whom the page names, in the segments too."""
        shown = [each.claim.patient.public_id for each in self.candidates]
        return [*self.in_segments, *shown, *([self.chosen.patient.public_id] if self.chosen else [])]


def exception_view(exception: RemittanceException, *, chosen: str = "", number: str = "") -> ExceptionView:
    """`chosen` is a claim's public id, `number` a control number that was typed in its place."""
    row = exception.remitted_claim
    is_settled = exception.state == RemittanceException.State.SETTLED
    if row is None:
        payment = exception.payment
        segments = payment_segments(payment) if payment else file_segments(exception.file)
        payments = [payment] if payment else pages.payments_of(exception.file)
        shown = tuple(pages.patients_of_payments(payments))
        view = ExceptionView(segments, in_segments=shown, may_split=not why_not_to_split(exception))
        return replace(view, **_placed(exception)) if is_settled else view
    found = item_of(row)
    item = found if isinstance(found, x835.RemittedClaim) else None
    if is_settled:
        return ExceptionView(claim_segments(row), item, chosen=row.claim, **_placed(exception))
    claim = _chosen(row, chosen, number)
    return ExceptionView(
        segments=claim_segments(row),
        item=item,
        candidates=tuple(_candidates(row, item)),
        chosen=claim,
        preview=preview_posting(row, found, claim.public_id) if claim else None,
        number_unknown=bool(number) and claim is None,
        unexplained=ZERO if item else unexplained(clearing_rest(row.payment)),
        may_split=not why_not_to_split(exception),
    )


def _placed(exception: RemittanceException) -> dict[str, Any]:
    """What became of the money that it set apart."""
    rows = exception.hand_remittances.select_related("entered_by", "transmission__remittance_file").order_by("pk")
    found = tuple(rows.defer("transmission__payload"))
    return {"parked": parked_item(exception) if exception.entry_id else None, "by_hand": found}


def _candidates(row: RemittedClaim, item: x835.RemittedClaim | None) -> list[Candidate]:
    person = item and (item.patient or item.insured)
    last, first = (person.last_name, person.first_name) if person else ("", "")
    return candidates(row, last_name=last, first_name=first)


def _chosen(row: RemittedClaim, chosen: str, number: str) -> Claim | None:
    """What the person chose, else the claim that the number had found."""
    claims = Claim.objects.select_related("patient", "payer")
    if number:
        return claims.filter(control_number__iexact=number).first()
    if chosen:
        return claims.filter(public_id=chosen).first()
    return claims.filter(pk=row.claim_id).first() if row.claim_id else None
