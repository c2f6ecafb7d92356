"""A person says which version of a claim an answer is for, where the payer does not tell it or tells it wrong."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.audit.trail import record
from apps.claims.models import Adjudication
from apps.claims.rules.answered_version import BASIS_WORDS, VersionBasis
from apps.claims.selectors.versions_sent import NamedVersion, named_versions
from apps.claims.services import set_answered_version
from apps.claims.states import IN_FLIGHT
from apps.core.clock import practice_date
from apps.core.jobs import nudge
from apps.core.models import User
from apps.core.public_ids import new_public_id
from apps.remittances.encode import Source
from apps.remittances.models import RemittedClaim
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.selectors.situations import billed_claims
from apps.remittances.services.hand_files import HandEntryError
from apps.remittances.services.resolve import resolve_again
from apps.remittances.services.reverse_by_hand import why_not_to_reverse
from apps.remittances.services.settlements import mark_settled
from apps.remittances.services.version_questions import open_questions
from apps.remittances.services.write_claims import write_again


@dataclass(frozen=True, slots=True)
class VersionsView:
    """`taken_for`: the key of what made the version that it counts as answering, `basis` how that is known, `frequency` CLP09."""

    versions: list[NamedVersion]
    taken_for: int
    basis: str
    frequency: str
    refusal: str


def versions_view(row: RemittedClaim) -> VersionsView:
    """`refusal`: why nothing can be said of it, as a sentence; empty where it can."""
    versions = named_versions(row.claim_id) if row.claim_id else []
    said = _words(row).order_by("pk").first()
    refusal = why_not_to_reverse(row)
    if not refusal and len(versions) < 2:
        refusal = "This claim was sent in one version only, so this answers it."
    return VersionsView(
        versions,
        (said.correction_id or 0) if said else 0,
        BASIS_WORDS.get(VersionBasis(said.version_basis), "") if said else "",
        said.frequency if said else "",
        refusal,
    )


@transaction.atomic
def say_version(
    *, remitted_claim: RemittedClaim, correction: int, note: str, acting_user: User, now: datetime
) -> NamedVersion:
    """`correction`: what made the version that is answered, 0 for the claim as it was first sent. The books, the claim's state and its
    numbers follow; an open question about it is settled. Gives the version.

    Raises HandEntryError with the reason where it cannot be; then nothing has changed.
    """
    if not note.strip():
        raise HandEntryError("Say in a note how you found out, for those who read it later.")
    locked = billed_claims(Q(pk=remitted_claim.claim_id))
    billed = next((each for each in locked if each.claim_id == remitted_claim.claim_id), None)
    row = RemittedClaim.objects.select_related("claim__patient", "payment__file").get(pk=remitted_claim.pk)
    view = versions_view(row)
    if view.refusal or billed is None or row.claim is None:
        raise HandEntryError(view.refusal)
    chosen = next((each for each in view.versions if each.sent.correction == correction), None)
    if chosen is None:
        raise HandEntryError("Choose one of the versions that were sent.")
    newest = view.versions[-1].sent.correction
    _require_answer_left(row, view, correction, newest)
    what = f"The payer's answer of {row.payment.paid_on:%b} {row.payment.paid_on.day} is for version {chosen.number}: {note.strip()}"
    rows = list(_words(row).values_list("key", flat=True))
    set_answered_version(rows, correction, what=what, acting_user=acting_user, now=now)
    _bring_up(row, billed, ends=correction == newest, now=now)
    for question in open_questions().filter(remitted_claim=row).select_related("work_item"):
        mark_settled(question, note=note.strip(), acting_user=acting_user, now=now)
    record(
        "say_version",
        acting_user=acting_user,
        now=now,
        subject_kind="remitted_claim",
        subject_public_id=row.payment.file.public_id,
        patients=[row.claim.patient.public_id],
        version=str(chosen.number),
    )
    nudge("follow_postings")
    return chosen


def _words(row: RemittedClaim) -> "QuerySet[Adjudication]":
    return Adjudication.objects.filter(claim=row.claim_id, key__startswith=f"{row.key}:")


def _require_answer_left(row: RemittedClaim, view: VersionsView, correction: int, newest: int) -> None:
    """A claim that counts as answered cannot wait for its payer again."""
    if correction == newest or view.taken_for != newest or (row.claim and row.claim.status in IN_FLIGHT):
        return
    others = Adjudication.objects.filter(claim=row.claim_id, correction=newest or None, reversed=False)
    if not others.exclude(key__startswith=f"{row.key}:").exists():
        raise HandEntryError(
            "No other answer stands to what was sent last, and the claim would wait for one that nobody asks after. Enter that answer"
            " first, or correct the claim once more."
        )


def _bring_up(row: RemittedClaim, billed: BilledClaim, *, ends: bool, now: datetime) -> None:
    cause = Source(
        key=f"{row.key}:version:{new_public_id()}",
        transmission_id=row.payment.file.transmission_id,
        segment=row.segment,
        posted_on=practice_date(now),
        remitted_on=row.payment.paid_on,
        paid_by=row.payment.payer_id,
    )
    write_again(resolve_again(billed), cause, ended={billed.claim_id} if ends else frozenset(), now=now)
