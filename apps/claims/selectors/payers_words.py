"""What payers said of claims' coverages, and the patients' other coverages of the same rank; any number of claims in three queries."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Q

from apps.claims.models import Claim
from apps.claims.rules.payers_word import PayersWord, word_on
from apps.core.clock import practice_date
from apps.core.odd_days import days_after
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.rules.kinds import VerdictKind
from apps.intake.models import Coverage
from apps.practice.selectors.payer_channels import names_under

# A plan's dates told of another day settle ours as well; of older answers nothing is asked.
_LOOK_BACK = 366  # days
_VERIFIED = EligibilityCheck.Settlement.VERIFIED
_ANSWERED = Q(state=EligibilityCheck.State.ANSWERED) | Q(settlement=_VERIFIED)


def payers_words(claims: Collection[Claim]) -> dict[int, PayersWord]:
    """Claim's key to the newest answer about its coverage that says anything of its date of service."""
    if not claims:
        return {}
    checks = list(
        EligibilityCheck.objects.filter(
            _ANSWERED,
            coverage__in={claim.coverage_id for claim in claims},
            service_date__gte=days_after(min(claim.service_date for claim in claims), -_LOOK_BACK),
        ).select_related("coverage__payer")
    )
    named = _payers_by_id(checks)
    words: defaultdict[int, list[PayersWord]] = defaultdict(list)
    for check in sorted(checks, key=_moment):
        words[check.coverage_id].append(_word(check, named))
    found = {claim.pk: word_on(claim.service_date, words[claim.coverage_id]) for claim in claims}
    return {key: word for key, word in found.items() if word}


def _moment(check: EligibilityCheck) -> Any:
    return (check.settled_at if check.settlement == _VERIFIED else check.answered_at), check.pk


def _word(check: EligibilityCheck, named: dict[str, set[str]]) -> PayersWord:
    about, told = check.asked_about or check.service_date, check.benefits
    said_on = practice_date(_moment(check)[0])
    if check.settlement == _VERIFIED:
        return PayersWord(VerdictKind.ACTIVE, said_on, check.service_date, by_phone=True)
    other = told.get("other_payer") or {}
    return PayersWord(
        check.verdict,
        said_on,
        about,
        check.sentence,
        _date(told.get("begins_on")),
        _date(told.get("ends_on")),
        other.get("name", ""),
        bool(other.get("instead")),
        by=_answered_by(check, named),
    )


def _date(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _answered_by(check: EligibilityCheck, named: dict[str, set[str]]) -> str:
    """A payer of our list under whose id the answer came, where it cannot be the one that was asked."""
    names = named.get(check.benefits.get("answered_by") or "", set())
    return "" if check.coverage.payer.name in names else " or ".join(sorted(names))


def _payers_by_id(checks: Collection[EligibilityCheck]) -> dict[str, set[str]]:
    """By an id that answers bear and that was not the one asked for: the names of our payers with it."""
    strange = {
        told
        for check in checks
        if (told := check.benefits.get("answered_by"))
        and told not in {check.coverage.payer.eligibility_id, check.coverage.payer.claims_id}
    }
    return names_under(strange) if strange else {}


def rivals(claims: Collection[Claim]) -> dict[int, tuple[str, ...]]:
    """Claim's key to the payers of the patient's other coverages that hold on the day with the rank of the claim's own.

    The same membership told twice is no other coverage. One without a first day is none either: a file names the plan of each visit, and
    nobody knows which of a patient's earlier plans still hold.
    """
    rows: defaultdict[int, list[Coverage]] = defaultdict(list)
    for row in Coverage.objects.filter(patient__in={claim.patient_id for claim in claims}).select_related("payer"):
        rows[row.patient_id].append(row)
    found = {claim.pk: tuple(sorted(set(_rivals(claim, rows[claim.patient_id])))) for claim in claims}
    return {key: names for key, names in found.items() if names}


def _rivals(claim: Claim, coverages: Collection[Coverage]) -> Iterator[str]:
    own, day = claim.coverage, claim.service_date
    for each in coverages:
        holds = each.starts_on is not None and each.starts_on <= day and (each.ends_on is None or day <= each.ends_on)
        same = (each.payer_id, each.member_id) == (own.payer_id, own.member_id)
        if holds and not same and each.rank == own.rank:
            yield each.payer.name
