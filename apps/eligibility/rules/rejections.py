"""What a rejected inquiry (AAA segment, 005010X279A1) asks for, and of whom. The sentences are ours."""

from dataclasses import dataclass
from enum import StrEnum


class Turn(StrEnum):
    """Whose turn it is."""

    NOBODY = "nobody"
    FRONT_DESK = "front_desk"
    ADMINISTRATOR = "administrator"
    RETRY = "retry"
    RETRY_FOR_TODAY = "retry_for_today"


@dataclass(frozen=True, slots=True)
class Meaning:
    turn: Turn
    sentence: str
    not_found: bool = False


_F, _A = Turn.FRONT_DESK, Turn.ADMINISTRATOR
_REASONS = {
    "41": Meaning(_A, "The payer does not let this practice ask."),
    "42": Meaning(Turn.RETRY, "The payer cannot answer right now."),
    "43": Meaning(_A, "The payer does not accept the practice's NPI."),
    "44": Meaning(_A, "The payer does not accept the practice's name."),
    "45": Meaning(_A, "The payer misses or refuses the practice's specialty."),
    "46": Meaning(_A, "The payer misses or refuses the practice's phone number."),
    "47": Meaning(_A, "The payer misses or refuses the practice's state."),
    "48": Meaning(_A, "The payer misses or refuses a reference number of the practice."),
    "50": Meaning(_A, "The practice is not enrolled to ask this payer."),
    "51": Meaning(_A, "The payer does not know this practice."),
    "58": Meaning(_F, "The birth date is missing or not valid.", not_found=True),
    "62": Meaning(Turn.RETRY_FOR_TODAY, "The payer does not answer for that day yet."),
    "63": Meaning(Turn.RETRY_FOR_TODAY, "The payer does not answer for a day to come."),
    "64": Meaning(_F, "The member ID is missing or not valid.", not_found=True),
    "65": Meaning(_F, "The patient's name is missing or not valid.", not_found=True),
    "67": Meaning(_F, "The payer cannot find this patient.", not_found=True),
    "68": Meaning(_F, "The payer finds more than one patient with this member ID.", not_found=True),
    "71": Meaning(_F, "The birth date is not the one that the payer has.", not_found=True),
    "72": Meaning(_F, "The payer does not know this member ID.", not_found=True),
    "73": Meaning(_F, "The subscriber's name is not the one that the payer has.", not_found=True),
    "75": Meaning(_F, "The payer cannot find this subscriber.", not_found=True),
    "76": Meaning(_F, "The payer finds more than one subscriber with this member ID.", not_found=True),
    "79": Meaning(_A, "The payer's ID for eligibility is wrong or not enrolled."),
    "80": Meaning(Turn.RETRY, "The payer's system did not answer."),
    "T4": Meaning(_A, "The payer's name or ID is missing or wrong."),
}
_OTHER = Meaning(_F, "The payer refused the inquiry.")
# AAA04: the payer says whether to send it again, whatever the reason.
_SEND_AGAIN = frozenset({"P"})
_DO_NOT_SEND_AGAIN = frozenset({"N", "S", "W", "X", "Y"})


def meaning_of(reason: str, follow_up: str = "") -> Meaning:
    """Of one AAA: `reason` is AAA03, `follow_up` AAA04, which overrides the reason's usual turn."""
    usual = _REASONS.get(reason, _OTHER)
    if follow_up in _SEND_AGAIN:
        return Meaning(Turn.RETRY, usual.sentence, usual.not_found)
    if usual.turn in {Turn.RETRY, Turn.RETRY_FOR_TODAY} and follow_up in _DO_NOT_SEND_AGAIN:
        return Meaning(Turn.FRONT_DESK, usual.sentence, usual.not_found)
    return usual
