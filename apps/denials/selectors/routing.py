"""Refused answers without a denial, and denials that a later answer may decide."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from apps.claims.models import Adjudication, AdjudicationAdjustment, Claim, ClaimLine, Correction
from apps.claims.rules.answer_keys import answer_of
from apps.core.money import ZERO
from apps.denials.models import UNDECIDED, Denial, RoutingRule
from apps.denials.rules.due import DeadlineView
from apps.denials.rules.lanes import RuleView
from apps.denials.rules.later import LaterAnswer
from apps.practice.models import PayerDeadline

REFUSALS = Prefetch(
    "adjustments",
    queryset=AdjudicationAdjustment.objects.filter(
        adjustment_class=AdjudicationAdjustment.Class.DENIAL, amount__gt=0
    ).order_by("pk"),
    to_attr="refusals",
)
LINES = Prefetch("claim__lines", queryset=ClaimLine.objects.order_by("number"))


def unrouted() -> "QuerySet[Adjudication]":
    """Answers that refuse something and have no denial yet, oldest first."""
    routed = Denial.objects.filter(adjudication=OuterRef("pk"))
    return Adjudication.objects.filter(~Exists(routed), denied__gt=0, reversed=False).order_by("pk")


def undecided_claims() -> "QuerySet[Claim]":
    """Something of them is refused, and neither a person nor a later answer has decided what becomes of it."""
    undecided = Denial.objects.filter(claim=OuterRef("pk"), state__in=UNDECIDED)
    return Claim.objects.filter(Exists(undecided) | Exists(unrouted().filter(claim=OuterRef("pk"))))


def with_claims(rows: "QuerySet[Adjudication]") -> "QuerySet[Adjudication]":
    return rows.select_related(
        "claim__patient", "claim__provider", "claim__coverage__payer", "line", "payer"
    ).prefetch_related(REFUSALS, LINES)


def settled_before(answers: Sequence[Adjudication]) -> dict[int, Decimal]:
    """By answer: dollars of its line (of the claim, where it speaks of all of it) that payers asked before have paid or took off by
    contract. A later payer's refusal restates the whole charge, of which that part is at nobody's risk any more (DOMAIN 4). One query.
    """
    by_visit: dict[int, list[Adjudication]] = defaultdict(list)
    visits = {answer.claim.encounter_id for answer in answers}
    rows = Adjudication.objects.filter(claim__encounter__in=visits, reversed=False).select_related("claim", "line")
    for row in rows:
        by_visit[row.claim.encounter_id].append(row)
    return {
        answer.pk: sum(
            (
                row.paid + row.contractual
                for row in by_visit[answer.claim.encounter_id]
                if row.pk < answer.pk and _is_of_another(row, answer) and _same_place(row, answer)
            ),
            ZERO,
        )
        for answer in answers
    }


def _is_of_another(row: Adjudication, answer: Adjudication) -> bool:
    """Another payer, or another plan of the same: each has a claim of its own."""
    return row.payer_id != answer.payer_id or row.claim_id != answer.claim_id


def _same_place(row: Adjudication, answer: Adjudication) -> bool:
    return answer.line is None or (row.line is not None and row.line.charge_id == answer.line.charge_id)


def answered_again() -> "QuerySet[Denial]":
    """Denials whose payer took its answer back, or spoke of the claim again since; one taken back may still be paid later."""
    later = Adjudication.objects.filter(
        claim=OuterRef("claim"), recorded_at__gt=OuterRef("adjudication__recorded_at"), reversed=False
    )
    undecided = Q(state__in=UNDECIDED) & (Exists(later) | Q(adjudication__reversed=True))
    taken_back = Q(state=Denial.State.REVERSED) & Exists(later)
    return Denial.objects.filter(undecided | taken_back).order_by("pk")


def answers_cancelled() -> "QuerySet[Denial]":
    """Denials answered by a corrected claim that a person has cancelled since, and by no other."""
    since = Correction.objects.filter(claim=OuterRef("claim"), started_at__gte=OuterRef("answered_at"))
    since = since.exclude(way=Correction.Way.REOPENING)
    answered = Denial.objects.filter(state=Denial.State.CORRECTED, channel="")
    return answered.filter(Exists(since), ~Exists(since.filter(cancel_reason=""))).order_by("pk")


@dataclass(frozen=True, slots=True)
class AnswersSince:
    """`paid_with_denial`, `patients_share`: what the refusing answer itself paid of the same and left to the patient; `later`: the
    standing answers after it, oldest first.
    """

    paid_with_denial: Decimal
    patients_share: Decimal
    later: Sequence[LaterAnswer]


def answers_since(denials: Iterable[Denial]) -> dict[int, AnswersSince]:
    """By denial, about the same line; of a refusal of the claim as a whole, what each answer says of all of it. One query."""
    of_claim: dict[int, list[Adjudication]] = defaultdict(list)
    for row in Adjudication.objects.filter(claim__in={each.claim_id for each in denials}).order_by("remitted_on", "pk"):
        of_claim[row.claim_id].append(row)
    return {denial.pk: _since(denial, of_claim[denial.claim_id]) for denial in denials}


def _since(denial: Denial, rows: Sequence[Adjudication]) -> AnswersSince:
    own = answer_of(denial.adjudication.key)
    answers: dict[str, list[Adjudication]] = defaultdict(list)
    for row in rows:
        is_later = row.pk > denial.adjudication_id and not row.reversed
        if denial.line_id in {None, row.line_id} and (answer_of(row.key) == own or is_later):
            answers[answer_of(row.key)].append(row)
    with_it = answers.pop(own)
    return AnswersSince(
        sum((row.paid for row in with_it), ZERO),
        sum((row.cost_share for row in with_it), ZERO),
        [_together(of_one, denial.payer_id) for of_one in answers.values()],
    )


def _together(rows: Sequence[Adjudication], denied_by: int) -> LaterAnswer:
    return LaterAnswer(
        sum((row.paid for row in rows), ZERO),
        sum((row.cost_share for row in rows), ZERO),
        sum((row.denied for row in rows), ZERO),
        sum((row.contractual for row in rows), ZERO),
        of_another=rows[0].payer_id != denied_by,
    )


def rule_views() -> tuple[list[RuleView], dict[int, RoutingRule]]:
    """The rules in force, by place."""
    rows = RoutingRule.objects.filter(ended_at=None).select_related("payer", "made_by")
    placed = [(row, row.place) for row in rows if row.place is not None]
    views = [RuleView(row.pk, place, row.carc, row.payer_id) for row, place in placed]
    return views, {row.pk: row for row, _ in placed}


def deadline_views(payers: Iterable[int]) -> dict[int, dict[str, list[DeadlineView]]]:
    """Each payer's configured deadlines by kind, with where they are written; several of a kind where its guides disagree."""
    found: dict[int, dict[str, list[DeadlineView]]] = defaultdict(lambda: defaultdict(list))
    for row in PayerDeadline.objects.filter(payer__in=set(payers)).select_related("payer").order_by("pk"):
        verified = f"{row.verified_on:%b} {row.verified_on.day}, {row.verified_on.year}"
        source = (
            f"{row.get_kind_display()}: {row.days} days from the {row.get_counted_from_display()}. {row.source}. "
            f"Verified {verified} by {row.verified_by}."
        )
        view = DeadlineView(row.days, row.counted_from, source, row.payer.filing_indicator)
        found[row.payer_id][row.kind].append(view)
    return found
