"""What the owner of the built-in rules looks at each quarter (DOMAIN 2.8): each rule by what it found and by the denials behind it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from apps.claims.models import AdjudicationAdjustment, Claim, Finding, RuleBook
from apps.claims.models.reviews import REVIEWED_EVERY
from apps.claims.rules.findings import Rule
from apps.claims.rules.registry import BY_CODE, is_of_coding
from apps.claims.selectors.rule_reviews import EVIDENCE_DAYS, first_reasons
from apps.core.clock import practice_date

Key = TypeVar("Key")
Value = TypeVar("Value")
# Said before the claim's answer; what was said of it after foretold nothing.
BEFORE_ITS_ANSWER = Q(found_at__lte=F("claim__first_adjudicated_at"))
# And stood when it was answered: a warning, or what a person let go. A correction's scrub supersedes it only later.
STOOD = Q(state__in=(Finding.State.OPEN, Finding.State.OVERRIDDEN)) | Q(settled_at__gt=F("claim__first_adjudicated_at"))


class RuleFigures(NamedTuple):
    """Claims since the last review. `denied`: sent with its finding as they were, and denied on the first remittance; `alike`: denied
    for a reason for which such claims were denied within a year, and it had not spoken of them.
    """

    rule: Rule
    hits: int
    overrides: int
    denied: int
    alike: int


@dataclass(frozen=True, slots=True)
class BookReview:
    """`silent`: the rules that have nothing to show. `missed`: denied claims of which no rule of the book had spoken; `missed_for`: how
    many of them by reason code, most first.
    """

    since: datetime
    speaking: Sequence[RuleFigures]
    silent: Sequence[Rule]
    missed: int
    missed_for: Sequence[tuple[str, int]]


class RuleClaims(NamedTuple):
    """One rule's claims since the last review, newest visit first; `carcs`: the reasons by which others are like its denied ones."""

    found: "QuerySet[Claim]"
    overridden: "QuerySet[Claim]"
    denied: "QuerySet[Claim]"
    alike: "QuerySet[Claim]"
    carcs: Sequence[str]


def rule_book(kind: RuleBook.Kind, *, now: datetime) -> RuleBook:
    """The stored one; before the first morning one that is due in a quarter, unsaved."""
    stored = RuleBook.objects.select_related("owner", "reviewed_by").filter(kind=kind).first()
    return stored or RuleBook(kind=kind, review_on=practice_date(now) + REVIEWED_EVERY)


def stale_books(today: date) -> list[RuleBook]:
    """Those past the day of their review."""
    return list(RuleBook.objects.filter(review_on__lte=today).order_by("kind"))


def rules_in(kind: RuleBook.Kind) -> list[Rule]:
    """In the order in which a biller reads their findings."""
    return [rule for rule in BY_CODE.values() if is_of_coding(rule.code) == (kind == RuleBook.Kind.CODING)]


def since_review(book: RuleBook, *, now: datetime) -> datetime:
    """From when its figures count: the last review; before the first one, a quarter ago."""
    return book.reviewed_at or now - REVIEWED_EVERY


def book_review(book: RuleBook, *, now: datetime) -> BookReview:
    since, rules = since_review(book, now=now), rules_in(RuleBook.Kind(book.kind))
    counted = _counted([rule.code for rule in rules], since)
    reasons, spoken, sent = _denied_for(since), _spoken(rules, since), _spoken(rules, since, sent=True)
    evidence = _evidence([rule.code for rule in rules], now)
    figures = [
        RuleFigures(
            rule,
            *counted[rule.code],
            len(sent[rule.code] & reasons.keys()),
            len({claim for claim, carcs in reasons.items() if carcs & evidence[rule.code]} - spoken[rule.code]),
        )
        for rule in rules
    ]
    missed = reasons.keys() - set[int]().union(*spoken.values())
    by_reason = Counter(carc for claim in missed for carc in reasons[claim])
    return BookReview(
        since,
        [each for each in figures if any(each[1:])],
        [each.rule for each in figures if not any(each[1:])],
        len(missed),
        sorted(by_reason.items(), key=lambda each: (-each[1], each[0])),
    )


