"""The same service twice: on a claim, or on another claim of that day. Payers deny the second as a duplicate (CARC 18)."""

from collections.abc import Iterator

from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.modifier_fit import DISTINCT
from apps.claims.rules.snapshot import ClaimView, LineView
from apps.claims.rules.surroundings import OtherLineView

# They say that it was done again, or apart. Source: CPT appendix A; CMS claims processing manual, chapter 1, 120 (duplicates).
AGAIN = DISTINCT | {"76", "77", "91"}


def _service(line: LineView | OtherLineView) -> tuple[str, frozenset[str]]:
    return line.procedure, frozenset(line.modifiers)


def line_twice(claim: ClaimView) -> Iterator[Issue]:
    """CMS claims processing manual, chapter 1, 120: same code, same modifiers, same day, same provider."""
    first: dict[tuple[str, frozenset[str]], int] = {}
    for line in claim.lines:
        if not line.procedure or AGAIN.intersection(line.modifiers):
            continue
        earlier = first.setdefault(_service(line), line.number)
        if earlier != line.number:
            yield Issue(
                f"Line {line.number} repeats line {earlier}: {line.procedure} with the same modifiers. If it was done twice, a coder "
                "adds the units to one line, or says so by 76, 77, 91 or 59.",
                "line.modifiers",
                line.number,
            )


def claim_twice(claim: ClaimView) -> Iterator[Issue]:
    """As `line_twice`, beside the claims of the patient's other visits that day which went ahead and are neither void nor given up."""
    others = [other for other in claim.around.ahead if other.claim != claim.control_number]
    ahead = {_service(other): other.claim for other in reversed(others)}
    for line in claim.lines:
        other = ahead.get(_service(line))
        if other and not AGAIN.intersection(line.modifiers):
            yield Issue(
                f"{line.procedure} on line {line.number} is billed for this day already, on claim {other}: same patient and provider. "
                "If it is the same service, void this claim; if not, a coder says so by 76, 77, 91 or 59.",
                "line.modifiers",
                line.number,
            )


RULES = (
    Rule("DUP-LINE", "Same service on two lines", Severity.BLOCK, line_twice, overridable=True, clinical=True),
    Rule("DUP-CLAIM", "Billed already on another claim", Severity.BLOCK, claim_twice, overridable=True),
)
