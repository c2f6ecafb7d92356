"""Every rule, in the order in which a biller reads its findings. All run; none stops another."""

from collections.abc import Iterable, Iterator

from apps.claims.rules import (
    accidents,
    authorizations,
    care_management,
    code_pairs,
    coordination,
    coverage,
    diagnosis_codes,
    diagnosis_fit,
    drugs,
    enrollment,
    global_period,
    heading,
    laboratory,
    lines,
    members,
    modifier_cases,
    modifier_codes,
    modifier_fit,
    modifiers,
    other_providers,
    people,
    primary_care,
    procedures,
    providers,
    repeats,
    retold,
    sides,
    telehealth,
    unit_limits,
    wellness,
)
from apps.claims.rules.failures import UNCHECKED, UNREADABLE, asked
from apps.claims.rules.findings import Found, Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView

RULES: tuple[Rule, ...] = (
    *retold.RULES,
    *people.RULES,
    *coverage.RULES,
    *authorizations.RULES,
    *accidents.RULES,
    *members.RULES,
    *providers.RULES,
    *enrollment.RULES,
    *other_providers.RULES,
    *heading.RULES,
    *lines.RULES,
    *modifier_codes.RULES,
    *diagnosis_codes.RULES,
    *diagnosis_fit.RULES,
    *sides.RULES,
    *modifiers.RULES,
    *modifier_fit.RULES,
    *modifier_cases.RULES,
    *primary_care.RULES,
    *telehealth.RULES,
    *code_pairs.RULES,
    *unit_limits.RULES,
    *procedures.RULES,
    *drugs.RULES,
    *laboratory.RULES,
    *wellness.RULES,
    *care_management.RULES,
    *global_period.RULES,
    *repeats.RULES,
    *coordination.RULES,
)


def _told_from_elsewhere(_claim: ClaimView) -> Iterator[Issue]:
    return iter(())


# Findings that no rule over the snapshot makes: pyx12's, a receiver's, a person's. Queues and pages know them by the same table.
GUIDE = Rule("WF-X12-GUIDE", "X12 guide", Severity.BLOCK, _told_from_elsewhere)
FILE_REJECTED = Rule("RCV-FILE", "Refused at the file check", Severity.BLOCK, _told_from_elsewhere)
CLAIM_REJECTED = Rule("RCV-CLAIM", "Rejected before adjudication", Severity.BLOCK, _told_from_elsewhere)
HELD = Rule("RCV-HELD", "Held by a person", Severity.BLOCK, _told_from_elsewhere, overridable=True)
TO_CORRECT = Rule("RCV-CORRECT", "Correction to be made", Severity.BLOCK, _told_from_elsewhere, overridable=True)

BY_CODE: dict[str, Rule] = {
    rule.code: rule for rule in (*RULES, GUIDE, UNCHECKED, UNREADABLE, FILE_REJECTED, CLAIM_REJECTED, HELD, TO_CORRECT)
}


def rule_of(code: str, severity: str) -> Rule:
    """The rule; one that an upgrade has taken away is shown by what its finding says, and can be overridden by a person."""
    known = BY_CODE.get(code)
    return known or Rule(
        code, "A rule that is no longer in use", Severity(severity), _told_from_elsewhere, overridable=True
    )


WELL_FORMED: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.code.startswith("WF-"))
# Asks the payer to take back what it has, as it was sent: today's coding, coverage and tables do not judge it (DOMAIN 1).
VOID = "8"
# A further payer's claim repeats what the first judged: of its codes only the shape is looked at, and what this payer itself wants.
_CODING = ("DX-", "PX-", "MOD-", "NCCI-", "MUE-", "DUP-")
_OF_EVERY_PAYER = frozenset({"DX-SHAPE", "DX-TWICE", "PX-SHAPE", "MOD-SHAPE", "PX-NDC-SHAPE", "PX-NDC-MISSING"})


def is_of_coding(code: str) -> bool:
    """Whether a built-in rule is about how the visit was coded; else it is about who is billed, by whom and how."""
    return code.startswith(_CODING)


FURTHER_PAYER: tuple[Rule, ...] = tuple(
    rule for rule in RULES if rule.code in _OF_EVERY_PAYER or not is_of_coding(rule.code)
)


def scrub(claim: ClaimView) -> list[Found]:
    """All findings of all rules; to a further payer not those of coding; of a void, only whether it is well-formed."""
    rules = RULES if claim.payer_rank == 1 else FURTHER_PAYER
    if claim.frequency == VOID:
        rules = WELL_FORMED
    return _asked(rules, claim)


def scrub_form(claim: ClaimView) -> list[Found]:
    """Findings of well-formedness alone: what a simulation without scrubbing is left with (DOMAIN 2)."""
    return _asked(WELL_FORMED, claim)


def _asked(rules: Iterable[Rule], claim: ClaimView) -> list[Found]:
    return [found for rule in rules for found in asked(rule, rule.check, claim)]
