"""A denial is answered: by a corrected claim that we send, or by an appeal or a reopening that a person sent elsewhere."""

from datetime import date, datetime, timedelta

from django.db import transaction

from apps.claims.services import Change, move_claims, start_correction
from apps.claims.states import ClaimStatus
from apps.core import clock
from apps.core.models import User
from apps.denials.models import Denial
from apps.denials.rules import letters, prepare
from apps.denials.selectors.card import decided_elsewhere
from apps.denials.services.take_denial import OPEN, audit, take_denial
from apps.denials.services.write_letter import letter_refusal
from apps.worklist.models import WorkItem

# When nothing has come back by then, a person asks the payer.
FOLLOW_UP = timedelta(days=30)


class AnswerError(ValueError):
    """Why this answer cannot be sent yet, as a sentence."""


@transaction.atomic
def send_correction(*, denial_id: str, acting_user: User, now: datetime) -> None:
    """The corrected claim becomes a draft of the payer's route; scrubbing and the next batch take it from there.

    Raises DenialClosedError, AnswerError without a coder's confirmation or where another payer than the claim's decided, and
    claims.services.CorrectionRefusedError where the payer takes no corrected claims.
    """
    denial = take_denial(denial_id, now=now, states=OPEN)
    if denial.confirmed_by is None or denial.line is None:
        raise AnswerError("A coder confirms the change first.")
    if passed_on := decided_elsewhere(denial):
        raise AnswerError(passed_on)
    modifiers = [denial.prepared["modifier"], *denial.line.modifiers]
    start_correction(
        claim_id=denial.claim.public_id,
        changes=[Change("line.modifiers", modifiers, denial.line.number)],
        acting_user=acting_user,
        confirmed_by=denial.confirmed_by,
        now=now,
    )
    _answered(denial, Denial.State.CORRECTED, now)
    audit("send_correction", denial, acting_user=acting_user, now=now)


@transaction.atomic
def mark_appealed(
    *, denial_id: str, channel: Denial.Channel, tracking_number: str, acting_user: User, now: datetime
) -> None:
    """An appeal left by portal, fax, mail or phone; its tracking or reference number is the proof.

    A letter that was prepared must be complete. Raises DenialClosedError, AnswerError.
    """
    denial = take_denial(denial_id, now=now, states=OPEN)
    refusal = _appeal_refusal(denial)
    if refusal:
        raise AnswerError(refusal)
    _sent_elsewhere(denial, Denial.State.APPEALED, channel, tracking_number, now)
    if denial.claim.status in {ClaimStatus.DENIED, ClaimStatus.PARTLY_DENIED}:
        words = f"Appealed by {channel.label.lower()}: {denial.code}."
        move_claims([denial.claim], ClaimStatus.IN_APPEAL, what=words, now=now, acting_user=acting_user)
    audit("mark_appealed", denial, acting_user=acting_user, now=now, channel=channel.value)


@transaction.atomic
def mark_reopened(
    *, denial_id: str, channel: Denial.Channel, tracking_number: str, acting_user: User, now: datetime
) -> None:
    """A correction that the payer takes by portal, phone or form only (a reopening) was made there.

    Raises DenialClosedError, AnswerError.
    """
    denial = take_denial(denial_id, now=now, states=OPEN)
    _sent_elsewhere(denial, Denial.State.CORRECTED, channel, tracking_number, now)
    audit("mark_reopened", denial, acting_user=acting_user, now=now, channel=channel.value)


def _appeal_refusal(denial: Denial) -> str:
    if denial.prepared.get("kind") == "letter":
        return letter_refusal(denial)
    return "" if prepare.may_appeal(denial.remark_codes) else letters.NO_RIGHTS


def _sent_elsewhere(
    denial: Denial, state: Denial.State, channel: Denial.Channel, tracking_number: str, now: datetime
) -> None:
    number = tracking_number.strip()
    if not number:
        raise AnswerError("Enter the tracking, confirmation or reference number.")
    denial.channel, denial.tracking_number = channel, number[:60]
    denial.save(update_fields=["channel", "tracking_number"])
    _answered(denial, state, now)


def _answered(denial: Denial, state: Denial.State, now: datetime) -> None:
    denial.state, denial.answered_at = state, now
    denial.save(update_fields=["state", "answered_at"])
    _wait_until(denial, clock.practice_date(now) + FOLLOW_UP)


def _wait_until(denial: Denial, day: date) -> None:
    """The task rests until a person has to ask what became of it."""
    WorkItem.objects.filter(denial=denial, state=WorkItem.State.OPEN).update(
        title="Ask the payer what became of our answer",
        owner_role=WorkItem.OwnerRole.BILLER,
        due_on=day,
        snoozed_until=day,
    )
