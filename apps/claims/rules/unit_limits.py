"""More units than a patient can plausibly have had: medically unlikely edits (MUE) of the edition in force on the date of service.

By CMS's adjudication indicator: 1 each line for itself; 2 the day, by policy and absolute; 3 the day, which a payer may exceed for
records. Source: NCCI policy manual, chapter I, V; CMS change request 8853.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from apps.claims.rules.findings import Fix, Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView

LINE, DAY_ABSOLUTE, DAY = "1", "2", "3"


def line_limit(claim: ClaimView) -> Iterator[Issue]:
    """MAI 1: the units of one line."""
    for line in claim.lines:
        limit = claim.around.limits.get(line.procedure)
        if limit and limit.adjudication == LINE and line.units > limit.most:
            yield Issue(
                f"Line {line.number} bills {_number(line.units)} units of {line.procedure}; CMS takes at most {limit.most} on a line. "
                "Compare with the record; what was done apart goes on a line of its own with its modifier.",
                "line.units",
                line.number,
                _lowered(line.number, limit.most),
            )


def absolute_day_limit(claim: ClaimView) -> Iterator[Issue]:
    """MAI 2: the units of the day on all lines, also of claims that went ahead. No record opens it."""
    for line, code, units, most, fix in _beyond(claim, DAY_ABSOLUTE):
        yield Issue(
            f"{_number(units)} units of {code} are billed for this day; CMS takes at most {most}, without exception. "
            "A coder corrects the units.",
            "line.units",
            line,
            fix,
        )


def day_limit(claim: ClaimView) -> Iterator[Issue]:
    """MAI 3: as MAI 2, but a payer takes more where the record shows that it was needed."""
    for line, code, units, most, fix in _beyond(claim, DAY):
        yield Issue(
            f"{_number(units)} units of {code} are billed for this day; CMS takes at most {most} unless the record shows why. "
            "A coder corrects the units, or lets it go with the record at hand.",
            "line.units",
            line,
            fix,
        )


def _beyond(claim: ClaimView, adjudication: str) -> Iterator[tuple[int, str, Decimal, int, Fix | None]]:
    """Line, code, units of the day, limit and proposal, once a code, at its last line: that is where the limit was passed."""
    units: defaultdict[str, Decimal] = defaultdict(Decimal)
    for code, number in (
        *((line.procedure, line.units) for line in claim.lines),
        *((line.procedure, line.units) for line in claim.around.ahead),
    ):
        units[code] += number
    last = {line.procedure: line for line in claim.lines}
    for code, line in last.items():
        limit = claim.around.limits.get(code)
        if limit and limit.adjudication == adjudication and units[code] > limit.most:
            yield (
                line.number,
                code,
                units[code],
                limit.most,
                _lowered(line.number, line.units - units[code] + limit.most),
            )


def _lowered(line: int, units: Decimal | int) -> Fix | None:
    """None where nothing of the line would be left: it is taken off then."""
    if units <= 0:
        return None
    number = _number(Decimal(units))
    label = f"Bill {number} {'unit' if units == 1 else 'units'}; the charge falls with them"
    return Fix("line.units", number, label, line, clinical=True, charge_falls=True)


def _number(units: Decimal) -> str:
    return f"{units.normalize():f}"


RULES = (
    Rule("MUE-LINE", "Too many units on a line", Severity.BLOCK, line_limit, overridable=True, clinical=True),
    Rule("MUE-DAY-ABSOLUTE", "Too many units a day", Severity.BLOCK, absolute_day_limit, clinical=True),
    Rule("MUE-DAY", "Unlikely units a day", Severity.BLOCK, day_limit, overridable=True, clinical=True),
)