def claims_of_rule(code: str, book: RuleBook, *, now: datetime) -> RuleClaims:
    since = since_review(book, now=now)
    said = Finding.objects.filter(claim=OuterRef("pk"), rule=code)
    before = said.filter(BEFORE_ITS_ANSWER)
    carcs = sorted(_evidence([code], now)[code])
    same = first_reasons().filter(adjudication__claim=OuterRef("pk"), carc__in=carcs)
    return RuleClaims(
        _shown(Claim.objects.filter(pk__in=_found(since).filter(rule=code).values("claim"))),
        _shown(Claim.objects.filter(pk__in=_overridden(since).filter(rule=code).values("claim"))),
        _shown(_denied(since).filter(Exists(before.filter(STOOD)))),
        _shown(_denied(since).filter(Exists(same), ~Exists(before))),
        carcs,
    )


def overrides_of(code: str, claims: Collection[Claim], since: datetime) -> dict[int, list[Finding]]:
    """By claim: how people let its findings of the rule go."""
    found: dict[int, list[Finding]] = defaultdict(list)
    rows = _overridden(since).filter(rule=code, claim__in=claims).select_related("settled_by").order_by("settled_at")
    for row in rows:
        found[row.claim_id].append(row)
    return found


def missed_claims(kind: RuleBook.Kind, carc: str, *, since: datetime) -> tuple["QuerySet[Claim]", int]:
    """Claims denied since for this reason (empty: for any), of which no rule of the book had spoken, newest visit first; and how many.

    Told apart here, as for the book's figures: asked of each claim by itself the database takes several times as long.
    """
    spoken = set[int]().union(*_spoken(rules_in(kind), since).values())
    keys = [claim for claim, carcs in _denied_for(since).items() if claim not in spoken and (not carc or carc in carcs)]
    return _shown(Claim.objects.filter(pk__any_of=keys)), len(keys)


def _shown(claims: "QuerySet[Claim]") -> "QuerySet[Claim]":
    return claims.select_related("patient", "payer").order_by("-service_date", "pk")


def _found(since: datetime) -> "QuerySet[Finding]":
    return Finding.objects.filter(found_at__gte=since)


def _overridden(since: datetime) -> "QuerySet[Finding]":
    """By the day on which a person let it go: it may have been found before the review before."""
    return Finding.objects.filter(state=Finding.State.OVERRIDDEN, settled_at__gte=since)


def _denied(since: datetime) -> "QuerySet[Claim]":
    return Claim.objects.filter(denied_on_first_remittance=True, first_adjudicated_at__gte=since)


def _counted(codes: Sequence[str], since: datetime) -> dict[str, tuple[int, int]]:
    """By code: claims it spoke of, and claims on which a person overrode it."""
    found, overridden = (
        dict(rows.filter(rule__in=codes).values_list("rule").annotate(number=Count("claim", distinct=True)).order_by())
        for rows in (_found(since), _overridden(since))
    )
    return {code: (found.get(code, 0), overridden.get(code, 0)) for code in codes}


def _denied_for(since: datetime) -> dict[int, set[str]]:
    """By claim that was denied: for which reasons."""
    rows = first_reasons().filter(adjudication__claim__in=_denied(since))
    return _gathered(rows.values_list("adjudication__claim", "carc").distinct())


def _spoken(rules: Sequence[Rule], since: datetime, *, sent: bool = False) -> dict[str, set[int]]:
    """By code: the denied claims it had spoken of; `sent`: of these, those that went out as they were."""
    rows = Finding.objects.filter(BEFORE_ITS_ANSWER, claim__in=_denied(since), rule__in=[rule.code for rule in rules])
    rows = rows.filter(STOOD) if sent else rows
    return _gathered(rows.values_list("rule", "claim").distinct())


def _evidence(codes: Sequence[str], now: datetime) -> dict[str, set[str]]:
    """By code: for which reasons claims that were sent with its finding were denied within a year."""
    rows = Finding.objects.filter(
        BEFORE_ITS_ANSWER,
        STOOD,
        rule__in=codes,
        claim__denied_on_first_remittance=True,
        claim__first_adjudicated_at__gte=now - EVIDENCE_DAYS,
        claim__adjudications__recorded_at=F("claim__first_adjudicated_at"),
        claim__adjudications__adjustments__adjustment_class=AdjudicationAdjustment.Class.DENIAL,
    )
    return _gathered(rows.values_list("rule", "claim__adjudications__adjustments__carc").distinct())


def _gathered(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, set[Value]]:
    found: dict[Key, set[Value]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found
