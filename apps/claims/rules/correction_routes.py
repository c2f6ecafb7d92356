"""By which way an answered claim can be corrected, and why so: payers' data, and what their answer says (DOMAIN 1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from apps.claims.states import ADJUDICATED, IN_FLIGHT, WAITS_FOR_US, ClaimStatus

# Original Medicare Part B: it takes neither replacements nor voids (Medicare Claims Processing Manual, chapter 34).
MEDICARE_PART_B = "MB"
_S = ClaimStatus
CORRECTABLE = (ADJUDICATED - {_S.FORWARDED}) | {_S.IN_APPEAL, _S.PATIENT_BALANCE, _S.CLOSED}


class Way(StrEnum):
    REPLACEMENT = "replacement"
    VOID = "void"
    NEW_CLAIM = "new_claim"
    REOPENING = "reopening"


CORRECTING = frozenset({Way.REPLACEMENT, Way.NEW_CLAIM})
FREQUENCY = {Way.REPLACEMENT: "7", Way.VOID: "8", Way.NEW_CLAIM: "1"}
# Where a person finds the payer's own number of a claim.
NUMBER_SOURCES = {
    "remittance": "the remittance",
    "portal": "the payer's portal",
    "phone": "a call to the payer",
    "letter": "the payer's letter",
}
WAY_NAMES = {
    Way.REPLACEMENT: "Replacement claim (7)",
    Way.VOID: "Void the claim (8)",
    Way.NEW_CLAIM: "New claim (1)",
    Way.REOPENING: "Reopening",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What decides it. `route`: a value of Payer.CorrectionRoute. `asks_for_new`: remark N142 stands. `unprocessable`: CO-16 with MA130.
    `asked_back`: its last sending was our void (8). `stays_out`: numbers of lines that a payer's standing answer to an earlier sending
    keeps out of what takes the place of the last one. `reopened_until`: " until <day> (<source>)"; empty: nobody has configured it.
    """

    status: ClaimStatus
    payer: str
    route: str
    filing_indicator: str
    payer_claim_number: str
    asks_for_new: bool = False
    unprocessable: bool = False
    asked_back: bool = False
    stays_out: tuple[int, ...] = ()
    reopened_until: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """`is_open`: this payer takes it of this claim now. `why`: the reason, for or against, as a sentence.

    `confirm`: what a person must have found out first, as that person's own sentence; empty where nothing is.
    """

    way: Way
    is_open: bool
    why: str
    confirm: str = ""

    @property
    def name(self) -> str:
        return WAY_NAMES[self.way]


def not_now(claim: Answered) -> str:
    """Why nothing of this claim can be corrected at present; empty where something can."""
    if claim.status in CORRECTABLE:
        return ""
    if claim.status in IN_FLIGHT:
        return f"{claim.payer} has not answered what was sent last; nothing is corrected while that is pending."
    if claim.status is _S.FORWARDED:
        return f"{claim.payer} passed the claim on; it is pending with the next payer."
    if claim.status in WAITS_FOR_US | {_S.DRAFT, _S.READY}:
        return "This claim is still with us: change it where its findings stand, and it leaves as it is then."
    return "This claim is over: it was voided or written off."


def offers(claim: Answered) -> tuple[Offer, ...]:
    """The way that this payer takes first; then what it does not take, each with its reason. Empty where `not_now` says why."""
    if not_now(claim):
        return ()
    new = _reason_for_new(claim)
    if new:
        instead = "A new claim is asked for instead."
        return (Offer(Way.NEW_CLAIM, True, new, _to_find_out(claim)), *_closed(instead))
    if claim.filing_indicator == MEDICARE_PART_B:
        why = f"{claim.payer} takes no replacement claims: a clerical error is corrected by reopening{claim.reopened_until}."
        return (Offer(Way.REOPENING, True, why), *_closed("Original Medicare takes neither 7 nor 8."))
    if claim.route == Way.REOPENING:
        why = f"{claim.payer} corrects by reopening{claim.reopened_until}: use its portal, phone or form."
        return (Offer(Way.REOPENING, True, why), *_closed(f"{claim.payer} takes no corrected claims."))
    if claim.route == Way.NEW_CLAIM:
        why = f"{claim.payer} takes corrections as new claims."
        return (Offer(Way.NEW_CLAIM, True, why), *_closed(why))
    return _by_number(claim)


def _reason_for_new(claim: Answered) -> str:
    if claim.unprocessable:
        return (
            "Refused as not processable (CO-16 with MA130), so there is nothing to replace:"
            " a new claim with the refused lines only."
        )
    if claim.asks_for_new:
        return "The payer's remark N142 asks for a new claim, not a replacement."
    if claim.status is _S.REVERSED and claim.asked_back:
        return f"{claim.payer} took its answer back, as our void asked: a new claim."
    if claim.status is _S.REVERSED:
        return (
            f"{claim.payer} took its answer back. Its corrected answer usually follows, and a claim sent before that would be a"
            " second one. If none is to come there is nothing to replace: a new claim."
        )
    return ""


def _to_find_out(claim: Answered) -> str:
    if claim.status is _S.REVERSED and not claim.asked_back:
        return f"{claim.payer} was asked, and no corrected answer is to come."
    return ""


def _closed(why: str) -> tuple[Offer, ...]:
    return Offer(Way.REPLACEMENT, False, why), Offer(Way.VOID, False, why)


def _by_number(claim: Answered) -> tuple[Offer, ...]:
    if not claim.payer_claim_number:
        return _closed("It needs the payer's claim number. Enter it from the remittance first.")
    names = f"{claim.payer} finds the original by its own number, {claim.payer_claim_number}."
    whole = f"It takes the place of the whole claim as it was answered. {names}"
    void = f"For a claim that should never have been: the payer takes its payment back. {names}"
    if claim.stays_out:
        which = f"{'line' if len(claim.stays_out) == 1 else 'lines'} {' and '.join(map(str, claim.stays_out))}"
        whole = f"It takes the place of what was sent last, without {which}: an earlier answer stands there. {names}"
        void = f"Only what was sent last is taken back, not {which}. {names}"
    return Offer(Way.REPLACEMENT, True, whole), Offer(Way.VOID, True, void)


def sent_by_itself(found: Iterable[Offer]) -> Offer | None:
    """Of the offers the one by which a prepared change goes out without another word of a person."""
    return next((offer for offer in found if offer.is_open and offer.way in CORRECTING and not offer.confirm), None)


def line_offer(claim: Answered) -> Offer:
    """By which way a line goes to the payer that was never sent, once the others were answered. Closed where it cannot go now."""
    if refusal := not_now(claim):
        return Offer(Way.NEW_CLAIM, False, refusal)
    found = offers(claim)
    first = found[0]
    if first.way is Way.REPLACEMENT and not claim.stays_out:
        return first
    if first.way is Way.NEW_CLAIM and first.confirm:
        return Offer(Way.NEW_CLAIM, False, first.why)
    return Offer(Way.NEW_CLAIM, True, f"{claim.payer} has never seen this line: a new claim of it alone.")
