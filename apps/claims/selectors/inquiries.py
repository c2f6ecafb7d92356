"""Claims of which a payer is to be asked by 276 what became of them, who is asked, and inquiries that were cut off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from apps.claims.models import BatchClaim, Claim, StatusInquiry
from apps.claims.rules.answer_order import Given, is_before
from apps.claims.selectors.answer_times import LEFT_TO_DECIDE, chase_after
from apps.claims.selectors.arrived import arrived_places
from apps.claims.selectors.batches import RETURNED_KIND
from apps.claims.selectors.further_payers import next_coverages
from apps.claims.selectors.parties import status_channels
from apps.claims.states import WITH_US, ClaimStatus
from apps.connectors.models import Transmission
from apps.core.clock import practice_date
from apps.intake.models import Coverage
from apps.practice.models import Payer
from apps.worklist.models import WorkItem

INQUIRY = "276"
Outcome = StatusInquiry.Outcome
State = Transmission.State
# Without an answer the payer is asked again after three days.
AGAIN_AFTER = timedelta(days=3)
# Together with others, or alone.
_SENT_BACK = frozenset({Outcome.NOT_SENT, Outcome.NOT_ANSWERED})
# The question never got through; for a file that came back whole, once its cause is mended.
_NOBODY_ASKED = frozenset({Outcome.NOT_SENT, Outcome.RETURNED})
# What a payer said of a claim; the others say nothing of it.
SAYS_SOMETHING = frozenset(
    {Outcome.NOT_FOUND, Outcome.WITH_THEM, Outcome.REJECTED, Outcome.DECIDED, Outcome.MORE_WANTED}
)
# An inquiry that was being sent so long ago was cut off.
CUT_OFF_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Asking:
    """One claim and whom to ask about it: the payer under its id, for the plan."""

    claim: Claim
    payer: Payer
    coverage: Coverage
    payer_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """An inquiry file that came back whole, and how many claims it asked about."""

    file: int
    claims: int


def claims_to_ask(now: datetime) -> "QuerySet[Claim]":
    """Claims that a person was asked to chase, those that another payer should have, and those held here that their payer has from a file
    that had been given up; of which nobody has asked lately.
    """
    today = practice_date(now)
    chased = BatchClaim.objects.filter(claim=OuterRef("pk"), in_flight=True, chased_at__isnull=False)
    late = chased.filter(chased_at__gte=F("batch__sent_at") + LEFT_TO_DECIDE)  # accepted, and no remittance since
    unanswered = Q(Exists(chased.exclude(answer=BatchClaim.Answer.ACCEPTED))) | Q(Exists(late))
    crossed_over = Q(status=ClaimStatus.FORWARDED, bill_crossover_from__gt=now)
    held = Q(Exists(_silent_since_arrival(now).filter(claim=OuterRef("pk"))), status__in=WITH_US)
    asked = StatusInquiry.objects.filter(claim=OuterRef("pk"))
    lately = asked.exclude(outcome__in=_NOBODY_ASKED).filter(asked_on__gt=today - AGAIN_AFTER)
    waiting = Claim.objects.filter(
        unanswered | crossed_over | held, ~Exists(lately), ~Exists(asked.filter(asked_on=today))
    )
    return waiting.exclude(pk__any_of=_left_to_decide(today))


def _silent_since_arrival(now: datetime) -> "QuerySet[BatchClaim]":
    """What a payer has accepted it is left to decide first."""
    silent = Q(answered_at__lte=now - chase_after()) & ~Q(answer=BatchClaim.Answer.ACCEPTED)
    return arrived_places().filter(silent | Q(answered_at__lte=now - LEFT_TO_DECIDE))


def _left_to_decide(today: date) -> list[int]:
    """Claims of which the last word is that a payer has them, as it answered to a question of the last two weeks."""
    recent = Q(outcome=Outcome.WITH_THEM, asked_on__gt=today - LEFT_TO_DECIDE)
    told = set(StatusInquiry.objects.filter(recent).values_list("claim", flat=True))
    return [
        claim
        for claim, row in newest_answers(told).items()
        if row.outcome == Outcome.WITH_THEM and row.asked_on > today - LEFT_TO_DECIDE
    ]


def whom_to_ask(claims: Collection[Claim], *, on: date) -> list[Asking]:
    """A claim that was passed on is asked after at the next payer. Without a plan, or a way to the payer, there is nobody to ask."""
    passed_on = next_coverages([claim.pk for claim in claims if claim.status == ClaimStatus.FORWARDED])
    found: list[tuple[Claim, Payer, Coverage]] = []
    for claim in claims:
        if claim.status != ClaimStatus.FORWARDED:
            found.append((claim, claim.payer, claim.coverage))
        elif coverage := passed_on.get(claim.pk):
            found.append((claim, coverage.payer, coverage))
    ways = status_channels({payer.pk: payer for _, payer, _ in found}.values(), on=on)
    return [
        Asking(claim, payer, coverage, ways[payer.pk].identifier)
        for claim, payer, coverage in found
        if ways[payer.pk].is_open
    ]


def newest_answers(claims: Collection[int]) -> dict[int, StatusInquiry]:
    """By claim: the inquiry whose answer a payer gave last. Claims without one are left out."""
    newest: dict[int, StatusInquiry] = {}
    rows = StatusInquiry.objects.filter(outcome__in=SAYS_SOMETHING, claim__any_of=claims)
    for row in rows.order_by("pk"):
        last = newest.get(row.claim_id)
        if last is None or not is_before(given(row), given(last)):
            newest[row.claim_id] = row
    return newest


def given(row: StatusInquiry) -> Given:
    """When its answer was given."""
    return Given(row.payer_id, row.asked_at, row.made_on, row.made_at)


def refused_files(claims: Collection[int]) -> dict[int, Refused]:
    """Of those whose newest inquiry was sent back with its file: that file, which may have asked about this one claim only."""
    asked = StatusInquiry.objects.filter(claim__in=claims).exclude(outcome=Outcome.RETURNED)  # which blames no claim
    newest = asked.order_by("claim", "-asked_at", "-pk").distinct("claim")
    returned = {
        row.claim_id: row.transmission_id
        for row in newest.select_related("transmission").defer("transmission__payload")
        if row.outcome in _SENT_BACK and row.answered_at and row.transmission.state == State.FAILED
    }
    counted = StatusInquiry.objects.filter(transmission__in=set(returned.values())).values_list("transmission")
    sizes = dict(counted.annotate(Count("pk")))
    return {claim: Refused(file, sizes[file]) for claim, file in returned.items()}


def returned_work() -> "QuerySet[WorkItem]":
    """The task to mend why a file of questions came back whole, while somebody still has it."""
    return WorkItem.objects.filter(kind=RETURNED_KIND, state=WorkItem.State.OPEN)


def cut_off_inquiries(now: datetime) -> "QuerySet[Transmission]":
    """Files that a crash left unsent, or of which nobody knows whether they arrived."""
    left: Sequence[str] = (State.STORED, State.SENDING, State.UNKNOWN)
    files = Transmission.objects.filter(kind=INQUIRY, direction=Transmission.Direction.OUT, state__in=left)
    return files.filter(at__lt=now - CUT_OFF_AFTER)
