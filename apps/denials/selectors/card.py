"""One denial as its card shows it: lines, history, deadline, where it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from apps.claims.models import Adjudication, ClaimLine
from apps.claims.rules.correction_routes import Offer, Way, not_now, offers, sent_by_itself
from apps.claims.selectors.corrections import answered
from apps.connectors.payloads import opened
from apps.core import clock
from apps.core.moments import Moment
from apps.denials.models import Denial, WriteOffRequest
from apps.denials.selectors.routing import REFUSALS
from apps.x12.explain import ExplainedSegment, explain

MOST_SEGMENTS = 40


def with_everything(rows: "QuerySet[Denial]") -> "QuerySet[Denial]":
    """What else belongs to it is read by key: to plan one join of sixteen tables takes longer than all of these together."""
    requests = WriteOffRequest.objects.select_related("requested_by", "decided_by").order_by("pk")
    return rows.select_related("claim__patient", "payer", "line", "rule", "work_item__assignee").prefetch_related(
        "claim__provider", "claim__coverage__payer", "claim__payer", "adjudication__transmission", "eligibility_check",
        "confirmed_by", Prefetch("write_off_requests", requests),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineView:
    """A line and the payer's newest word on it, dollars, None before there is one; `denied`: this card is about it."""

    line: ClaimLine
    denied: bool
    allowed: Decimal | None = None
    paid: Decimal | None = None
    cost_share: Decimal | None = None


def lines(denial: Denial) -> list[LineView]:
    answers = Adjudication.objects.filter(claim=denial.claim).order_by("pk")
    newest = {answer.line_id: answer for answer in answers if not answer.reversed}
    newest[denial.line_id] = denial.adjudication
    return [
        _line(line, newest.get(line.pk), line.pk == denial.line_id) for line in denial.claim.lines.order_by("number")
    ]


def _line(line: ClaimLine, answer: Adjudication | None, denied: bool) -> LineView:
    if answer is None:
        return LineView(line, denied)
    return LineView(line, denied, answer.allowed, answer.paid, answer.cost_share)


def refusals(denial: Denial) -> list[tuple[str, str, object]]:
    """(group, code, amount) of each reason on the denied line."""
    answer = Adjudication.objects.filter(pk=denial.adjudication_id).prefetch_related(REFUSALS).get()
    return [(row.group, row.carc, row.amount) for row in answer.refusals]


def history(denial: Denial) -> list[Moment]:
    """Oldest first: this denial's own moments, its notes, and what happened to the claim since."""
    moments = [*_own(denial), *_notes(denial), *_claim_events(denial)]
    moments += _requests(denial)
    return sorted(moments, key=lambda moment: moment.at)


def _own(denial: Denial) -> Iterator[Moment]:
    yield Moment(f"Denied, ${denial.amount:,.2f}", denial.received_at, "problem")
    yield Moment("Routed", denial.routed_at, detail=f"{denial.get_lane_display()} lane: {denial.rule.first_action}.")
    if denial.confirmed_at and denial.confirmed_by:
        words, name = f"“{denial.confirmation}”", denial.confirmed_by.display_name
        yield Moment(f"Modifier {denial.prepared['modifier']} confirmed", denial.confirmed_at, "person", words, name)
    if denial.answered_at:
        how = f"{denial.get_channel_display()}, {denial.tracking_number}" if denial.channel else ""
        what = "Appeal sent" if denial.channel and denial.state == Denial.State.APPEALED else "Answered"
        yield Moment(what, denial.answered_at, "person", how)
    if denial.closed_at:
        yield Moment(denial.get_state_display(), denial.closed_at, detail=denial.close_reason)


def _requests(denial: Denial) -> Iterator[Moment]:
    for row in denial.write_off_requests.all():
        what = f"Write-off of ${row.amount:,.2f} asked for"
        yield Moment(what, row.requested_at, "person", row.told, row.requested_by.display_name)
        if row.decided_at:
            name = row.decided_by.display_name if row.decided_by else ""
            yield Moment(
                f"Write-off: {row.get_state_display().lower()}", row.decided_at, "person", row.decision_note, name
            )


def _notes(denial: Denial) -> Iterator[Moment]:
    if denial.work_item is None:
        return
    for note in denial.work_item.notes.select_related("author"):
        yield Moment("Note", note.at, "person", note.text, note.author.display_name)


def _claim_events(denial: Denial) -> Iterator[Moment]:
    for event in denial.claim.events.filter(at__gt=denial.received_at).select_related("actor"):
        yield Moment(
            event.what, event.at, "person" if event.actor else "", by=event.actor.display_name if event.actor else ""
        )


@dataclass(frozen=True, slots=True)
class DeadlineSpan:
    """How much of the time has passed: percents for the picture."""

    passed: int
    total_days: int
    passed_days: int

    @property
    def now_at(self) -> str:
        return f"{max(2, min(98, self.passed))}%"


def deadline_span(denial: Denial, today: date) -> DeadlineSpan | None:
    if denial.due_on is None:
        return None
    start = clock.practice_date(denial.received_at)
    total = max((denial.due_on - start).days, 1)
    done = min(max((today - start).days, 0), total)
    return DeadlineSpan(100 * done // total, total, done)


def excerpt(denial: Denial) -> list[tuple[str, str, bool]]:
    """The claim's own segments of the remittance, CLP to the last before the next claim; the denied line's marked."""
    kept: list[ExplainedSegment] = []
    target = denial.adjudication.segment
    for found in explain(opened(denial.adjudication.transmission)):
        if found.id in {"CLP", "PLB", "SE", "LX"}:
            if found.number > target:
                break
            kept = []
        kept.append(found)
    return [(found.name, found.raw, found.number == target) for found in kept[:MOST_SEGMENTS] if found.number]


def open_request(denial: Denial) -> WriteOffRequest | None:
    """The write-off that waits for an administrator. Of a denial read `with_everything` it asks nothing."""
    rows = denial.write_off_requests.all()
    return next((row for row in rows if row.state == WriteOffRequest.State.OPEN), None)


@dataclass(frozen=True, slots=True)
class Ways:
    """How the claim can be corrected, in the words of its own page. `sends`: how a confirmed change goes out from here; None: it does not,
    and `refusal` says why.
    """

    offers: tuple[Offer, ...]
    sends: Offer | None
    refusal: str

    @property
    def reopens(self) -> bool:
        return any(offer.is_open and offer.way is Way.REOPENING for offer in self.offers)


def ways(denial: Denial) -> Ways:
    if passed_on := decided_elsewhere(denial):
        return Ways((), None, passed_on)
    facts = answered(denial.claim)
    found = offers(facts)
    sends = sent_by_itself(found)
    return Ways(found, sends, "" if sends else not_now(facts) or found[0].why)


def decided_elsewhere(denial: Denial) -> str:
    """Why nothing of the claim corrects this denial; empty where its own payer decided."""
    payer, own = denial.payer.name, denial.claim.payer.name
    if denial.payer_id == denial.claim.payer_id:
        return ""
    return f"{payer} decided what {own} had passed on: correct it with {payer} itself."


def same_claim(denial: Denial) -> "QuerySet[Denial]":
    """The claim's other denials."""
    return Denial.objects.filter(claim=denial.claim).exclude(pk=denial.pk).order_by("pk")
