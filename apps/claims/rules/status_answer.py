"""A 277 (005010X212) read for one claim: what the payer says became of it, in plain words, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from apps.claims.rules.x12_codes import CATEGORIES, status_sentence
from apps.core.identity import masked_text
from apps.x12.guides.x277 import ClaimStatus, Status


class StatusOutcome(StrEnum):
    """NOT_FOUND: a person decides whether it is sent again. DECIDED: its remittance is to come or is missing."""

    NOT_FOUND = "not_found"
    WITH_THEM = "with_them"
    REJECTED = "rejected"
    DECIDED = "decided"
    MORE_WANTED = "more_wanted"
    NOT_ANSWERED = "not_answered"


_O = StatusOutcome
# STC01-1, in our words. What is not here is read by its first letter.
_CATEGORIES: dict[str, tuple[StatusOutcome, str]] = {
    "A0": (_O.WITH_THEM, f"{CATEGORIES['A0']}."),
    "A1": (_O.WITH_THEM, f"{CATEGORIES['A1']}."),
    "A2": (_O.WITH_THEM, f"{CATEGORIES['A2']}."),
    "A3": (_O.REJECTED, f"{CATEGORIES['A3']}."),
    "A4": (_O.NOT_FOUND, f"{CATEGORIES['A4']}."),
    "A5": (_O.WITH_THEM, f"{CATEGORIES['A5']}."),
    "A6": (_O.REJECTED, f"{CATEGORIES['A6']}."),
    "A7": (_O.REJECTED, f"{CATEGORIES['A7']}."),
    "A8": (_O.REJECTED, f"{CATEGORIES['A8']}."),
    "D0": (_O.NOT_FOUND, "Their search for the claim found nothing, or more than one."),
    "F0": (_O.DECIDED, "It is decided."),
    "F1": (_O.DECIDED, "It is decided and paid."),
    "F2": (_O.DECIDED, "It is decided and denied."),
    "F3": (_O.DECIDED, "It was decided anew."),
    "F3F": (_O.DECIDED, "It was decided anew and passed on to another payer."),
    "F3N": (_O.DECIDED, "It was decided anew and not passed on."),
    "F4": (_O.DECIDED, "It is decided; nothing will be paid."),
    "P0": (_O.WITH_THEM, "It waits for a decision."),
    "P1": (_O.WITH_THEM, "It is being decided."),
    "P2": (_O.WITH_THEM, "It is being reviewed."),
    "P3": (_O.MORE_WANTED, "It waits for something that the payer has asked for."),
    "P4": (_O.MORE_WANTED, "It waits for the patient or another provider."),
    "P5": (_O.WITH_THEM, "It is decided; the payer's own systems hold it."),
}
_BY_LETTER: dict[str, tuple[StatusOutcome, str]] = {
    "F": (_O.DECIDED, "It is decided."),
    "P": (_O.WITH_THEM, "It waits for a decision."),
    "R": (_O.MORE_WANTED, "The payer wants more before it decides."),
    "E": (_O.NOT_ANSWERED, "They could not answer."),
}
_UNKNOWN = (_O.NOT_ANSWERED, "They answer what we cannot read.")
# Where one answer says several things of a claim, the one that asks for most.
_ORDER = (_O.REJECTED, _O.NOT_FOUND, _O.MORE_WANTED, _O.DECIDED, _O.WITH_THEM, _O.NOT_ANSWERED)


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    outcome: StatusOutcome
    sentence: str
    segment: int


def claim_status(claim: ClaimStatus) -> StatusAnswer:
    """What is said of the claim as a whole; where only its lines are spoken of, of these."""
    return status_answer(claim.statuses or [each for line in claim.lines for each in line.statuses], claim.segment)


def status_answer(statuses: Sequence[Status], segment: int) -> StatusAnswer:
    read = [(status, *_category(status)) for status in statuses]
    outcome = next((each for each in _ORDER if any(each is found for _, found, _ in read)), _O.NOT_ANSWERED)
    said = dict.fromkeys(_sentence(status, words) for status, found, words in read if found is outcome)
    return StatusAnswer(outcome, " ".join(said) or _UNKNOWN[1], statuses[0].segment if statuses else segment)


def _category(status: Status) -> tuple[StatusOutcome, str]:
    category = status.codes[0].category if status.codes else ""
    return _CATEGORIES.get(category) or _BY_LETTER.get(category[:1], _UNKNOWN)


def _sentence(status: Status, words: str) -> str:
    codes = dict.fromkeys(status_sentence(code.code, code.entity) for code in status.codes if code.code)
    return " ".join(part for part in (words, _payment(status), *codes, masked_text(status.message)) if part)


def _payment(status: Status) -> str:
    """Their amount, and by what check or transfer: where to look when the remittance is not here."""
    if not status.paid:
        return ""
    by = f" by {status.method.upper()} {status.check_number}".rstrip() if status.check_number else ""
    paid_on = status.paid_on or status.finalized_on
    day = f" on {paid_on:%b} {paid_on.day}, {paid_on.year}" if paid_on else ""
    return f"They paid ${status.paid:,.2f}{by}{day}."
