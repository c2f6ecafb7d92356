"""A payer's 271 made into a verdict about one visit: is the patient covered, and if not, whose turn is it?"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from apps.eligibility.rules.benefits import CostShare, cost_share
from apps.eligibility.rules.kinds import VerdictKind
from apps.eligibility.rules.periods import Period, period_of_another, status_on
from apps.eligibility.rules.rejections import Turn, meaning_of
from apps.x12.guides.x271 import Answer, Benefit, CoveredPerson, EligibilityResponse, Rejection

ACTIVE_CODES = frozenset("12345")
INACTIVE_CODES = frozenset("678")
# The service types that speak of an office visit; a payer's "inactive" for dental says nothing about ours.
VISIT_TYPES = frozenset({"30", "98", "1", "BY", "BZ", "UC"})
# EB04 of an EB*R: a Medicare Advantage plan stands in Medicare's place. Other types pay beside it.
_INSTEAD = frozenset({"HN", "HM", "IN", "PR", "PS"})
_MEDICARE = frozenset({"MA", "MB"})
# SBR09 of Medicare Part B, and EB04 of what Medicare says of Part A (CMS, HETS 270/271 companion guide).
_PART_B, _PART_A = "MB", "MA"
LONGEST_NAME = 60  # NM103 (X279A1)
# NM101 of loop 2120 under an EB*R: who pays first, and who only after this plan.
_PAYS_FIRST = ("PRP", "PR", "Y2", "P4", "OC")
_PAYS_LATER = frozenset({"SEP", "TTP"})


@dataclass(frozen=True, slots=True)
class OtherPayer:
    """Another plan that the payer names (EB*R). `instead`: it stands in this one's place, else it pays before it."""

    name: str
    identifier: str = ""
    member_id: str = ""
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sentence` is for the person whose turn it is; it names no service. `answered_by`: the answering payer's id (2100A NM109)."""

    kind: VerdictKind
    turn: Turn
    sentence: str
    cost_share: CostShare = field(default_factory=CostShare)
    plan: str = ""
    begins_on: date | None = None
    ends_on: date | None = None
    other_payer: OtherPayer | None = None
    needs_authorization: bool = False
    medicaid_pays_cost_share: bool = False
    answered_by: str = ""


def judge(response: EligibilityResponse, *, trace: str, on: date, filing_indicator: str = "") -> Verdict:
    """The verdict on the patient whose inquiry carried `trace`, for the visit on `on`.

    `filing_indicator` is the asked payer's SBR09: with Medicare another plan may stand in its place.
    """
    answer = _answer_to(response, trace)
    rejections = (*response.rejections_above, *(answer.rejections if answer else ()))
    if rejections:
        return _rejected(rejections)
    if answer is None:
        return Verdict(VerdictKind.UNKNOWN, Turn.FRONT_DESK, "The payer's answer does not name this patient.")
    return replace(_read(answer, on, filing_indicator), answered_by=_source_of(response, answer))


def _source_of(response: EligibilityResponse, answer: Answer) -> str:
    for payer in response.payers:
        if any(each is answer for receiver in payer.receivers for each in receiver.answers):
            return payer.source.id
    return ""


def _answer_to(response: EligibilityResponse, trace: str) -> Answer | None:
    """The answer with our trace number; a payer that returns none must have answered about one patient only."""
    answers = list(response.answers)
    ours = next((answer for answer in answers if answer.trace_number == trace), None)
    return ours or (answers[0] if len(answers) == 1 and not answers[0].trace_number else None)


def _rejected(rejections: Sequence[Rejection]) -> Verdict:
    meanings = [meaning_of(rejection.reason, rejection.follow_up) for rejection in rejections]
    people = [meaning for meaning in meanings if meaning.turn in {Turn.FRONT_DESK, Turn.ADMINISTRATOR}]
    first = (people or meanings)[0]
    kind = VerdictKind.NOT_FOUND if first.not_found else VerdictKind.UNKNOWN
    return Verdict(kind, first.turn, first.sentence)


def _read(answer: Answer, on: date, filing_indicator: str) -> Verdict:
    """Medicare's Part A pays the hospital: what is said of it alone says nothing about an office visit."""
    told = [each for each in answer.benefits if filing_indicator != _PART_B or each.insurance_type != _PART_A]
    ours = [benefit for benefit in told if _about_the_visit(benefit)]
    active = [benefit for benefit in ours if benefit.code in ACTIVE_CODES]
    inactive = [benefit for benefit in ours if benefit.code in INACTIVE_CODES]
    people: list[CoveredPerson] = [answer.patient, answer.subscriber]
    plan, period = status_on(active or inactive, [each for person in people for each in person.dates], on)
    other = _other_payer(told, on, instead_possible=filing_indicator in _MEDICARE)
    hospital_only = not active and any(each not in told and each.code in ACTIVE_CODES for each in answer.benefits)
    kind, turn, sentence = _only_hospital() if hospital_only else _status(ours, on, period, other)
    return Verdict(
        kind=kind,
        turn=turn,
        sentence=sentence,
        cost_share=cost_share(told),
        plan=plan if active else "",
        begins_on=period.begins,
        ends_on=period.ends,
        other_payer=other,
        needs_authorization=any(benefit.authorization_required == "Y" for benefit in ours),
        medicaid_pays_cost_share=any(benefit.insurance_type == "QM" for benefit in answer.benefits),
    )


def _about_the_visit(benefit: Benefit) -> bool:
    return not benefit.service_types or not VISIT_TYPES.isdisjoint(benefit.service_types)


def _only_hospital() -> tuple[VerdictKind, Turn, str]:
    return VerdictKind.INACTIVE, Turn.FRONT_DESK, "Only Medicare Part A is active; it does not pay this visit."


def _status(
    benefits: Sequence[Benefit], on: date, period: Period, other: OtherPayer | None
) -> tuple[VerdictKind, Turn, str]:
    codes = {benefit.code for benefit in benefits}
    desk, inactive = Turn.FRONT_DESK, VerdictKind.INACTIVE
    begins, ends = period
    if codes & INACTIVE_CODES and not codes & ACTIVE_CODES:
        return inactive, desk, f"Coverage ended on {_words(ends)}." if ends else "The plan is not active."
    if begins and begins > on:
        return inactive, desk, f"Coverage begins only on {_words(begins)}."
    if ends and ends < on:
        return inactive, desk, f"Coverage ended on {_words(ends)}."
    if any(benefit.code == "I" and "98" in benefit.service_types for benefit in benefits):
        return inactive, desk, "The plan does not cover this kind of visit."
    if other:
        word = "stands in this plan's place" if other.instead else "pays first"
        return VerdictKind.OTHER_PAYER, desk, f"{other.name} {word}."
    if codes & ACTIVE_CODES:
        return VerdictKind.ACTIVE, Turn.NOBODY, ""
    if codes & {"U", "V"}:
        return VerdictKind.UNKNOWN, desk, "The payer asks for a phone call about this patient."
    return VerdictKind.UNKNOWN, desk, "The payer's answer does not say whether the plan is active."


def _other_payer(benefits: Sequence[Benefit], on: date, *, instead_possible: bool) -> OtherPayer | None:
    for benefit in benefits:
        if benefit.code != "R" or not period_of_another(benefit).holds(on):
            continue
        parties = {entity.party.role: entity.party for entity in benefit.entities}
        if parties and parties.keys() <= _PAYS_LATER:
            continue
        party = next((parties[role] for role in _PAYS_FIRST if role in parties), None)
        name = party.name if party and party.name else benefit.plan or "Another plan"
        member = next((ref.value for ref in benefit.references if ref.qualifier in {"IG", "1W", "18", "6P"}), "")
        instead = instead_possible and benefit.insurance_type in _INSTEAD
        return OtherPayer(_short(name), party.id if party else "", member, instead)
    return None


def _short(name: str) -> str:
    """As long as the guide lets a name be; a payer that writes a longer one is known by its beginning."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _words(day: date | None) -> str:
    return f"{day:%b} {day.day}, {day.year}" if day else ""
