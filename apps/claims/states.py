"""A claim's states and the moves between them: one pure table (DOMAIN 1)."""

from enum import StrEnum


class ClaimStatus(StrEnum):
    DRAFT = "draft"  # built, not yet scrubbed
    EXCEPTION = "exception"  # the scrubber or a person holds it
    READY = "ready"
    BATCHED = "batched"
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"  # the 999 accepted its transaction
    ACCEPTED = "accepted"  # the payer's 277CA took it in
    REJECTED = "rejected"
    PAID = "paid"
    PARTLY_DENIED = "partly_denied"
    DENIED = "denied"
    FORWARDED = "forwarded"
    IN_APPEAL = "in_appeal"
    PATIENT_BALANCE = "patient_balance"
    CLOSED = "closed"
    WRITTEN_OFF = "written_off"
    REVERSED = "reversed"
    VOIDED = "voided"


class ImpossibleTransitionError(Exception):
    """A move that the table does not know; the message names both states."""


_S = ClaimStatus
# Between the file's writing and the payer's answer: a claim here is in a batch and in no other.
IN_FLIGHT = frozenset({_S.BATCHED, _S.SUBMITTED, _S.ACKNOWLEDGED, _S.ACCEPTED})
# Someone here has to do something before it can go out (again).
WAITS_FOR_US = frozenset({_S.EXCEPTION, _S.REJECTED})
WITH_US = WAITS_FOR_US | {_S.DRAFT}
# Nothing is asked of a payer any more.
GIVEN_UP = frozenset({_S.VOIDED, _S.WRITTEN_OFF})
# What a remittance makes of a claim. The payer has the last word: these can be reached from wherever we believed the claim to be,
# also from a draft of its correction, from a batch whose arrival nobody saw, from a rejection that another system overruled.
ADJUDICATED = frozenset({_S.PAID, _S.PARTLY_DENIED, _S.DENIED, _S.FORWARDED, _S.REVERSED})
# Of these a denial looks after what is still open, as long as nobody has decided it.
REFUSED = frozenset({_S.DENIED, _S.PARTLY_DENIED, _S.IN_APPEAL})
# From where a correction may begin beside a payer's answer itself: one that is cancelled leads back there.
_CORRECTED_FROM = frozenset({_S.IN_APPEAL, _S.PATIENT_BALANCE, _S.CLOSED})
TRANSITIONS: dict[ClaimStatus, frozenset[ClaimStatus]] = {
    # Only a draft becomes ready: nothing leaves, or leaves again, past today's rules. Back into its file when that arrived after all.
    _S.DRAFT: frozenset({_S.READY, _S.EXCEPTION, _S.BATCHED, _S.VOIDED}) | ADJUDICATED | _CORRECTED_FROM,
    _S.EXCEPTION: frozenset({_S.EXCEPTION, _S.DRAFT, _S.VOIDED, _S.WRITTEN_OFF}) | ADJUDICATED | _CORRECTED_FROM,
    _S.READY: frozenset({_S.BATCHED, _S.EXCEPTION, _S.DRAFT, _S.VOIDED}) | ADJUDICATED | _CORRECTED_FROM,
    # Back to the scrubber when the file surely did not arrive.
    _S.BATCHED: frozenset({_S.SUBMITTED, _S.DRAFT, _S.EXCEPTION}) | ADJUDICATED,
    # An answer may overtake another: the payer's 277CA, even the 835, before the 999 was read.
    _S.SUBMITTED: frozenset({_S.ACKNOWLEDGED, _S.ACCEPTED, _S.REJECTED, _S.DRAFT}) | ADJUDICATED,
    # Back to the scrubber when its payer does not find it and a person sends it again.
    _S.ACKNOWLEDGED: frozenset({_S.ACCEPTED, _S.REJECTED, _S.DRAFT}) | ADJUDICATED,
    _S.ACCEPTED: frozenset({_S.REJECTED}) | ADJUDICATED,
    _S.REJECTED: frozenset({_S.EXCEPTION, _S.DRAFT, _S.VOIDED, _S.WRITTEN_OFF}) | ADJUDICATED | _CORRECTED_FROM,
    _S.PAID: frozenset({_S.PATIENT_BALANCE, _S.CLOSED, _S.DRAFT}) | ADJUDICATED,
    _S.PARTLY_DENIED: frozenset({_S.PATIENT_BALANCE, _S.IN_APPEAL, _S.DRAFT, _S.CLOSED, _S.WRITTEN_OFF}) | ADJUDICATED,
    _S.DENIED: frozenset({_S.PATIENT_BALANCE, _S.IN_APPEAL, _S.DRAFT, _S.CLOSED, _S.WRITTEN_OFF}) | ADJUDICATED,
    _S.FORWARDED: frozenset({_S.PATIENT_BALANCE, _S.CLOSED}) | ADJUDICATED,
    _S.IN_APPEAL: frozenset({_S.WRITTEN_OFF, _S.CLOSED, _S.PATIENT_BALANCE, _S.DENIED, _S.DRAFT}) | ADJUDICATED,
    _S.PATIENT_BALANCE: frozenset({_S.CLOSED, _S.WRITTEN_OFF, _S.DRAFT}) | ADJUDICATED,
    _S.CLOSED: ADJUDICATED | {_S.PATIENT_BALANCE, _S.DRAFT},
    _S.WRITTEN_OFF: ADJUDICATED,
    _S.REVERSED: ADJUDICATED | {_S.CLOSED, _S.PATIENT_BALANCE, _S.DRAFT, _S.VOIDED},
    _S.VOIDED: frozenset(),
}


def move(old: ClaimStatus, new: ClaimStatus) -> ClaimStatus:
    """The new state. Raises ImpossibleTransitionError."""
    if new not in TRANSITIONS[old]:
        raise ImpossibleTransitionError(f"A claim that is {old.value} cannot become {new.value}.")
    return new
