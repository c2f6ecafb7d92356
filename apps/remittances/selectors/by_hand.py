"""What is entered by hand: the claims that it names, and who entered it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.claims.models import Claim
from apps.remittances.models import HandRemittance, RemittanceFile, RemittancePayment, RemittedClaim
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.selectors.situations import billed_claims


@dataclass(frozen=True, slots=True)
class ClaimToEnter:
    claim: Claim
    billed: BilledClaim


def claims_to_enter(*, public_ids: Collection[str] = (), number: str = "") -> list[ClaimToEnter]:
    """Claims by public id, or the one that bears a control number in any case."""
    named = Q(public_id__in=list(public_ids))
    if number:
        named |= Q(control_number__iexact=number)
    claims = {claim.pk: claim for claim in Claim.objects.filter(named).select_related("patient", "payer")}
    billed = billed_claims(Q(pk__in=list(claims)), lock=False) if claims else []
    return [ClaimToEnter(claims[each.claim_id], each) for each in billed if each.claim_id in claims]


def hand_remittance_of(file: RemittanceFile) -> HandRemittance | None:
    """Who entered the file; None for one that came."""
    found = HandRemittance.objects.filter(transmission=file.transmission_id)
    return found.select_related("entered_by", "source").first()


def undoing_file_of(payment: RemittancePayment) -> RemittanceFile | None:
    """The file by which a person undid the payment as a whole."""
    return RemittanceFile.objects.filter(transmission__by_hand__takes_back_payment=payment).first()


def purposes_by_file(file_ids: Collection[int]) -> dict[int, str]:
    """By the file's key, what it was entered as, in words; files that came are left out."""
    found = HandRemittance.objects.filter(transmission__remittance_file__in=file_ids)
    words = dict(HandRemittance.Purpose.choices)
    return {
        file: str(words[purpose]) for file, purpose in found.values_list("transmission__remittance_file", "purpose")
    }


def named_by_hand(transmission_ids: Collection[int]) -> dict[int, str]:
    """By transmission, the key of the CLP that a reversal by hand takes back."""
    found = HandRemittance.objects.filter(transmission__any_of=transmission_ids, takes_back__isnull=False)
    rows = found.select_related("takes_back__payment")
    return {row.transmission_id: row.takes_back.key for row in rows if row.takes_back is not None}


def answers_of(claim: Claim) -> "QuerySet[RemittedClaim]":
    """What payers said of the claim, the newest first; `taken_back`: a reversal has undone it."""
    undone = RemittedClaim.objects.filter(reverses=OuterRef("pk"))
    rows = RemittedClaim.objects.filter(claim=claim).select_related("payment__file")
    return rows.annotate(taken_back=Exists(undone)).order_by("-payment__paid_on", "-pk")
