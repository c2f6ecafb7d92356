"""A claim that a payer has answered goes out again, corrected, by the way that this payer takes (DOMAIN 1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.audit.trail import record
from apps.claims.models import Claim, Correction
from apps.claims.rules.correction_routes import CORRECTING, FREQUENCY, WAY_NAMES, Offer, Way, not_now, offers
from apps.claims.rules.fields import Change
from apps.claims.rules.findings import Found, Issue
from apps.claims.rules.registry import TO_CORRECT
from apps.claims.selectors.corrections import answered, lines_left_out, version_of
from apps.claims.services.change_fields import change_fields, locked_claims, require_coder_for
from apps.claims.services.hold_claims import Hold, hold_claims
from apps.claims.services.move_claims import move_claims
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge
from apps.core.models import User
from apps.core.sentences import inside


class CorrectionRefusedError(Exception):
    """This claim cannot be corrected so now. The message says why and what to do instead."""


@transaction.atomic
def start_correction(
    *,
    claim_id: str,
    changes: Sequence[Change],
    acting_user: User,
    now: datetime,
    confirmed_by: User | None = None,
) -> Claim:
    """The claim (public id) becomes a draft: a replacement (7) with the payer's number, or a new claim (1). The scrubber sees it next.

    `confirmed_by` is the coder whose confirmation of a clinical change is on record already, where another person sends it.
    A change to a line that the new version would not bear is refused. Raises CorrectionRefusedError, BadValueError, and
    PermissionDenied where no coder makes or confirmed a clinical change.
    """
    (claim,) = locked_claims([claim_id])
    require_coder_for(changes, confirmed_by or acting_user)
    offer = open_offer(claim, None)
    _begin(claim, offer, acting_user=acting_user, now=now, changes=changes)
    nudge("scrub_claims")
    return claim


@transaction.atomic
def correct_by_hand(
    *, claim_id: str, way: str, note: str, acting_user: User, now: datetime, found_out: bool = False
) -> Claim:
    """As above, chosen by a person, who then changes the claim where its findings stand: until it is saved there it does not leave.

    `note` says what was wrong; `found_out`: the person says that what the way asks for first is so (Offer.confirm). Raises
    CorrectionRefusedError.
    """
    (claim,) = locked_claims([claim_id])
    if way not in CORRECTING:
        raise CorrectionRefusedError("Choose how the claim is to be corrected.")
    offer = open_offer(claim, Way(way), found_out=found_out)
    _begin(claim, offer, acting_user=acting_user, now=now, note=_required(note))
    found = Found(TO_CORRECT, Issue(f"Make the correction, then save: {note.strip()}"[:300]))
    hold_claims([Hold(claim.pk, ClaimStatus.EXCEPTION, "Waits for its correction.", (found,))], now=now)
    claim.refresh_from_db(fields=["status"])
    return claim


@transaction.atomic
def void_at_payer(*, claim_id: str, note: str, acting_user: User, now: datetime) -> Claim:
    """The payer is asked to take the claim back (8), with its own number, as it was sent. `note` says why.

    Its charges stay here until the payer has answered. Raises CorrectionRefusedError.
    """
    (claim,) = locked_claims([claim_id])
    _begin(claim, open_offer(claim, Way.VOID), acting_user=acting_user, now=now, note=_required(note))
    nudge("scrub_claims")
    return claim


def open_offer(claim: Claim, way: Way | None, *, found_out: bool = False) -> Offer:
    """The way chosen, or the one that leads to a claim by itself. Raises CorrectionRefusedError where the payer does not take it, and
    where something has to be found out first and was not.
    """
    facts = answered(claim)
    if refusal := not_now(facts):
        raise CorrectionRefusedError(refusal)
    found = offers(facts)
    if way is None:
        way = next((offer.way for offer in found if offer.is_open and offer.way in FREQUENCY), None)
    chosen = next((offer for offer in found if offer.way == way), None)
    if chosen is None or not chosen.is_open:
        raise CorrectionRefusedError((chosen or found[0]).why)
    if chosen.confirm and not found_out:
        raise CorrectionRefusedError(
            f"{chosen.why} Ask {claim.payer.name} first, and say on the claim's page that you did."
        )
    return chosen


def _lines_left_out(claim: Claim, offer: Offer, changes: Sequence[Change]) -> set[int]:
    """Keys of the lines that the new version does not bear. A change to one of them would never reach the payer."""
    keys = lines_left_out(claim, offer.way)
    left_out = set(claim.lines.filter(pk__in=keys).values_list("number", flat=True))
    lost = sorted(left_out & {each.line for each in changes if each.line is not None})
    if lost:
        which = f"{'Line' if len(lost) == 1 else 'Lines'} {' and '.join(map(str, lost))}"
        raise CorrectionRefusedError(
            f"{which}: {claim.payer.name} has decided this already, and the correction bears only the other lines (after MA130 those"
            " refused as not processable), so the change would not reach the payer. Correct the other lines by hand on the claim's page,"
            f" and ask {claim.payer.name} to reopen its decision on the rest."
        )
    return keys


def _required(note: str) -> str:
    words = note.strip()[:200]
    if not words:
        raise CorrectionRefusedError("Say in a few words what was wrong.")
    return words


def _begin(
    claim: Claim, offer: Offer, *, acting_user: User, now: datetime, changes: Sequence[Change] = (), note: str = ""
) -> None:
    left_out = _lines_left_out(claim, offer, changes)
    begin(claim, offer, left_out, acting_user=acting_user, now=now, changes=changes, note=note)


def begin(
    claim: Claim,
    offer: Offer,
    left_out: set[int],
    *,
    acting_user: User,
    now: datetime,
    changes: Sequence[Change] = (),
    note: str = "",
    before: dict[str, Any] | None = None,
) -> None:
    """The claim becomes a draft of that way, without the lines `left_out` (keys). `before`: as it stood, where the caller has changed it
    already. The caller holds its lock.
    """
    Correction.objects.create(
        claim=claim,
        way=offer.way,
        why=offer.why[:240],
        note=note,
        before=before or version_of(claim),
        status_before=claim.status,
        started_at=now,
        started_by=acting_user,
    )
    claim.lines.update(left_out=False)
    claim.lines.filter(pk__in=left_out).update(left_out=True)
    claim.frequency = FREQUENCY[offer.way]
    claim.save(update_fields=["frequency"])
    labels = change_fields(claim, changes, acting_user=acting_user, now=now)
    told = f": {', '.join(map(inside, labels))}" if labels else f": {note}" if note else ""
    what = f"Correction started. {WAY_NAMES[offer.way]}{told}."
    move_claims([claim], ClaimStatus.DRAFT, what=what, now=now, acting_user=acting_user)
    record(
        "start_correction",
        acting_user=acting_user,
        now=now,
        subject_kind="claim",
        subject_public_id=claim.public_id,
        patients=[claim.patient.public_id],
        fields=labels,
        frequency=claim.frequency,
    )
