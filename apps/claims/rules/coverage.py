"""The coverage as the payer itself told it, and its place among the patient's coverages of the day (DOMAIN 2.6)."""

from collections.abc import Iterator
from datetime import date

from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.payers_word import PayersWord
from apps.claims.rules.snapshot import ClaimView
from apps.eligibility.rules.kinds import VerdictKind

FIELD = "coverage.member_id"
AGAIN = "Compare it with the card; a newer answer, or a call that is noted, takes this one's place."


def _word(claim: ClaimView) -> PayersWord | None:
    """None for a void, which takes back what has been billed, and for a visit that the patient pays: no plan is asked."""
    return None if claim.frequency == "8" or claim.agreed_self_pay else claim.around.word


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def active_by_answer(claim: ClaimView) -> Iterator[Issue]:
    word = _word(claim)
    if word is None:
        return
    kind = word.kind_on(claim.service_date)
    said = f"{claim.payer.name} said on {_day(word.said_on)}:"
    if kind == VerdictKind.NOT_FOUND:
        yield Issue(f"{said} {word.sentence or 'there is no such member.'} {AGAIN}", FIELD)
    elif kind == VerdictKind.INACTIVE:
        yield Issue(f"{said} {_inactive(word, claim.service_date)} {AGAIN}", FIELD)
    elif kind == VerdictKind.OTHER_PAYER and (word.instead or claim.payer_rank == 1):
        does = "stands in this plan's place" if word.instead else "pays first"
        yield Issue(f"{said} {word.other_payer or 'another plan'} {does}. Enter that plan.", FIELD)


def _inactive(word: PayersWord, day: date) -> str:
    if word.ends_on and word.ends_on < day:
        return f"coverage ended on {_day(word.ends_on)}."
    if word.begins_on and word.begins_on > day:
        return f"coverage begins only on {_day(word.begins_on)}."
    return word.sentence or "the plan is not active on the date of service."


def answered_by_another(claim: ClaimView) -> Iterator[Issue]:
    word = _word(claim)
    if word and word.by:
        yield Issue(
            f"The answer of {_day(word.said_on)} about this coverage came from {word.by}, but the claim goes to {claim.payer.name}.",
            FIELD,
        )


def one_of_each_rank(claim: ClaimView) -> Iterator[Issue]:
    if claim.around.rivals and claim.frequency != "8":
        names = " and ".join((claim.payer.name, *claim.around.rivals))
        yield Issue(
            f"{names} both hold on the date of service with the same place in the order of payers. End one, or give it another place.",
            FIELD,
        )


def told_order(claim: ClaimView) -> Iterator[Issue]:
    """To a further payer, whose answer names a first payer other than the ones that we asked before it."""
    word = _word(claim)
    if word is None or not word.other_payer or word.instead or claim.payer_rank == 1:
        return
    asked = {other.payer.name.casefold() for other in claim.others}
    if word.other_payer.casefold() not in asked:
        yield Issue(
            f"{claim.payer.name} said on {_day(word.said_on)} that {word.other_payer} pays first; it is not among the payers asked before.",
            FIELD,
        )


RULES = (
    Rule("COV-ACTIVE", "Not covered, says the payer", Severity.BLOCK, active_by_answer, overridable=True),
    Rule("COV-PAYER", "Another payer answered", Severity.BLOCK, answered_by_another, overridable=True),
    Rule("COV-ORDER", "Two coverages of the same rank", Severity.BLOCK, one_of_each_rank, overridable=True),
    Rule("COV-ORDER-TOLD", "The payer names another first payer", Severity.WARN, told_order),
)
