"""Modifiers whose fit depends on who did it, on what was done before, or on a paper that is on file (DOMAIN 2.4)."""

from collections.abc import Iterator

from apps.claims.rules.code_facts import Kind
from apps.claims.rules.coordination import MEDICARE
from apps.claims.rules.findings import Issue, Rule, Severity, modifiers_fix
from apps.claims.rules.laboratory import is_test
from apps.claims.rules.snapshot import ClaimView, LineView
from apps.core.odd_days import days_after

# SBR09 of commercial plans: preferred provider, point of service, exclusive provider, indemnity, Blue Cross, commercial, HMO.
COMMERCIAL = frozenset({"12", "13", "14", "15", "BL", "CI", "HM"})
_AGAIN = frozenset({"76", "77", "91"})
_SCREENING = ("Z00", "Z01", "Z11", "Z12", "Z13")
_BY_PHYSICIANS = frozenset({"80", "81", "82"})
_ASSISTANTS = _BY_PHYSICIANS | {"AS"}
# NUCC taxonomy: physician assistants and advanced practice nurses; allopathic and osteopathic physicians.
_PRACTITIONERS = ("363", "364")
_PHYSICIANS = ("20",)
SUBSTITUTES = frozenset({"Q5", "Q6"})
SUBSTITUTE_DAYS = 60
_HOSPICE = frozenset({"GV", "GW"})


def preventive(claim: ClaimView) -> Iterator[Issue]:
    """CPT appendix A, 33, and 45 CFR 147.130: what is preventive only when it was done as a screening says so by 33, or the patient pays
    a share. Which codes are so is data (`preventive` among the code facts).
    """
    if claim.payer.filing_indicator not in COMMERCIAL or not claim.around.known.values:
        return
    for line in claim.lines:
        if "33" in line.modifiers or not claim.around.known.of(Kind.PREVENTIVE, line.procedure):
            continue
        place = line.pointers[0] if line.pointers else 0
        if 0 < place <= len(claim.diagnoses) and claim.diagnoses[place - 1].startswith(_SCREENING):
            yield Issue(
                f"Line {line.number}: {line.procedure} was done as a screening. If it is a preventive service, a coder adds 33, so that "
                "the plan pays it without the patient's share.",
                "line.modifiers",
                line.number,
                modifiers_fix(line, [*line.modifiers, "33"], "Add modifier 33"),
            )


def repeats(claim: ClaimView) -> Iterator[Issue]:
    """CPT appendix A; Medicare Claims Processing Manual, chapter 16, 100.5.1: a laboratory test that was done again carries 91, anything
    else 76 (by the same hands) or 77 (by others'), and the first is billed too.
    """
    if claim.modifiers.isdisjoint(_AGAIN):
        return
    for line in claim.lines:
        said = _AGAIN.intersection(line.modifiers)
        if not said:
            continue
        laboratory = is_test(claim, line.procedure)
        if laboratory and said & {"76", "77"}:
            again = [*(modifier for modifier in line.modifiers if modifier not in _AGAIN), "91"]
            yield Issue(
                f"Line {line.number}: {line.procedure} is a laboratory test; one that was done again carries 91, not 76 or 77.",
                "line.modifiers",
                line.number,
                modifiers_fix(line, again, "Use modifier 91"),
            )
        elif not laboratory and "91" in said:
            yield _of(line, f"91 is for laboratory tests done again, and {line.procedure} is none")
        elif "77" not in said and not _has_first(claim, line):
            yield _of(
                line,
                f"{' and '.join(sorted(said))} says that {line.procedure} was done again, and its first is not billed that day",
            )


def _has_first(claim: ClaimView, line: LineView) -> bool:
    here = any(other.procedure == line.procedure and other.number != line.number for other in claim.lines)
    return here or any(other.procedure == line.procedure for other in claim.around.same_day)


