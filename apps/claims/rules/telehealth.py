"""Visits at a distance, by the payer's own policy of the day (practice.TelehealthPolicy). Where it states nothing, nothing is judged."""

from collections.abc import Iterator

from apps.claims.rules.coordination import MEDICARE
from apps.claims.rules.findings import Issue, Rule, Severity, modifiers_fix
from apps.claims.rules.shapes import code_number
from apps.claims.rules.snapshot import ClaimView, LineView, TelehealthView
from apps.claims.rules.visits import is_evaluation

# CMS's places: telehealth elsewhere than at home, telehealth at home.
_PLACES = frozenset({"02", "10"})
_SOUND_ONLY = "93"
_BY_VIDEO = frozenset({"95", "GT"})
_SAY_DISTANCE = _BY_VIDEO | {_SOUND_ONLY}
# Original Medicare keeps 95 where the clinician is in a hospital and the patient at home, and for physical and occupational therapists and
# speech-language pathologists (NUCC taxonomy); the place is then that of a visit in person (Physician Fee Schedule 2024 final rule, II.D).
_HOSPITALS = frozenset({"19", "21", "22", "23"})
_THERAPISTS = ("2251", "225X", "235Z")
# Psychiatry, nutrition: what is talked about elsewhere than in an evaluation.
_TALKED = (range(90785, 90900), range(97802, 97805))


def places(claim: ClaimView) -> Iterator[Issue]:
    policy = claim.payer.telehealth
    if policy is None:
        return
    if (
        policy.places
        and _is_at_distance(claim)
        and claim.place_of_service not in policy.places
        and not _may_keep_95(claim)
    ):
        yield Issue(
            f"{claim.payer.name} takes visits at a distance with place of service {' or '.join(policy.places)}, and this claim says "
            f"{claim.place_of_service} ({policy.source}). 10 is the patient's home, 02 elsewhere.",
            "claim.place_of_service",
        )
    if policy.takes_98000 is False and claim.payer.filing_indicator not in MEDICARE:
        for line in claim.lines:
            if _is_telemedicine(line.procedure):
                yield Issue(
                    f"Line {line.number}: {claim.payer.name} does not take {line.procedure} ({policy.source}). It wants the code of the "
                    "visit in the office.",
                    "line.procedure",
                    line.number,
                )


def modifiers(claim: ClaimView) -> Iterator[Issue]:
    policy = claim.payer.telehealth
    if policy is None or not _is_at_distance(claim):
        return
    for line in claim.lines:
        if not _is_talked(line.procedure):
            continue
        if _SOUND_ONLY in line.modifiers:
            yield from _sound_only(claim, line, policy)
        else:
            yield from _video(claim, line, policy)


def _sound_only(claim: ClaimView, line: LineView, policy: TelehealthView) -> Iterator[Issue]:
    wanted = policy.audio_modifier
    if wanted == TelehealthView.REFUSED:
        yield _of(claim, line, policy, "does not pay a visit by sound alone (93)")
    elif wanted is not None and wanted != _SOUND_ONLY:
        others = [modifier for modifier in line.modifiers if modifier != _SOUND_ONLY]
        proposed = [*others, wanted] if wanted and wanted not in others else others
        words = f"wants {wanted} on" if wanted else "wants no modifier on"
        yield _of(claim, line, policy, f"{words} a visit by sound alone, not 93", proposed)


def _video(claim: ClaimView, line: LineView, policy: TelehealthView) -> Iterator[Issue]:
    wanted = policy.video_modifier
    said = _BY_VIDEO.intersection(line.modifiers)
    if wanted == TelehealthView.REFUSED:
        yield _of(claim, line, policy, "does not pay a visit by video")
    elif wanted and wanted not in line.modifiers:
        others = [modifier for modifier in line.modifiers if modifier not in _BY_VIDEO]
        by_sound = (
            f" ({policy.audio_modifier} where it was by sound alone)" if policy.audio_modifier == _SOUND_ONLY else ""
        )
        yield _of(claim, line, policy, f"wants {wanted} on a visit by video{by_sound}", [*others, wanted])
    elif wanted == "" and said and not _may_keep_95(claim):
        others = [modifier for modifier in line.modifiers if modifier not in _BY_VIDEO]
        yield _of(claim, line, policy, f"wants no {' and no '.join(sorted(said))} on a visit by video", others)


def _may_keep_95(claim: ClaimView) -> bool:
    says_only_95 = claim.modifiers & _SAY_DISTANCE == {"95"}
    is_theirs = claim.place_of_service in _HOSPITALS or claim.provider.taxonomy.startswith(_THERAPISTS)
    return says_only_95 and is_theirs and claim.payer.filing_indicator in MEDICARE


def _is_at_distance(claim: ClaimView) -> bool:
    return claim.place_of_service in _PLACES or any(
        _is_telemedicine(line.procedure) or _SAY_DISTANCE.intersection(line.modifiers) for line in claim.lines
    )


def _is_telemedicine(code: str) -> bool:
    """CPT's codes of telemedicine visits, which say themselves whether they were by video."""
    return 98000 <= code_number(code) <= 98015


def _is_talked(code: str) -> bool:
    return is_evaluation(code) or any(code_number(code) in span for span in _TALKED)


def _of(claim: ClaimView, line: LineView, policy: TelehealthView, why: str, proposed: list[str] | None = None) -> Issue:
    """How the visit was held is for whoever knows it: what is proposed is a coder's to confirm."""
    fix = None
    if proposed is not None:
        label = f"Set {', '.join(proposed)}" if proposed else "Take the modifier away"
        fix = modifiers_fix(line, proposed, label)
    return Issue(f"Line {line.number}: {claim.payer.name} {why} ({policy.source}).", "line.modifiers", line.number, fix)


RULES = (
    Rule("PX-TELEHEALTH", "Place of a visit at a distance", Severity.BLOCK, places, overridable=True),
    Rule(
        "MOD-TELEHEALTH",
        "Modifier of a visit at a distance",
        Severity.BLOCK,
        modifiers,
        overridable=True,
        clinical=True,
    ),
)
