"""Claims to a further payer: what the payers before decided must be there and add up, or no payer takes the claim (X222A1 1.4.4)."""

from collections import defaultdict
from collections.abc import Iterator

from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView, OtherPayerView

MEDICARE = frozenset({"MA", "MB"})  # SBR09
# X222A1 2000B SBR05; 42 CFR 411 names the cases.
MEDICARE_REASONS = {
    "12": "Working aged, 65 or older, or spouse, with an employer's plan",
    "13": "Kidney failure, within the first months with an employer's plan",
    "14": "No-fault insurance, auto among it",
    "15": "Workers' compensation",
    "16": "Public Health Service or another federal agency",
    "41": "Black lung",
    "42": "Veterans Affairs",
    "43": "Disabled, under 65, with a large employer's plan",
    "47": "Other liability insurance",
}
# Where the first payer's own kind leaves no choice (SBR09).
_BY_FIRST_PAYER = {"WC": "15", "AM": "14", "LM": "47", "VA": "42"}


def needs_medicare_reason(claim: ClaimView) -> bool:
    return claim.payer_rank > 1 and claim.payer.filing_indicator in MEDICARE


def medicare_reason(claim: ClaimView) -> str:
    """SBR05; empty where it is not asked for, or where nobody has told it: it is never guessed from an age."""
    if not needs_medicare_reason(claim):
        return ""
    first = claim.others[0].payer.filing_indicator if claim.others else ""
    return claim.coverage.medicare_reason or _BY_FIRST_PAYER.get(first, "")


def medicare_secondary(claim: ClaimView) -> Iterator[Issue]:
    reason, field = medicare_reason(claim), "coverage.medicare_secondary_reason"
    if needs_medicare_reason(claim) and reason not in MEDICARE_REASONS:
        choices = ", ".join(MEDICARE_REASONS)
        yield Issue(f"Medicare is not first here: say why, by one of the codes {choices} (SBR05).", field)


def earlier_answers(claim: ClaimView) -> Iterator[Issue]:
    if claim.payer_rank == 1:
        return
    if not claim.others:
        yield Issue("The claim to the payer before this one is missing.")
    for other in claim.others:
        yield from _answer(claim, other)


def _answer(claim: ClaimView, other: OtherPayerView) -> Iterator[Issue]:
    name = other.payer.name
    if not other.lines and other.whole is None:
        yield Issue(f"No answer of {name} stands: this claim goes out after it.")
    elif not other.lines and other.whole and other.whole.paid + other.whole.adjusted != claim.total:
        yield Issue(f"What {name} paid and adjusted is not the claim's total ${claim.total:,.2f}.")
    elif other.lines:
        yield from _lines(claim, other)


def _lines(claim: ClaimView, other: OtherPayerView) -> Iterator[Issue]:
    """X222A1 1.4.4.2: SV102 is SVD02 and the line's CAS together."""
    for line in claim.lines:
        decision = other.lines.get(line.number)
        if decision is None:
            if line.amount:
                yield Issue(f"{other.payer.name} has not answered line {line.number}.", "", line.number)
        elif decision.paid + decision.adjusted != line.amount:
            yield Issue(
                f"What {other.payer.name} paid and adjusted of line {line.number} is not its charge ${line.amount:,.2f}.",
                "",
                line.number,
            )


def told_apart(claim: ClaimView) -> Iterator[Issue]:
    """X222A1 2430 SVD01: what a payer decided of a line leads to its plan (2320) by the payer's id (2330B NM109) and by nothing else."""
    plans: dict[str, list[OtherPayerView]] = defaultdict(list)
    for other in claim.others:
        plans[other.payer.claims_id].append(other)
    for payer_id, same in plans.items():
        if len(same) > 1 and any(other.lines for other in same):
            names = " and ".join(dict.fromkeys(other.payer.name for other in same))
            yield Issue(
                f"{len(same)} plans before this one are at {names}, id {payer_id}. A claim file names the plan of a line's answer by that "
                f"id alone, so nobody could tell their answers apart. Bill {claim.payer.name} in its portal or on paper with the answers "
                "of each, and enter what it answers under Remittances, from paper."
            )


RULES = (
    Rule("COV-EARLIER-ANSWERS", "Answer of the payer before", Severity.BLOCK, earlier_answers),
    Rule("COV-PLANS-AT-ONE-PAYER", "Two plans before at one payer", Severity.BLOCK, told_apart),
    Rule("COV-MEDICARE-REASON", "Why Medicare is not first", Severity.BLOCK, medicare_secondary),
)