def assistants(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 12, 20.4.3 and 110.3: 80 to 82 are a physician's, AS that of a physician assistant, nurse
    practitioner or clinical nurse specialist.
    """
    if claim.modifiers.isdisjoint(_ASSISTANTS):
        return
    taxonomy = claim.provider.taxonomy
    for line in claim.lines:
        said = sorted(_ASSISTANTS.intersection(line.modifiers))
        if len(said) > 1:
            yield _of(line, f"{' and '.join(said)} exclude each other: who assisted carries one of them")
        elif said == ["AS"] and taxonomy.startswith(_PHYSICIANS):
            yield _of(
                line, "AS is for a physician assistant or nurse who assisted; a physician who did carries 80, 81 or 82"
            )
        elif said and said != ["AS"] and taxonomy.startswith(_PRACTITIONERS):
            fixed = ["AS" if modifier in _BY_PHYSICIANS else modifier for modifier in line.modifiers]
            yield Issue(
                f"Line {line.number}: {said[0]} is for a physician who assisted; a physician assistant or nurse carries AS.",
                "line.modifiers",
                line.number,
                modifiers_fix(line, fixed, "Use modifier AS"),
            )


def signed_notice(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 30, 50: GA says that the patient signed the notice (ABN) before the service."""
    line = next((line for line in claim.lines if "GA" in line.modifiers), None)
    if line is None or claim.payer.filing_indicator not in MEDICARE:
        return
    signed = claim.abn_signed_on
    if signed is None:
        why = "GA says that a signed notice (ABN) is on file, and none is entered here. Enter its date, or a coder sets GZ"
    elif signed > claim.service_date:
        why = "the notice (ABN) was signed after the service, so that GA does not hold"
    else:
        return
    # Its field is one of the visit: no line is named beside it.
    yield Issue(f"Line {line.number}: {why}.", "encounter.abn_signed_on")


def substitutes(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 1, 30.2.10 and 30.2.11: for an absent physician others are billed for sixty days without
    a break, from the first day of the substitute; longer only where the physician was called to the armed forces.
    """
    if claim.modifiers.isdisjoint(SUBSTITUTES):
        return
    since = claim.around.substituted_since
    for line in claim.lines:
        said = SUBSTITUTES.intersection(line.modifiers)
        if len(said) > 1:
            yield _of(line, "Q5 (in exchange) and Q6 (for pay) exclude each other")
        elif (
            said
            and since
            and claim.payer.filing_indicator in MEDICARE
            and claim.service_date >= days_after(since, SUBSTITUTE_DAYS)
        ):
            yield _of(
                line,
                f"the substitution began on {since:%B} {since.day}, {since.year}, and Medicare takes {' '.join(said)} for "
                f"{SUBSTITUTE_DAYS} days. The substitute bills under their own number now",
            )


def hospice(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 11, 40 and 50: while the patient has elected hospice, part B pays the attending physician
    who is not the hospice's (GV) and what has nothing to do with the illness (GW).
    """
    elected = claim.around.hospice_since if claim.payer.filing_indicator in MEDICARE else None
    if not elected and claim.modifiers.isdisjoint(_HOSPICE):
        return
    for line in claim.lines:
        said = _HOSPICE.intersection(line.modifiers)
        if len(said) > 1:
            yield _of(line, "GV and GW exclude each other: the service belongs to the illness or it does not")
        elif elected and not said:
            yield _of(
                line,
                f"the patient elected hospice on {elected:%B} {elected.day}, {elected.year}. Medicare pays only the attending "
                "physician (GV) or what has nothing to do with the illness (GW); the rest is the hospice's",
            )


def _of(line: LineView, why: str) -> Issue:
    return Issue(f"Line {line.number}: {why}.", "line.modifiers", line.number)


RULES = (
    Rule("MOD-33", "Preventive service", Severity.WARN, preventive, clinical=True),
    Rule("MOD-REPEAT", "Service done again", Severity.BLOCK, repeats, overridable=True, clinical=True),
    Rule("MOD-ASSISTANT", "Assistant at surgery", Severity.BLOCK, assistants, overridable=True, clinical=True),
    Rule("MOD-ABN-SIGNED", "Signed notice not on file", Severity.BLOCK, signed_notice, overridable=True),
    Rule("MOD-LOCUM", "Substitute too long", Severity.BLOCK, substitutes, overridable=True),
    Rule("MOD-HOSPICE", "Patient in hospice", Severity.BLOCK, hospice, overridable=True, clinical=True),
)
