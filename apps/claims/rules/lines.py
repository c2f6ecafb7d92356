"""Service lines: units, amounts, pointers, codes of the right shape."""

from collections.abc import Iterator

from apps.claims.rules.findings import MOST_MODIFIERS, Issue, Rule, Severity
from apps.claims.rules.shapes import is_diagnosis, is_modifier, is_procedure
from apps.claims.rules.snapshot import ClaimView

MOST_POINTERS = 4


def units(claim: ClaimView) -> Iterator[Issue]:
    for line in claim.lines:
        if line.units <= 0:
            yield Issue(f"Line {line.number} has no units.", "line.units", line.number)


def amount(claim: ClaimView) -> Iterator[Issue]:
    for line in claim.lines:
        if line.amount < 0:
            yield Issue(f"Line {line.number} has a negative charge.", "line.amount", line.number)


def free_line(claim: ClaimView) -> Iterator[Issue]:
    for line in claim.lines:
        if line.amount == 0:
            yield Issue(f"Line {line.number} has no charge. A payer pays nothing for it.", "line.amount", line.number)


def pointers(claim: ClaimView) -> Iterator[Issue]:
    known = range(1, len(claim.diagnoses) + 1)
    for line in claim.lines:
        place = ("line.diagnosis_pointers", line.number)
        if not line.pointers:
            yield Issue(f"Line {line.number} points to no diagnosis.", *place)
        elif len(line.pointers) > MOST_POINTERS:
            yield Issue(
                f"Line {line.number} points to {len(line.pointers)} diagnoses; a line carries at most {MOST_POINTERS}.",
                *place,
            )
        elif any(pointer not in known for pointer in line.pointers):
            yield Issue(f"Line {line.number} points to a diagnosis that the claim does not have.", *place)


def procedure_shape(claim: ClaimView) -> Iterator[Issue]:
    for line in claim.lines:
        if not is_procedure(line.procedure):
            name = line.procedure or "Nothing"
            yield Issue(
                f"{name} on line {line.number} is not a CPT or HCPCS code. Map it in the EHR's charge list.",
                "line.procedure",
                line.number,
            )


def diagnosis_shape(claim: ClaimView) -> Iterator[Issue]:
    for code in claim.diagnoses:
        if not is_diagnosis(code):
            yield Issue(f"{code or 'An empty field'} is not an ICD-10-CM code.", "claim.diagnoses")


def diagnosis_twice(claim: ClaimView) -> Iterator[Issue]:
    seen: set[str] = set()
    for code in claim.diagnoses:
        if code in seen:
            yield Issue(f"The diagnosis {code} stands on the claim twice.", "claim.diagnoses")
        seen.add(code)


def modifier_shape(claim: ClaimView) -> Iterator[Issue]:
    for line in claim.lines:
        place = ("line.modifiers", line.number)
        for modifier in line.modifiers:
            if not is_modifier(modifier):
                yield Issue(f"{modifier} on line {line.number} is not a modifier: two letters or digits.", *place)
        if len(line.modifiers) > MOST_MODIFIERS:
            yield Issue(f"Line {line.number} has more than {MOST_MODIFIERS} modifiers.", *place)
        elif len(set(line.modifiers)) < len(line.modifiers):
            yield Issue(f"Line {line.number} carries a modifier twice.", *place)


RULES = (
    Rule("WF-UNITS", "Units", Severity.BLOCK, units, clinical=True),
    Rule("WF-AMOUNT", "Negative charge", Severity.BLOCK, amount),
    Rule("WF-FREE-LINE", "Line without a charge", Severity.WARN, free_line),
    Rule("WF-POINTERS", "Diagnosis of a line", Severity.BLOCK, pointers, clinical=True),
    Rule("PX-SHAPE", "Procedure code not mapped", Severity.BLOCK, procedure_shape, clinical=True),
    Rule("DX-SHAPE", "Diagnosis code", Severity.BLOCK, diagnosis_shape, clinical=True),
    Rule("DX-TWICE", "Diagnosis twice", Severity.WARN, diagnosis_twice),
    Rule("MOD-SHAPE", "Modifier", Severity.BLOCK, modifier_shape, clinical=True),
)
