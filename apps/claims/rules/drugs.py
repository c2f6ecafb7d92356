"""Drugs: which product it was (National Drug Code), and what became of the rest of its container."""

import re
from collections.abc import Iterator

from apps.claims.rules.code_facts import MULTI_DOSE, SINGLE_DOSE, Kind
from apps.claims.rules.coordination import MEDICARE
from apps.claims.rules.findings import Fix, Issue, Rule, Severity, modifiers_fix
from apps.claims.rules.snapshot import ClaimView, LineView

# X222A1 2410 CTP05-1.
DRUG_UNITS = {"F2": "International unit", "GR": "Gram", "ME": "Milligram", "ML": "Milliliter", "UN": "Unit"}
_ELEVEN = re.compile(r"\d{11}", re.ASCII)
# Labeler, product and package as printed: 5-4-2, or ten digits with one part a digit short (21 CFR 207.33).
_PRINTED = re.compile(r"(\d{4,5})-(\d{3,4})-(\d{1,2})", re.ASCII)


def eleven_digits(printed: str) -> str:
    """The eleven digits (5-4-2) of a code as printed with hyphens; empty where they cannot be told.

    Without hyphens nobody knows which of three places of a ten-digit code the zero belongs in.
    """
    parts = _PRINTED.fullmatch(printed.strip())
    if parts is None:
        return ""
    labeler, product, package = parts.groups()
    if len(labeler) + len(product) + len(package) < 10:
        return ""
    return labeler.zfill(5) + product.zfill(4) + package.zfill(2)


def drug_number_shape(claim: ClaimView) -> Iterator[Issue]:
    """X222A1 2410: LIN03 is eleven digits, and CTP04 and CTP05 come with it."""
    for line in claim.lines:
        if not line.ndc:
            if line.ndc_units is not None or line.ndc_unit_measure:
                yield _of(
                    line,
                    "a quantity of a drug stands here without its National Drug Code. Enter the code, or empty it",
                    "ndc",
                )
            continue
        if not _ELEVEN.fullmatch(line.ndc):
            yield _padded(line)
        if line.ndc_units is None or line.ndc_units <= 0:
            yield _of(line, "the National Drug Code lacks the quantity that was given", "ndc_units")
        if line.ndc_unit_measure not in DRUG_UNITS:
            yield _of(line, f"the quantity of the drug needs its unit: {', '.join(DRUG_UNITS)}", "ndc_unit_measure")


def _padded(line: LineView) -> Issue:
    whole = eleven_digits(line.ndc)
    why = "the National Drug Code is not eleven digits (5-4-2)"
    if not whole:
        return _of(line, f"{why}. Enter it as it is printed on the package, with its hyphens", "ndc")
    fix = Fix("line.ndc", whole, f"Use {whole}", line.number)
    return Issue(f"Line {line.number}: {why}.", "line.ndc", line.number, fix)


def drug_number_missing(claim: ClaimView) -> Iterator[Issue]:
    """Where the payer wants it is data (`DrugNumberPolicy`): the drug's code alone does not say which product it was."""
    source = claim.around.wants_drug_number
    if not source or claim.frequency == "8":
        return
    for line in claim.lines:
        if not line.ndc and _is_drug(claim, line):
            yield _of(
                line,
                f"{claim.payer.name} wants the National Drug Code of {line.procedure} with its quantity and unit ({source})",
                "ndc",
            )


def _is_drug(claim: ClaimView, line: LineView) -> bool:
    return line.procedure.startswith("J") or bool(claim.around.known.of(Kind.DRUG, line.procedure))


def drug_waste(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 17, 40: of a single-dose container either what was discarded is a line of its own with
    JW beside that of what was given, or JZ says that nothing was. From which day a code is held to it is its row's date.
    """
    if claim.payer.filing_indicator not in MEDICARE or not claim.around.known.values:
        return
    for code in dict.fromkeys(line.procedure for line in claim.lines):
        container = claim.around.known.of(Kind.DRUG, code)
        lines = [line for line in claim.lines if line.procedure == code]
        if container == SINGLE_DOSE:
            yield from _single_dose(lines)
        elif container == MULTI_DOSE:
            for line in lines:
                if {"JW", "JZ"}.intersection(line.modifiers):
                    yield _of(line, f"{code} comes in a multi-dose container; JW and JZ are of single-dose ones only")


def _single_dose(lines: list[LineView]) -> Iterator[Issue]:
    discarded = [line for line in lines if "JW" in line.modifiers]
    given = [line for line in lines if "JW" not in line.modifiers]
    for line in discarded:
        if "JZ" in line.modifiers:
            yield _of(line, "JW says that some was discarded, JZ that nothing was")
        elif not given:
            yield _of(line, f"JW is the line of what was discarded, and no other line bills the {line.procedure} given")
    for line in given:
        if discarded and "JZ" in line.modifiers:
            yield _of(line, f"JZ says that nothing was discarded, and line {discarded[0].number} bills what was (JW)")
        elif not discarded and "JZ" not in line.modifiers:
            fix = modifiers_fix(line, [*line.modifiers, "JZ"], "Add modifier JZ")
            yield Issue(
                f"Line {line.number}: {line.procedure} comes in a single-dose container. JZ says that nothing was discarded; what "
                "was is a line of its own with JW.",
                "line.modifiers",
                line.number,
                fix,
            )


def _of(line: LineView, why: str, column: str = "modifiers") -> Issue:
    return Issue(f"Line {line.number}: {why}.", f"line.{column}", line.number)


RULES = (
    Rule("PX-NDC-SHAPE", "National Drug Code", Severity.BLOCK, drug_number_shape),
    Rule("PX-NDC-MISSING", "National Drug Code missing", Severity.BLOCK, drug_number_missing, overridable=True),
    Rule("PX-DRUG-WASTE", "Rest of a single-dose drug", Severity.BLOCK, drug_waste, overridable=True, clinical=True),
)
