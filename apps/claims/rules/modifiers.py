"""Modifiers that the combination of lines asks for. What they propose is a clinical statement: a coder confirms it (DOMAIN 2)."""

from collections.abc import Iterator

from apps.claims.rules.code_facts import Kind
from apps.claims.rules.findings import Fix, Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView
from apps.claims.rules.visits import OFFICE_VISITS, PREVENTIVE_VISITS

# Drawing blood needs no separate visit; of the medicine section these carry one of their own.
_DRAWS = frozenset({"36415", "36416"})
_TREATMENTS = frozenset(["90460", "90471", "90473", "94640", "96360", "96365", "96372", "96374"])


def is_procedure(code: str) -> bool:
    """Whether a CPT code is a procedure that includes the visit leading to it."""
    if code in _DRAWS or not code.isdigit():
        return False
    return code in _TREATMENTS or 10004 <= int(code) <= 69990


def modifier_25(claim: ClaimView) -> Iterator[Issue]:
    """NCCI policy manual, chapter I, D: beside a procedure or a preventive visit of that day a visit is paid only if it was separate;
    the visit that decided on an operation of 90 days carries 57 instead.
    """
    has_procedure = any(is_procedure(line.procedure) for line in claim.lines)
    has_preventive = any(line.procedure in PREVENTIVE_VISITS for line in claim.lines)
    has_major = "57" in claim.modifiers and any(
        claim.around.known.of(Kind.GLOBAL, line.procedure) == "090" for line in claim.lines
    )
    for line in claim.lines:
        is_visit = line.procedure in OFFICE_VISITS
        beside = (is_visit and (has_procedure or has_preventive)) or (
            line.procedure in PREVENTIVE_VISITS and has_procedure
        )
        decided = "57" in line.modifiers and has_major
        if not beside or "25" in line.modifiers or decided:
            continue
        other = "a procedure" if has_procedure else "a preventive visit"
        yield Issue(
            f"Line {line.number} is a visit on the same day as {other}, without modifier 25. If the note shows a separate visit, "
            "a coder adds 25; if not, the visit is not billed apart.",
            "line.modifiers",
            line.number,
            Fix("line.modifiers", ["25", *line.modifiers], "Add modifier 25", line.number, clinical=True),
        )


RULES = (Rule("MOD-25", "Visit beside a procedure", Severity.BLOCK, modifier_25, overridable=True, clinical=True),)
